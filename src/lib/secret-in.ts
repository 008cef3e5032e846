/**
 * The secret that is the text of a file, without the line break with which editors end it and the byte-order mark with which some
 * begin it. Throws an Error that does not quote it if it is empty or has several lines.
 */
export function secretIn(text: string): string {
  const secret = text.trim();
  if (secret === '') throw new Error('is empty');
  if (/[\r\n]/.test(secret)) throw new Error('has more than one line');
  return secret;
}
