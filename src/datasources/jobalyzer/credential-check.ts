import type { Logger } from 'pino';
import { deadline } from '../../lib/deadline.js';
import { delay } from '../../lib/delay.js';
import { TokenError } from './token-failures.js';
import type { TokenSource } from './token.js';

/** How often what is known is looked at, which costs nothing. */
const LOOK_EVERY_MS = 1_000;
/** The pause after a failed attempt doubles up to this. */
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_ATTEMPT_MS = 30_000;

/**
 * Requests a token at once, so that wrong credentials are known before somebody needs them, and again while there is none:
 * a server that nobody asks, because it is not ready, must learn by itself that it is. Resolves when the signal aborts.
 */
export async function checkCredentials(tokens: TokenSource, log: Logger, signal: AbortSignal): Promise<void> {
  let said: string | null = null;

  function say(fault: string | null, error?: TokenError): void {
    if (fault === said) return;
    said = fault;
    if (error === undefined) log.info('Jobalyzer accepts the credentials again');
    else if (fault === 'refused') log.error({ reason: error.message }, REFUSED);
    else log.warn({ reason: error.message }, 'there is no access token, so nothing can be bought or collected for now');
  }

  let pauseMs = LOOK_EVERY_MS;
  let nextAt = 0;
  while (!signal.aborted) {
    const { state, refusedForMs } = tokens.condition();
    if ((state === 'granted' || state === 'rejected') && refusedForMs === null) {
      pauseMs = LOOK_EVERY_MS;
      nextAt = 0;
      say(null);
    } else if (state === 'pending' || state === 'granted' || performance.now() >= nextAt) {
      const error = await tokens.get(deadline(LONGEST_ATTEMPT_MS, signal)).catch((cause: unknown) => cause);
      if (error instanceof TokenError) say(tokens.condition().state, error);
      nextAt = performance.now() + pauseMs;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    await delay(LOOK_EVERY_MS, signal).catch(() => undefined);
  }
}

const REFUSED =
  'Jobalyzer rejects JOBALYZER_CLIENT_ID with its secret: nothing can be bought or collected until they are corrected';
