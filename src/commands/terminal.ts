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

/** Asks for a secret, of which nothing is shown. Null: none was given. */
export async function askSecret(question: string, signal: AbortSignal): Promise<Secret | null> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The question is shown once the terminal shows nothing else any more.
  const asked = ask('', unseen, signal);
  process.stderr.write(question);
  const text = await asked.finally(() => process.stderr.write('\n'));
  return text === '' ? null : new Secret(text);
}

/** The line that is typed; empty if the terminal is closed instead. Rejects with an Error if the signal aborts. */
async function ask(question: string, output: NodeJS.WritableStream, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const closed = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
  // While it reads, Ctrl-C is a key like any other.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await Promise.race([terminal.question(question, { signal }), closed]);
    // What follows begins in a line of its own, as after an answer.
    if (answer === null) output.write('\n');
    return answer?.trim() ?? '';
  } finally {
    terminal.close();
  }
}
