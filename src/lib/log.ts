import pino, { type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import pretty from 'pino-pretty';

/** Keys whose values are redacted, in any letter case and at any depth. */
const SECRETS = ['authorization', 'headers', 'clientsecret', 'client_secret', 'token', 'access_token', 'apikey'];
/** Whether a line may have one of them; most do not, and are written as they are. */
const MAY_HAVE_SECRETS = new RegExp(`"(${SECRETS.join('|')})":`, 'i');
const CENSOR = '[redacted]';

/**
 * The log: one JSON object per line, or human-readable lines at a terminal. Nothing that is logged should contain a
 * secret; as a safeguard, the values of certain keys are redacted, wherever they are in a line.
 */
export function createLog(
  level: LevelWithSilent,
  forTerminal: boolean,
  destination: DestinationStream = pino.destination(1),
): Logger {
  const stream = forTerminal
    ? pretty({ destination, sync: true, ignore: 'pid,hostname,part', translateTime: 'SYS:HH:MM:ss' })
    : destination;
  return pino({ level, hooks: { streamWrite: redacted } }, stream);
}

/** Lines are redacted when they are written: then they also have what was bound to the logger, and what errors carry. */
function redacted(line: string): string {
  if (!MAY_HAVE_SECRETS.test(line)) return line;
  const censored: unknown = JSON.parse(line, (key, value: unknown) =>
    SECRETS.includes(key.toLowerCase()) ? CENSOR : value,
  );
  return `${JSON.stringify(censored)}\n`;
}
