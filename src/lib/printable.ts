/** Control characters but line breaks and tabs, and those that turn the direction of writing. */
const OBEYED = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** A text that others have written, without what a terminal would obey rather than show. */
export function printable(text: string): string {
  return text.replace(OBEYED, '');
}
