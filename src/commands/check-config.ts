import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { openClientSecret } from '../datasources/jobalyzer/client-secret.js';
import { openAuthentication } from '../graphql/authentication/open.js';
import { createDocuments } from '../graphql/documents.js';
import { openSafelist } from '../graphql/persisted/safelist-file.js';
import { buildGraphQLSchema } from '../resolvers/schema.js';
import { readPassword } from '../storage/postgres/password.js';

/**
 * Reads the files that the settings name, as a start does, and resolves to the effective settings as JSON, without secrets.
 * Throws an Error that names the setting if a file cannot be used. It opens no ledger, so it can run beside the server.
 */
export async function checkConfig(config: Config, log: Logger): Promise<string> {
  const { jobalyzer, authentication, database } = config;
  if (jobalyzer) (await openClientSecret(jobalyzer, () => undefined, log)).close();
  (await openAuthentication(authentication, log)).close();
  await checkSafelist(config, log);
  if (database?.passwordFile) await readPassword(database.passwordFile);
  const { warnings: _, ...settings } = config;
  return `${JSON.stringify(settings, withoutKeys, 2)}\n`;
}

async function checkSafelist({ safelistFile, introspection }: Config, log: Logger): Promise<void> {
  const documents = createDocuments({ schema: buildGraphQLSchema(), introspection });
  (await openSafelist(safelistFile, { documents, own: [], log })).close();
}

/** Of API keys, whose hashes might be guessed where they are short, only the names are shown. */
function withoutKeys(name: string, value: unknown): unknown {
  return name === 'keys' && Array.isArray(value) ? value.map((key: { readonly name: string }) => key.name) : value;
}
