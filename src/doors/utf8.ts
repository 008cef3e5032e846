const DECODER = new TextDecoder('utf-8', { fatal: true });

/** The text, without a byte order mark in front; null if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes);
  } catch {
    return null;
  }
}
