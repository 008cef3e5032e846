import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const LARGEST_BYTES = 1024 * 1024;

/** The text of a small file, whole, in UTF-8. Rejects with an Error that says why not, without the path. */
export async function readSmallFile(path: string, largestBytes = LARGEST_BYTES): Promise<string> {
  // Opening a pipe would otherwise wait for a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Error(`cannot be read (${error.code ?? error.name})`, { cause: error });
    },
  );
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('is not a file');
    if (stats.size > largestBytes) throw new Error(`is larger than ${largestBytes} bytes`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size + 1), 0, stats.size + 1, 0);
    // It was being written; the next look finds all of it.
    if (bytesRead !== stats.size) throw new Error('is being written');
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } catch (error) {
    if (error instanceof TypeError) throw new Error('is not text in UTF-8', { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}
