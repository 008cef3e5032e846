import type { Logger } from 'pino';
import { secretIn } from '../../lib/secret-in.js';
import type { Secret } from '../../lib/secret.js';
import { watchFile, type WatchedFile } from '../../lib/watched-file.js';

/** The secret in a file, which may be renewed while the server runs. Rejects if there is none. */
function watchClientSecret(path: string, onChange: () => void, log: Logger): Promise<WatchedFile<string>> {
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

/** The secret of the settings, or of the file that they name. Throws an Error that names the setting if there is none in it. */
export async function openClientSecret(
  {
    clientSecret,
    clientSecretFile,
  }: { readonly clientSecret: Secret | null; readonly clientSecretFile: string | null },
  onChange: () => void,
  log: Logger,
): Promise<WatchedFile<string>> {
  if (clientSecretFile === null) return { current: () => clientSecret?.reveal() ?? '', close: () => undefined };
  return watchClientSecret(clientSecretFile, onChange, log).catch((error: Error) => {
    throw new Error(`JOBALYZER_CLIENT_SECRET_FILE: ${clientSecretFile} ${error.message}.`, { cause: error });
  });
}
