import { post } from '../fixtures/server/post.ts';
import { nameOf } from './questions.ts';
import { reportsInLog } from './simulated-log.ts';
import type { Sight } from './sights.ts';
import { acceptedReports, complain, describe, type Doubt, type Purchase, type World } from './world.ts';

/**
 * Checks that submissions cut off in flight are uncertain, or resolved if they are in a usage log, and not bought again by any
 * query without the flag.
 */
export async function checkUncertain(
  world: World,
  url: string,
  purchases: readonly Purchase[],
  accepted: ReadonlyMap<string, number>,
): Promise<void> {
  const inLog = world.log === 'none' ? new Set() : await reportsInLog(world);
  await Promise.all(
    purchases.map(async (purchase) => {
      const codes = (await askWithoutFlag(url, purchase)).map(({ code }) => code);
      const mayBeHere = inLog.has(nameOf(purchase.question, purchase.type));
      const foreseen = ['SUBMISSION_UNCERTAIN', ...(mayBeHere ? ['no error', 'REPORT_NOT_READY'] : [])];
      if (codes.some((code) => !foreseen.includes(code))) {
        complain(world, `cut off while it was sent, and now ${codes.join(', ')}`, [describe(purchase)]);
      }
    }),
  );
  const now = acceptedReports(world);
  const sentAgain = purchases.filter(({ question, type }) => {
    const name = nameOf(question, type);
    return now.get(name) !== accepted.get(name);
  });
  if (sentAgain.length > 0) complain(world, 'uncertain, and bought again unasked', sentAgain.map(describe));
}

interface Refusal {
  readonly code: string;
  readonly since: string | undefined;
}

/** Sends each operation that must not buy an uncertain report, and returns how it is refused. */
async function askWithoutFlag(url: string, { question, type }: Purchase): Promise<readonly Refusal[]> {
  const field = `${type === 'PAY' ? 'pay' : 'yoe'}(waitMs: 300) { reportRating }`;
  const variables = {
    answers: question.answers,
    auto: question.autoResolveJobTitle,
    id: question.id,
    types: [type],
  };
  const queries = [
    `mutation ($answers: AnswersInput!, $auto: Boolean!, $types: [ReportType!]!) { requestReport(answers: $answers, autoResolveJobTitle: $auto, types: $types) { ${field} } }`,
    `query ($answers: AnswersInput!, $auto: Boolean!) { report(answers: $answers, autoResolveJobTitle: $auto) { ${field} } }`,
    `query ($id: ID!) { reportById(id: $id) { ${field} } }`,
  ];
  const answers = await Promise.all(queries.map((query) => post(url, query, variables)));
  return answers.map(({ errors: [error] }) => ({
    code: error?.extensions.code ?? 'no error',
    since: error?.extensions.since,
  }));
}

/** The failed reports that failed as uncertain. Whatever upstream does, only a kill makes them so here. */
export async function uncertainOf(world: World, url: string, sights: readonly Sight[]): Promise<readonly Doubt[]> {
  const failed = sights.filter(({ status, question }) => status === 'FAILED' && question.known);
  const refusals = await Promise.all(failed.map((sight) => askWithoutFlag(url, sight)));
  const uncertain = failed.flatMap((sight, index) => {
    const [first, ...others] = refusals[index] ?? [];
    const isUncertain = ({ code }: Refusal): boolean => code === 'SUBMISSION_UNCERTAIN';
    return first?.since && [first, ...others].every(isUncertain) ? [{ ...sight, since: first.since }] : [];
  });
  const causeless = uncertain.filter(({ question, type }) => !world.cutOff.has(`${question.id}:${type}`));
  if (causeless.length > 0) complain(world, 'uncertain, though no kill cut it off', causeless.map(describe));
  return uncertain;
}
