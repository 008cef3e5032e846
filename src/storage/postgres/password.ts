import { readSmallFile } from '../../lib/read-small-file.js';
import { secretIn } from '../../lib/secret-in.js';

/** The password of the database. Rejects with an Error that begins with the setting if there is none in the file. */
export async function readPassword(passwordFile: string): Promise<string> {
  try {
    return secretIn(await readSmallFile(passwordFile));
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new Error(`DATABASE_PASSWORD_FILE: ${passwordFile} ${fault}.`, { cause: error });
  }
}
