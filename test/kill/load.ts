import { setTimeout as sleep } from 'node:timers/promises';
import { post, type Response } from '../fixtures/server/post.ts';
import { REPORT_TYPES, type Question, type ReportType } from './questions.ts';
import { between, complain, newQuestion, noteResubmit, pick, type Doubt, type World } from './world.ts';

const CLIENTS = 5;
/** The number of new questions per round; earlier ones are repeated without limit. */
const NEW_QUESTIONS = 14;
const LONGEST_PAUSE_MS = 60;

/** Error codes that are expected while upstream fails and reports are pending. */
const FORESEEN = [
  ...['REPORT_NOT_READY', 'SUBMISSION_UNCERTAIN', 'UNCONFIRMED_ANSWER', 'UPSTREAM_UNAVAILABLE'],
  // Another client has bought it again since it was seen.
  'PURCHASE_CHANGED',
];

const ANSWERS = '$answers: AnswersInput!, $auto: Boolean!';
const PAY = 'pay(waitMs: $waitMs) { reportRating }';
const YOE = 'yoe(waitMs: $waitMs) { reportRating }';
const FIELDS: readonly string[] = [PAY, YOE, `${PAY} ${YOE}`];
const TYPE_SETS: readonly (readonly ReportType[])[] = [['PAY'], ['YOE'], REPORT_TYPES, []];

/** Runs several clients that request new and old reports until the signal aborts. Resolves when all have stopped. */
export async function runLoad(world: World, url: string, signal: AbortSignal): Promise<void> {
  let left = NEW_QUESTIONS;
  const question = (newShare: number): Question => {
    const old = world.random() < newShare && left > 0 ? undefined : pick(world.questions.slice(-60), world.random);
    if (old) return old;
    left -= 1;
    return newQuestion(world);
  };
  const client = async (): Promise<void> => {
    while (!signal.aborted) {
      const answer = await act(world, url, question, signal).catch(() => null);
      if (answer) complainOfSurprises(world, answer);
      await sleep(between(0, LONGEST_PAUSE_MS, world.random), undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function act(
  world: World,
  url: string,
  question: (newShare: number) => Question,
  signal: AbortSignal,
): Promise<Response<unknown>> {
  const { random } = world;
  const waitMs = pick([0, 150, null], random);
  const fields = pick(FIELDS, random);
  const dice = random();
  if (dice < 0.5) {
    const { answers, autoResolveJobTitle: auto } = question(0.75);
    // Some clients disconnect early; their reports must be neither lost nor bought again.
    const patience = random() < 0.15 ? AbortSignal.any([signal, AbortSignal.timeout(between(5, 150, random))]) : signal;
    const query = `query (${ANSWERS}, $waitMs: Int) { report(answers: $answers, autoResolveJobTitle: $auto) { id status { pay yoe } ${fields} } }`;
    return post(url, query, { answers, auto, waitMs }, patience);
  }
  if (dice < 0.65) {
    const list = Array.from({ length: 3 }, () => question(0.4));
    const query = `query ($answers: [AnswersInput!]!, $waitMs: Int) { reports(answers: $answers, autoResolveJobTitle: false) { ${fields} } }`;
    // With autoResolveJobTitle: false, questions that have it set to true would be different reports.
    const answers = list.filter((each) => !each.autoResolveJobTitle).map((each) => each.answers);
    return post(url, query, { answers: [...answers, ...answers.slice(0, 1)], waitMs }, signal);
  }
  if (dice < 0.85) {
    const { answers, autoResolveJobTitle: auto } = question(0.6);
    const query = `mutation (${ANSWERS}, $types: [ReportType!]!) { requestReport(answers: $answers, autoResolveJobTitle: $auto, types: $types) { id } }`;
    return post(url, query, { answers, auto, types: pick(TYPE_SETS, random) }, signal);
  }
  // With a usage log, nobody settles what it is to settle.
  const uncertain = dice < 0.9 && world.log === 'none' ? pick(world.uncertain, random) : undefined;
  if (uncertain) {
    noteResubmit(world, uncertain);
    return resubmit(url, uncertain, signal);
  }
  const { id } = question(0);
  return post(url, `query ($id: ID!, $waitMs: Int) { reportById(id: $id) { ${fields} } }`, { id, waitMs }, signal);
}

/** The only request that buys an uncertain report again: once for this doubt, however often it is sent. */
export function resubmit(
  url: string,
  { question: { answers, autoResolveJobTitle: auto }, type, since }: Doubt,
  signal: AbortSignal | null = null,
): Promise<Response<unknown>> {
  const query = `mutation (${ANSWERS}, $types: [ReportType!]!, $since: DateTime!) { requestReport(answers: $answers, autoResolveJobTitle: $auto, types: $types, resubmitUncertain: true, since: $since) { id } }`;
  return post(url, query, { answers, auto, types: [type], since }, signal);
}

function complainOfSurprises(world: World, { errors }: Response<unknown>): void {
  for (const { message, extensions } of errors) {
    if (!FORESEEN.includes(extensions.code ?? '')) complain(world, `an unforeseen error: ${message}`);
  }
}
