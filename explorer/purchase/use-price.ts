import { useEffect, useState } from 'react';
import type { Api } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import { PriceDocument, type AskerFragment } from '../generated/operations.ts';
import { planOf, type Plan } from './plan.ts';
import type { Target } from './targets.ts';

export interface Price {
  /** Null: not known yet, or it cannot be. */
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

const NONE: Price = { plan: null, problems: [] };
/** Typing goes on for a moment. */
const SETTLED_MS = 300;

/**
 * What these targets would cost, which costs nothing to know. Null: there is no question yet. Another `version` asks again.
 */
export function usePrice(
  api: Api,
  targets: readonly Target[] | null,
  version: number,
  onAsker: (asker: AskerFragment) => void,
): Price {
  const [price, setPrice] = useState(NONE);
  const asked = targets && JSON.stringify({ targets, version });

  useEffect(() => {
    setPrice(NONE);
    if (asked === null) return undefined;
    const { targets: wanted } = JSON.parse(asked) as { targets: readonly Target[] };
    const ended = new AbortController();
    const ask = async (): Promise<void> => {
      const answers = wanted.map((target) => target.answers);
      const { data, problems } = await api.request(PriceDocument, { answers }, ended.signal);
      if (ended.signal.aborted) return;
      if (data?.viewer) onAsker(data.viewer);
      const statuses = data?.reports?.flatMap((report) => report?.status ?? []);
      // One that is refused says why among the problems, and there is no price without it.
      const plan = statuses?.length === wanted.length ? planOf(wanted, statuses) : null;
      setPrice({ plan, problems });
    };
    // The signal's reason alone, when nobody waits any more.
    const timer = setTimeout(() => void ask().catch(() => undefined), SETTLED_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [api, asked, onAsker]);

  return price;
}
