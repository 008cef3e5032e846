import type { Logger } from 'pino';
import { namesWithoutKey, type Authentication } from '../../model/authentication.js';
import { watchApiKeys } from './api-keys-file.js';
import { authenticateByApiKey } from './api-keys.js';
import { authenticateNobody, type Authenticate } from './authenticate.js';
import { createRoles } from './roles.js';

/** Throws an Error that names the setting if the keys are not there or not what the settings need. */
export async function openAuthentication(
  { mode, operators, readers }: Authentication,
  log: Logger,
): Promise<{ readonly authenticate: Authenticate; close(): void }> {
  const clientNamed = createRoles({ operators, readers });
  switch (mode.kind) {
    case 'none':
      return { authenticate: authenticateNobody(clientNamed), close: () => undefined };
    case 'api-key': {
      const { keys: others, keysFile, leastKeyLength: leastLength } = mode;
      if (keysFile === null) {
        return { authenticate: authenticateByApiKey({ keys: () => others, clientNamed }), close: () => undefined };
      }
      const file = await watchApiKeys(keysFile, { others, leastLength, log }).catch((error: Error) => {
        throw new Error(`API_KEYS_FILE: ${keysFile} ${error.message}.`, { cause: error });
      });
      const [problem] = namesWithoutKey(file.current(), { operators, readers });
      if (problem) {
        file.close();
        throw new Error(problem);
      }
      return {
        authenticate: authenticateByApiKey({ keys: () => file.current(), clientNamed }),
        close: () => file.close(),
      };
    }
    case 'jwt': {
      const { jwksUrl: url, issuer, audience } = mode;
      // Loaded only where there are tokens to verify.
      const [{ createJwks }, { authenticateByJwt }] = await Promise.all([import('./jwks.js'), import('./jwt.js')]);
      const jwks = createJwks({ url, log });
      return {
        authenticate: authenticateByJwt({ issuer, audience, key: jwks.key, clientNamed }),
        close: () => jwks.close(),
      };
    }
  }
}
