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
    const currency = statistics.currencyCode ?? statistics.currencyName ?? undefined;
    return [{ ...statistics, label: target.label, detail, currency, isOwn: at === 0 }];
  });
  if (known.length < 2) return null;
  const currencies = new Set(known.map(({ currency }) => currency));
  const isOne = currencies.size === 1;
  const currency = (isOne && known[0]?.currency) || null;
  const money = moneyOf(currency);
  const ranges = isOne ? known.map((range) => ({ ...range, currency: undefined })) : known;
  return (
    <ChartCard
      title="Side by side"
      subject={subject}
      simulated={simulated}
      table={rangeTable({
        caption: `Base pay per year, ${subject} and others`,
        head: 'Compared',
        ranges,
        money,
        currency,
      })}
      lead={
        <p className="note">
          {isOne
            ? 'The middle half as a bar, percentiles 10 to 90 as a line, and the median as a dot.'
            : `In different currencies, which are not converted: ${[...currencies].join(', ')}. Lengths can be compared within one alone.`}
        </p>
      }
    >
      <RangeRows
        ranges={ranges}
        money={money}
        own={isOne ? salary : null}
        description="Base pay of what is compared. The figures are in the table below."
      />
    </ChartCard>
  );
}
