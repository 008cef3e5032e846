import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { ApiError } from '../../errors.js';
import { bearerToken, unauthenticated, type Authenticate } from './authenticate.js';
import type { ClientNamed } from './roles.js';

export interface JwtOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly key: JWTVerifyGetKey;
  readonly clientNamed: ClientNamed;
}

/**
 * Asymmetric ones only. With a symmetric one, whoever knows the public key could sign; which one counts must not be
 * decided by the token.
 */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How far the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_S = 30;
const LONGEST_SUBJECT = 200;

/** AUTH_MODE=jwt: a bearer token that the issuer has signed; its subject is the client. */
export function authenticateByJwt({ issuer, audience, key, clientNamed }: JwtOptions): Authenticate {
  return async (credentials) => {
    const token = bearerToken(credentials);
    if (!token) throw unauthenticated('A token is required: as `authorization: Bearer <JWT>`.');
    const { sub = '', exp = 0 } = await verified(token);
    const client = clientNamed(sub);
    // A socket may be opened with a token that is accepted only because clocks differ.
    const endsAt = exp * 1_000 > Date.now() ? exp : exp + CLOCK_TOLERANCE_S;
    return { client, ended: () => (Date.now() < endsAt * 1_000 ? null : EXPIRED) };
  };

  async function verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      });
      if (!isName(payload.sub)) throw unauthenticated(`The token's "sub" is not 1 to ${LONGEST_SUBJECT} characters.`);
      return payload;
    } catch (error) {
      throw error instanceof errors.JOSEError ? refusalOf(error) : error;
    }
  }
}

const EXPIRED = unauthenticated('The token has expired.');

/** Never quotes the token. What is said helps its owner, and nobody who forges one. */
function refusalOf(error: errors.JOSEError): ApiError {
  if (error instanceof errors.JWTExpired) return unauthenticated(EXPIRED.message);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The "${error.claim}" of the token is missing or not accepted.`);
  }
  return unauthenticated('The token is not valid.');
}

/** It is written into logs and the ledger. */
function isName(subject: unknown): subject is string {
  return typeof subject === 'string' && subject.length <= LONGEST_SUBJECT && /^\P{Cc}+$/u.test(subject);
}
