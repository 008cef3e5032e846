import { newDirectory, type Directory } from '../fixtures/directory.ts';
import { asUsual, pending, rejected, resetAfter } from '../fixtures/upstream/upstream.ts';
import type { Clock } from './clock.ts';
import { withoutRetry } from './compare.ts';
import { LIFE_SECONDS, POOL, type Beginning } from './pool.ts';
import type { Product } from './product.ts';
import { startSide, type Side } from './side.ts';

/** A hint that outlasts every world. */
const LONGEST_HINT_MS = 15_000;

/** Held reports are never ready. */
export const neverReady = pending(LONGEST_HINT_MS);

export const LIFE_HOURS = String(LIFE_SECONDS / 3_600);

interface Purchase {
  readonly answers: object;
  readonly type: 'PAY' | 'YOE';
  readonly beginning: Exclude<Beginning, 'never'>;
}

/** A ledger in which the reports of the pool are as they shall be at `now`, bought by a server of the product itself. */
export async function seedLedger(product: Product, clock: Clock, now: number): Promise<Directory> {
  const directory = await newDirectory();
  const side = await startSide({
    product,
    dataDir: directory.path,
    settings: { REPORT_TTL_HOURS: LIFE_HOURS },
    linkVersion: 'v1',
    keep: true,
  });
  try {
    for (const purchase of purchases()) {
      clock.set(now - 1_000 * ageOf(purchase.beginning));
      await buy(side, purchase);
    }
    clock.set(now);
  } finally {
    await side.close();
  }
  return directory;
}

/** Those that were bought first come first. */
function purchases(): Purchase[] {
  const all = POOL.flatMap(({ answers, pay, yoe }) =>
    (['PAY', 'YOE'] as const).flatMap((type) => {
      const beginning = type === 'PAY' ? pay : yoe;
      return beginning === 'never' ? [] : [{ answers, type, beginning }];
    }),
  );
  return all.sort((a, b) => ageOf(b.beginning) - ageOf(a.beginning));
}

function ageOf(beginning: Beginning): number {
  return typeof beginning === 'number' ? LIFE_SECONDS - beginning : 0;
}

async function buy(side: Side, { answers, type, beginning }: Purchase): Promise<void> {
  const { submit, poll } = side.upstream.script;
  const wire = type === 'PAY' ? 'pay' : 'yoe';
  if (beginning === 'rejected') submit.push(rejected());
  if (beginning === 'uncertain' || beginning === 'closed') submit.push(resetAfter('accepting'));
  poll(wire).otherwise(beginning === 'pending' ? neverReady : asUsual());
  const polls = side.upstream.polls(wire).length;
  const waitMs = beginning === 'pending' ? 0 : null;
  const field = `${type.toLowerCase()}(waitMs: $waitMs) { collectedAt }`;
  const query = `query ($answers: AnswersInput!, $waitMs: Int) { report(answers: $answers) { id ${field} } }`;
  const { data, errors } = await ask(side, query, { answers, waitMs });
  if (beginning === 'pending') {
    while (side.upstream.polls(wire)[polls]?.respondedAt === undefined) await pause();
  }
  if (beginning !== 'closed') return;
  const since = errors[0]?.extensions['since'];
  const close =
    'mutation ($id: ID!, $types: [ReportType!]!, $since: DateTime!) { closeUncertain(id: $id, types: $types, since: $since, note: "Not delivered.") { id } }';
  const { id } = (data as { report: { id: string } }).report;
  const closed = await ask(side, close, { id, types: [type], since });
  if (closed.errors.length > 0) throw new Error(`A doubt was not closed: ${JSON.stringify([errors, closed.errors])}`);
}

interface Answered {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}

export async function ask(side: Side, query: string, variables: object = {}, headers: object = {}): Promise<Answered> {
  const { body } = await side.http.request({
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = JSON.parse(withoutRetry(await body.text())) as Partial<Answered>;
  return { ...(data !== undefined && { data }), errors };
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2));
}
