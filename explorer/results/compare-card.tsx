import { ChartCard } from '../charts/chart-card.tsx';
import { count, moneyOf, rating } from '../charts/money.ts';
import { RangeRows } from '../charts/range-rows.tsx';
import type { TargetState } from '../purchase/run.ts';
import { rangeTable } from './range-table.ts';

interface CompareCardProps {
  readonly states: readonly TargetState[];
  readonly salary: number | null;
  readonly subject: string;
  readonly simulated: boolean;
}

/** Base pay of what is compared, side by side. */
export function CompareCard({ states, salary, subject, simulated }: CompareCardProps) {
  const known = states.flatMap(({ target, pay }, at) => {
    const statistics = pay?.basePay;
    if (!pay || !statistics) return [];
    const profiles = pay.totalProfilesAnalyzed === null ? '' : `${count(pay.totalProfilesAnalyzed)} profiles`;
    const confidence = pay.reportRating === null ? '' : `confidence ${rating(pay.reportRating)}`;
    const detail = [profiles, confidence].filter(Boolean).join(', ');
    return [{ ...statistics, label: target.label, detail, isOwn: at === 0 }];
  });
  if (known.length < 2) return null;
  const currencies = new Set(known.map(({ currencyCode, currencyName }) => currencyCode ?? currencyName));
  const money = moneyOf(currencies.size === 1 ? (known[0]?.currencyCode ?? null) : null);
  return (
    <ChartCard
      title="Side by side"
      subject={subject}
      simulated={simulated}
      table={rangeTable(`Base pay per year, ${subject} and others`, 'Compared', known, money)}
      lead={
        <p className="note">
          {currencies.size === 1
            ? 'The middle half as a bar, percentiles 10 to 90 as a line, and the median as a dot.'
            : `In different currencies, which are not converted: ${[...currencies].join(', ')}.`}
        </p>
      }
    >
      <RangeRows
        ranges={known}
        money={money}
        own={currencies.size === 1 ? salary : null}
        description="Base pay of what is compared. The figures are in the table below."
      />
    </ChartCard>
  );
}
