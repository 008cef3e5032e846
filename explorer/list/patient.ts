import type { Api, Result } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import type { TypedDocumentString } from '../generated/operations.ts';
import { reactionTo } from './pacing.ts';
import { pause } from './pause.ts';

/** Why nothing more is asked or bought, until somebody begins again. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export interface Patient {
  /**
   * Sends it until it is served, waiting as long as the server asks. Throws `Ended` if nothing more will be served, or a
   * signal's reason: that of `signal` ends it at any time, that of `waits` only between two attempts, so that what becomes of
   * an attempt is known.
   */
  request<T, V>(
    document: TypedDocumentString<T, V>,
    variables: V,
    signal: AbortSignal,
    waits?: AbortSignal,
  ): Promise<Result<T>>;
}

/** `onWait`: what is being waited for; null: nothing any more. */
export function patient(api: Api, onWait: (problem: Problem | null) => void): Patient {
  const waiting = new Set<Problem>();
  const tell = (): void => onWait([...waiting].at(-1) ?? null);
  return {
    async request(document, variables, signal, waits = signal) {
      for (let attempt = 1; ; attempt += 1) {
        const result = await api.request(document, variables, signal);
        // What was not served as a whole has nothing in it.
        const [problem] = isEmpty(result) ? result.problems : [];
        const reaction = problem && reactionTo(problem, attempt);
        if (!reaction || reaction.kind === 'leave') return result;
        if (reaction.kind === 'end') throw new Ended(problem);
        waiting.add(problem);
        tell();
        try {
          await pause(reaction.ms, waits);
        } finally {
          waiting.delete(problem);
          tell();
        }
      }
    },
  };
}

function isEmpty({ data }: Result<unknown>): boolean {
  return data === null || Object.values(data as object).every((value) => value === null);
}
