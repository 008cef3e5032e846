/** For connections to Jobalyzer (twice, with the embedded simulator), the ledger, and files that are being served. */
const RESERVED = 256;

/** How many connections of clients there may be, if so many files may be open: the rest of the server needs some, too. */
export function mostConnections(wanted: number, openFiles: number | null): number {
  if (openFiles === null) return wanted;
  return Math.min(wanted, Math.max(openFiles - RESERVED, Math.floor(openFiles / 2)));
}
