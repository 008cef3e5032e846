import type { Logger } from 'pino';
import { watchFile, type WatchedFile } from '../../lib/watched-file.js';

/** The secret in a file, which may be renewed while the server runs. Rejects if there is none. */
export function watchClientSecret(path: string, onChange: () => void, log: Logger): Promise<WatchedFile<string>> {
  return watchFile(path, {
    parse: secretIn,
    onChange() {
      log.info({ file: path }, 'the client secret has changed');
      onChange();
    },
    onFault: (fault) =>
      fault === null
        ? log.info({ file: path }, 'the file of the client secret can be read again')
        : log.error(
            { file: path, fault: fault.message },
            'the file of the client secret cannot be used; the last secret is',
          ),
  });
}

/** Editors end a file with a line break, and some begin it with a byte-order mark. */
function secretIn(text: string): string {
  const secret = text.trim();
  if (secret === '') throw new Error('is empty');
  if (/[\r\n]/.test(secret)) throw new Error('has more than one line');
  return secret;
}
