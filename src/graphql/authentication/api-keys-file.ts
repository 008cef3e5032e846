import type { Logger } from 'pino';
import { parseApiKeysFile, repeatedKey, type ApiKey } from '../../lib/api-keys.js';
import { watchFile, type WatchedFile } from '../../lib/watched-file.js';

export interface ApiKeysFileOptions {
  /** Those that are accepted besides the ones in the file. */
  readonly others: readonly ApiKey[];
  readonly leastLength: number;
  readonly log: Logger;
}

/** All keys, which follow the file. Rejects with an Error that says what is wrong with it, and quotes no key. */
export function watchApiKeys(
  path: string,
  { others, leastLength, log }: ApiKeysFileOptions,
): Promise<WatchedFile<readonly ApiKey[]>> {
  return watchFile<readonly ApiKey[]>(path, {
    parse(text) {
      const { keys, problems } = parseApiKeysFile(text, leastLength);
      const all = [...others, ...keys];
      const problem = problems[0] ?? (keys.length === 0 ? 'has no key' : repeatedKey(all));
      if (problem) throw new Error(problem);
      return all;
    },
    onChange: (keys) => log.info({ file: path, keys: keys.length }, 'the API keys have changed'),
    onFault: (fault) =>
      fault === null
        ? log.info({ file: path }, 'the file of the API keys can be read again')
        : log.error({ file: path, fault: fault.message }, 'the file of the API keys cannot be used; the last keys are'),
  });
}
