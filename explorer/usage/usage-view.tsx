import { useCallback, useEffect, useState } from 'react';
import type { Api } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import { count } from '../charts/money.ts';
import { Total } from '../charts/total.tsx';
import { UsageOverviewDocument, type AskerFragment, type UsageOverviewQuery } from '../generated/operations.ts';
import { explanationOf } from '../purchase/remedies.ts';
import { DaysCard } from './days-card.tsx';
import { StopSwitch } from './stop-switch.tsx';
import { UncertainCard } from './uncertain-card.tsx';

interface UsageViewProps {
  readonly api: Api;
  readonly asker: AskerFragment | null;
  readonly simulated: boolean;
  readonly onAsker: (asker: AskerFragment) => void;
}

const DAYS = 30;
const DAY_MS = 86_400_000;

/** For operators: what was bought and saved, what is uncertain, and the stop switch. */
export function UsageView({ api, asker, simulated, onAsker }: UsageViewProps) {
  // By the server's clock, which counts by UTC days, if it tells.
  const [tomorrow] = useState(() => (asker?.budget ? Date.parse(asker.budget.resetsAt) : Date.now() + DAY_MS));
  const [overview, setOverview] = useState<UsageOverviewQuery | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const load = useCallback(async () => {
    const since = new Date(tomorrow - DAYS * DAY_MS).toISOString();
    const { data, problems } = await api.request(UsageOverviewDocument, { since });
    setOverview(data);
    setProblem(problems[0] ?? null);
    if (data?.viewer) onAsker(data.viewer);
  }, [api, tomorrow, onAsker]);
  useEffect(() => void load(), [load]);

  const usage = overview?.usage;
  return (
    <div className="usage">
      <section className="card wide figures-of-usage" aria-label={`The last ${DAYS} days`}>
        <h2>The last {DAYS} days</h2>
        {problem && (
          <p className="standing" role="alert">
            {explanationOf(problem)}
          </p>
        )}
        {usage && (
          <dl className="totals">
            <Total name="Bought" value={usage.submitted} hint={`${count(usage.billable)} billable`} />
            <Total name="Saved" value={usage.saved} hint="served without a purchase" />
            <Total name="Failed" value={usage.failed} hint="refused or not delivered" />
            <Total name="Uncertain now" value={usage.uncertainNow} hint="waiting for a decision" />
          </dl>
        )}
        {overview?.viewer && <StopSwitch api={api} buying={overview.viewer.buying} onDone={load} />}
      </section>
      {overview?.usageByDay && <DaysCard days={overview.usageByDay} simulated={simulated} />}
      {overview?.uncertainReports && <UncertainCard api={api} list={overview.uncertainReports} onDone={load} />}
    </div>
  );
}
