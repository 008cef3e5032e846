import { createHmac, randomBytes } from 'node:crypto';

/**
 * Self-contained, signed access tokens, so none is stored. The key lasts as long as the process: a token from before a
 * restart is rejected, which a client must be able to handle anyway.
 */
export class TokenIssuer {
  #key = randomBytes(32);

  /** @returns a token for this client, valid from `now` (milliseconds since 1970). */
  issue(clientId: string, now: number): string {
    const claims = { clientId, issuedAt: now, nonce: randomBytes(6).toString('hex') };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `${payload}.${this.#sign(payload)}`;
  }

  /** @returns the client the token was issued to; null if it was not issued here or is older than `lifeMs`. */
  holder(token: string, lifeMs: number, now: number): string | null {
    const [payload, signature, ...rest] = token.split('.');
    if (!payload || !signature || rest.length > 0 || signature !== this.#sign(payload)) return null;
    const { clientId, issuedAt } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      clientId: string;
      issuedAt: number;
    };
    return now - issuedAt < lifeMs ? clientId : null;
  }

  /** Revokes every token issued so far. */
  revokeAll(): void {
    this.#key = randomBytes(32);
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url');
  }
}
