import pino, { type LevelWithSilent, type Logger } from 'pino';
import pretty from 'pino-pretty';

const SECRETS = ['authorization', 'headers', 'clientSecret', 'token', 'apiKey'];

/**
 * The log: one JSON object per line, or human-readable lines at a terminal. Nothing that is logged should contain a
 * secret; as a safeguard, these keys are redacted.
 */
export function createLog(level: LevelWithSilent, forTerminal: boolean): Logger {
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' };
  return forTerminal
    ? pino({ level, redact }, pretty({ sync: true, ignore: 'pid,hostname,part', translateTime: 'SYS:HH:MM:ss' }))
    : pino({ level, redact });
}
