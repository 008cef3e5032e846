import pino, { type LevelWithSilent, type Logger } from 'pino';
import pretty from 'pino-pretty';

const SECRETS = ['authorization', 'headers', 'clientSecret', 'token', 'apiKey'];

/**
 * The log: one JSON object a line, for a machine; for a person at a terminal, the same in words. Nothing that is logged
 * should hold a secret; if something ever does, under these names it is cut out.
 */
export function createLog(level: LevelWithSilent, forTerminal: boolean): Logger {
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' };
  return forTerminal
    ? pino({ level, redact }, pretty({ sync: true, ignore: 'pid,hostname,part', translateTime: 'SYS:HH:MM:ss' }))
    : pino({ level, redact });
}
