/** The same text in one piece of memory: one that was put together of others keeps all of them. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
