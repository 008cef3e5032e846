import { once } from 'node:events';
import { WebSocket } from 'ws';
import { numbered } from '../../test/fixtures/answers/answers.ts';

const FOLLOW_QUERY =
  'subscription Follow($answers: AnswersInput!) { reportStatus(answers: $answers, types: [PAY]) { reportId type status attempt report { pay { basePay { percentile50 } } } } }';
const ACKNOWLEDGEMENT_MS = 30_000;

/** A socket on which reports can be followed; `onMessage` receives every message after the acknowledgement. */
export async function openSocket(url: string, onMessage: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  // A lost socket is noticed by its close event.
  socket.on('error', () => undefined);
  const acknowledged = once(socket, 'message', { signal: AbortSignal.timeout(ACKNOWLEDGEMENT_MS) });
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  socket.on('message', (data: Buffer) => onMessage(data.toString('utf8')));
  return socket;
}

/** The message that subscribes to the report for `numbered(number)`. */
export function followMessage(number: number): string {
  const payload = { query: FOLLOW_QUERY, variables: { answers: numbered(number) } };
  return JSON.stringify({ id: String(number), type: 'subscribe', payload });
}

export function saysReady(text: string): boolean {
  return text.includes('"status":"READY"');
}

/** Runs `work` for each number below `count`, at most `atOnce` at a time. */
export async function inTurns(count: number, atOnce: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
