/** More rows are refused: a page is no place for them. */
export const MOST_ROWS = 10_000;
const MOST_BYTES = 10_000_000;

/** A file that is no list; its message says what can be done. */
export class UnreadableList extends Error {
  override readonly name = 'UnreadableList';
}

/** The text of a file in UTF-8, or in UTF-16 with a byte-order mark, as spreadsheets write them. Throws `UnreadableList`. */
export async function textOf(file: Blob): Promise<string> {
  if (file.size === 0) throw new UnreadableList('The file is empty.');
  if (file.size > MOST_BYTES) {
    const megabytes = Math.ceil(file.size / 1_000_000);
    throw new UnreadableList(
      `The file has ${megabytes} MB; this page reads at most ${MOST_BYTES / 1_000_000}. ${SPLIT}`,
    );
  }
  return decoded(new Uint8Array(await file.arrayBuffer()));
}

export const SPLIT = 'Split it, or use the command “npm run price”, which reads lists of any length.';

function decoded(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  // No text has these, and most other files have them soon.
  if (text.includes('\0')) throw new UnreadableList('This is no text. Save the list as CSV.');
  if (text.includes('\ufffd')) {
    throw new UnreadableList('Some letters cannot be read: this is not UTF-8. Save the list as “CSV UTF-8”.');
  }
  return text;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
