import { useEffect, useState } from 'react';
import type { Api } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import { CheckDocument, PriceDocument, type AskerFragment } from '../generated/operations.ts';
import type { Question } from '../question/question.ts';
import { corrected } from '../question/spelling.ts';
import type { Checked } from '../question/notes.ts';
import { planOf, type Plan } from './plan.ts';
import { isPassing } from './remedies.ts';
import { targetsOf } from './targets.ts';

export interface Price {
  /** Null: not known yet, or it cannot be. */
  readonly plan: Plan | null;
  /** The question that it is the price of: in upstream's spelling. */
  readonly question: Question | null;
  /** What upstream has for the answers as they are typed. */
  readonly checks: readonly Checked[];
  readonly problems: readonly Problem[];
}

const NONE: Price = { plan: null, question: null, checks: [], problems: [] };
/** Typing goes on for a moment. */
const SETTLED_MS = 300;
/** Until it is asked again, where the server could not be reached or has too much to do. */
const AGAIN_MS = 5_000;

/** What this question would cost, which costs nothing to know. Null: there is none yet. Another `version` asks again. */
export function usePrice(
  api: Api,
  question: Question | null,
  version: number,
  onAsker: (asker: AskerFragment) => void,
): Price {
  const [price, setPrice] = useState(NONE);
  // The salary is not asked about.
  const asked = question && JSON.stringify({ question: { ...question, salary: '' }, version });

  useEffect(() => {
    setPrice(NONE);
    if (asked === null) return undefined;
    const { question: given } = JSON.parse(asked) as { question: Question };
    const ended = new AbortController();
    const ask = async (): Promise<void> => {
      const { found, asker } = await priceOf(api, given, ended.signal);
      if (ended.signal.aborted) return;
      if (asker) onAsker(asker);
      setPrice(found);
      const passing = found.problems.find(isPassing);
      if (passing) timer = setTimeout(start, passing.retryAfterMs ?? AGAIN_MS);
    };
    // It rejects with the signal's reason alone, when nobody waits any more.
    const start = (): void => void ask().catch(() => undefined);
    let timer = setTimeout(start, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [api, asked, onAsker]);

  return price;
}

async function priceOf(
  api: Api,
  given: Question,
  signal: AbortSignal,
): Promise<{ found: Price; asker: AskerFragment | null }> {
  const checks = await Promise.all(
    targetsOf(given).map(async ({ answers, compared }) => {
      const { data } = await api.request(CheckDocument, { answers }, signal);
      // What could not be checked is asked as it is.
      return data?.checkAnswers ? [{ compared, check: data.checkAnswers }] : [];
    }),
  ).then((found) => found.flat());
  const question = corrected(
    given,
    checks.map(({ check }) => check),
  );
  const targets = targetsOf(question);
  const answers = targets.map((target) => target.answers);
  const { data, problems } = await api.request(PriceDocument, { answers }, signal);
  const reports = data?.reports?.flatMap((report) => report ?? []);
  // One that is refused says why among the problems, and there is no price without it.
  const plan = reports?.length === targets.length ? planOf(targets, reports) : null;
  const located = problems.map((problem) => {
    const [, at] = /^answers\[(\d+)\]/.exec(problem.argument ?? '') ?? [];
    return { ...problem, compared: targets[Number(at)]?.compared ?? null };
  });
  return { found: { plan, question, checks, problems: located }, asker: data?.viewer ?? null };
}
