import { useCallback, useEffect, useRef, useState } from 'react';
import type { Api } from '../api/api.ts';
import { run, unseen, type Deed, type TargetState } from './run.ts';
import type { Target } from './targets.ts';

export interface Reports {
  /** Of what is shown, in the order of the targets. Empty: nothing is. */
  readonly states: readonly TargetState[];
  /** Shows these targets instead, after what is done to each. */
  readonly show: (targets: readonly Target[], deeds?: readonly Deed[]) => void;
  /** Does something about one of them. */
  readonly act: (at: number, deed: Deed) => void;
  /** Whether something that was ordered is still on its way to the server. */
  readonly isOrdering: boolean;
}

const LOOK: Deed = { kind: 'look' };

/** The reports that are shown, followed until they have come. `onChanged`: something may have been bought, or may be stored now. */
export function useReports(api: Api, onChanged: () => void): Reports {
  const [states, setStates] = useState<readonly TargetState[]>([]);
  const [ordering, setOrdering] = useState(0);
  const shown = useRef(new AbortController());
  useEffect(() => () => shown.current.abort(), []);

  const start = useCallback(
    (target: Target, at: number, deed: Deed, signal: AbortSignal) => {
      let isTold = deed.kind === 'look';
      if (!isTold) setOrdering((count) => count + 1);
      const tell = (): void => {
        if (isTold) return;
        isTold = true;
        setOrdering((count) => count - 1);
        // What it costs is another matter as soon as it is on the way.
        onChanged();
      };
      const onChange = (state: TargetState): void => {
        if (signal.aborted) return;
        setStates((before) => before.map((other, index) => (index === at ? state : other)));
        tell();
      };
      run(api, target, deed, onChange, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        })
        .finally(() => {
          if (!signal.aborted) onChanged();
        });
    },
    [api, onChanged],
  );

  const show = useCallback(
    (targets: readonly Target[], deeds: readonly Deed[] = []) => {
      shown.current.abort();
      shown.current = new AbortController();
      const { signal } = shown.current;
      setOrdering(0);
      setStates(targets.map((target, at) => begun(unseen(target), deeds[at] ?? LOOK)));
      targets.forEach((target, at) => start(target, at, deeds[at] ?? LOOK, signal));
    },
    [start],
  );

  const act = (at: number, deed: Deed): void => {
    const state = states[at];
    if (!state) return;
    setStates((before) => before.map((other, index) => (index === at ? begun(other, deed) : other)));
    start(state.target, at, deed, shown.current.signal);
  };
  return { states, show, act, isOrdering: ordering > 0 };
}

/** What is ordered is said to be, before the server has answered. */
function begun(state: TargetState, deed: Deed): TargetState {
  const types = deed.kind === 'look' ? [] : deed.kind === 'buy-again' ? [deed.type] : deed.types;
  const report = { status: 'SUBMITTING', problem: null, attempt: 0, expiresAt: null } as const;
  return { ...state, reports: { ...state.reports, ...Object.fromEntries(types.map((type) => [type, report])) } };
}
