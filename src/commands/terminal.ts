import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../lib/secret.js';

/** Whether somebody can be asked. */
export function isAttended(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Whether the answer at the terminal is yes; anything else, and a closed terminal, is no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `, process.stderr, signal));
}

/** Asks for a secret, of which nothing is shown. */
export async function askSecret(question: string, signal: AbortSignal): Promise<Secret | null> {
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const text = await ask('', unseen, signal);
  process.stderr.write('\n');
  return text === '' ? null : new Secret(text);
}

async function ask(question: string, output: NodeJS.WritableStream, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const closed = new AbortController();
  terminal.once('close', () => closed.abort(new Error('Interrupted.')));
  try {
    return (await terminal.question(question, { signal: AbortSignal.any([signal, closed.signal]) })).trim();
  } finally {
    terminal.removeAllListeners('close');
    terminal.close();
  }
}
