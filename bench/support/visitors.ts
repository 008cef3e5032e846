/** The clients of a soak: each kind does one thing over and over, as clients do in a day, well or badly. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { numbered } from '../../test/fixtures/answers/answers.ts';
import { openSocket } from './sockets.ts';

export interface Visit {
  readonly url: string;
  /** Aborts when the soak is over. */
  readonly signal: AbortSignal;
  /** The number of one of the reports that are asked for at the moment. */
  readonly report: () => number;
  /** Counts what came of it. */
  readonly note: (what: string) => void;
}

type Visitor = (visit: Visit) => Promise<void>;

const FIGURES =
  'report(answers: $answers) { id status { pay yoe } pay { basePay { percentile50 } } yoe { ranges { name } } }';
const QUERY = `query Report($answers: AnswersInput!) { ${FIGURES} }`;
const FOLLOW =
  'subscription Follow($answers: AnswersInput!) { reportStatus(answers: $answers) { type status report { pay { reportRating } } } }';
const PATIENCE_MS = 60_000;

/** What each kind of client does once, and how many of the kind there are. */
export const VISITORS: Readonly<Record<string, { readonly many: number; readonly visit: Visitor }>> = {
  query: { many: 8, visit: (visit) => ask(visit, { query: QUERY, variables: { answers: numbered(visit.report()) } }) },
  impatient: {
    many: 2,
    visit: (visit) => {
      const query =
        'query ($answers: AnswersInput!) { report(answers: $answers) { pay(waitMs: 50) { reportRating } } }';
      return ask(visit, { query, variables: { answers: numbered(visit.report()) } });
    },
  },
  'leaves early': { many: 3, visit: leaveEarly },
  'look-up': {
    many: 1,
    visit: (visit) => ask(visit, { query: '{ skillImpact(jobTitle: "Software Developer") { impacts { answer } } }' }),
  },
  usage: { many: 1, visit: (visit) => ask(visit, { query: '{ usage { submitted saved uncertain } }' }) },
  mistaken: {
    many: 2,
    visit: (visit) => ask(visit, { query: `query Q${Math.random().toString(36).slice(2)} { report { nothing } }` }),
  },
  'asks again': {
    many: 1,
    visit: (visit) => {
      const query =
        'mutation ($answers: AnswersInput!) { requestReport(answers: $answers, resubmitUncertain: true) { id } }';
      return ask(visit, { query, variables: { answers: numbered(visit.report()) } });
    },
  },
  'not HTTP': { many: 1, visit: (visit) => sendRaw(visit, 'NONSENSE / HTTP/9.9\r\n\r\n') },
  'half a request': { many: 1, visit: (visit) => sendRaw(visit, 'POST /graphql HTTP/1.1\r\nhost: localhost\r\n') },
  'WebSocket follower': { many: 6, visit: followOnSocket },
  'event stream follower': { many: 4, visit: followOnStream },
};

async function ask({ url, signal, note }: Visit, body: object): Promise<void> {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  const { errors = [] } = (await response.body.json()) as { errors?: { extensions: { code: string } }[] };
  if (errors.length === 0) note('answered');
  for (const { extensions } of errors) note(extensions.code);
}

async function leaveEarly(visit: Visit): Promise<void> {
  const leaving = AbortSignal.any([visit.signal, AbortSignal.timeout(Math.round(20 + Math.random() * 200))]);
  const variables = { answers: numbered(visit.report()) };
  await ask({ ...visit, signal: leaving }, { query: QUERY, variables }).catch(() => visit.note('left'));
}

async function sendRaw({ url, note }: Visit, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  socket.write(text);
  await sleep(500 * Math.random());
  socket.destroy();
  note('raw connection');
}

/** Follows a few reports on one socket; half of the time it is gone before they are ready. */
async function followOnSocket({ url, signal, report, note }: Visit): Promise<void> {
  const ended = Promise.withResolvers<void>();
  let open = 3;
  const socket = await openSocket(url, (text) => {
    const { type } = JSON.parse(text) as { type: string };
    if (type === 'next') note('event');
    if ((type === 'complete' || type === 'error') && --open === 0) ended.resolve();
  });
  socket.once('close', () => ended.resolve());
  for (let id = 0; id < open; id++) {
    const payload = { query: FOLLOW, variables: { answers: numbered(report()) } };
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
  }
  const patience = Math.random() < 0.5 ? 200 : PATIENCE_MS;
  await Promise.race([ended.promise, sleep(patience, undefined, { ref: false, signal }).catch(() => undefined)]);
  if (Math.random() < 0.5) socket.terminate();
  else socket.close(1000);
  if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
}

async function followOnStream({ url, signal, report, note }: Visit): Promise<void> {
  const patience = Math.random() < 0.5 ? 300 : PATIENCE_MS;
  const { body } = await request(`${url}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: FOLLOW, variables: { answers: numbered(report()) } }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  });
  body.setEncoding('utf8');
  try {
    for await (const text of body) if (String(text).includes('event: next')) note('event');
  } catch {
    note('left');
  }
}
