import { isatty } from 'node:tty';
import pino, { type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { openLogOutput } from './log-output.js';
import { fieldsOfLogScope } from './log-scope.js';

/** Keys whose values are redacted, in any letter case and at any depth. */
const SECRETS = [
  'authorization',
  'headers',
  'clientsecret',
  'client_secret',
  'token',
  'access_token',
  'apikey',
  'x-api-key',
];
/** Whether a line may have one of them; most do not, and are written as they are. */
const MAY_HAVE_SECRETS = new RegExp(`"(${SECRETS.join('|')})":`, 'i');
const CENSOR = '[redacted]';

export interface Log {
  readonly log: Logger;
  /** Writes what waits to be written, for at most a second; nothing is logged afterwards. */
  close(): Promise<void>;
}

/** The log of a process, on its standard output. What cannot be written is dropped, and said once it can be again. */
export async function openLog(level: LevelWithSilent, fd = 1): Promise<Log> {
  const format = isatty(fd) ? await readable() : undefined;
  const output = openLogOutput(fd, (dropped) => {
    let text = '';
    createLog('warn', { write: (line) => (text += line) }, format).warn(
      { dropped },
      `${dropped} lines dropped: the log could not be written`,
    );
    return text;
  });
  return { log: createLog(level, output, format), close: () => output.close() };
}

/** What a line of the log is written as. */
export type LogFormat = (line: string) => string;

/**
 * The log: one JSON object per line, unless it has another format. Nothing that is logged should contain a
 * secret; as a safeguard, the values of certain keys are redacted, wherever they are in a line.
 */
export function createLog(level: LevelWithSilent, destination: DestinationStream, format?: LogFormat): Logger {
  return pino(
    { level, mixin: fieldsOfLogScope, hooks: { streamWrite: redacted } },
    format ? { write: (line) => destination.write(format(line)) } : destination,
  );
}

/** The format for people, loaded only where it is used. */
export async function readable(): Promise<LogFormat> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ ignore: 'pid,hostname,part', translateTime: 'SYS:HH:MM:ss' });
  return (line) => pretty(line) ?? '';
}

/** Lines are redacted when they are written: then they also have what was bound to the logger, and what errors carry. */
function redacted(line: string): string {
  if (!MAY_HAVE_SECRETS.test(line)) return line;
  const censored: unknown = JSON.parse(line, (key, value: unknown) =>
    SECRETS.includes(key.toLowerCase()) ? CENSOR : value,
  );
  return `${JSON.stringify(censored)}\n`;
}
