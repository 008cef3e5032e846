import type { AskerFragment, ReportStatus, ReportType } from '../generated/operations.ts';
import type { Target } from './targets.ts';

export type Statuses = Readonly<Record<'pay' | 'yoe', ReportStatus>>;

/** What is known of the reports about one set of answers. */
export interface Known {
  readonly id: string;
  readonly status: Statuses;
}

/** What pressing the button would do. */
export interface Plan {
  /** The types to buy of each target, in the same order. */
  readonly buy: readonly (readonly ReportType[])[];
  /** How many reports are bought. */
  readonly count: number;
  readonly stored: number;
  readonly underWay: number;
  readonly total: number;
}

export function statusOf(statuses: Statuses, type: ReportType): ReportStatus {
  return statuses[type === 'PAY' ? 'pay' : 'yoe'];
}

/** Only what was never requested, or has expired, is bought, and each report once: asking again for what has failed is free. */
export function planOf(targets: readonly Target[], known: readonly Known[]): Plan {
  const seen = new Set<string>();
  const reports = targets.map(({ types }, at) => {
    const report = known[at];
    return types.flatMap((type) => {
      const key = `${report?.id} ${type}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ type, status: report ? statusOf(report.status, type) : ('NOT_REQUESTED' as const) }];
    });
  });
  const buy = reports.map((types) => types.filter(({ status }) => status === 'NOT_REQUESTED').map(({ type }) => type));
  const all = reports.flat();
  const count = (...wanted: readonly ReportStatus[]): number =>
    all.filter(({ status }) => wanted.includes(status)).length;
  return {
    buy,
    count: buy.flat().length,
    stored: count('READY'),
    underWay: count('SUBMITTING', 'PENDING'),
    total: all.length,
  };
}

/** How many more may be bought today; null: any number, or it cannot be told. */
export function leftToday(asker: AskerFragment | null): number | null {
  const budget = asker?.budget;
  return budget?.limit == null ? null : Math.max(0, budget.limit - budget.used);
}

/** What can be shown although the rest cannot be bought now, which buys nothing. */
export function withoutPurchase(plan: Plan): Plan {
  return { ...plan, buy: plan.buy.map(() => []), count: 0 };
}

/** What the button says. */
export function labelOf({ count, stored, underWay, total }: Plan): string {
  if (count > 0) return `Buy ${count} ${count === 1 ? 'report' : 'reports'}`;
  if (underWay > 0) return `Show, ${underWay === 1 ? 'one is' : `${underWay} are`} on the way`;
  if (stored < total) return stored > 0 ? 'Show what is stored' : 'Show';
  return total === 2 ? 'Show, both are stored' : `Show, all ${total} are stored`;
}

/** Why it cannot be bought now; null: nothing is in the way. */
export function obstacleTo({ count }: Pick<Plan, 'count'>, asker: AskerFragment | null): string | null {
  if (count === 0 || !asker) return null;
  if (!asker.buying) return 'An operator has stopped purchases for now. What is stored can still be shown.';
  if (!asker.canBuy) return 'You may only read what is stored, and not all of this is.';
  const left = leftToday(asker);
  if (left === null || left >= count) return null;
  const resets = asker.budget ? new Date(asker.budget.resetsAt) : null;
  const when = resets ? ` until ${resets.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}` : '';
  return left === 0
    ? `Today’s budget is used up${when}.`
    : `Today’s budget has only ${left} left${when}, and this would take ${count}.`;
}
