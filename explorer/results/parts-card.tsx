import { Bars } from '../charts/bars.tsx';
import { ChartCard } from '../charts/chart-card.tsx';
import { moneyOf, percent } from '../charts/money.ts';
import type { PayFragment } from '../generated/operations.ts';

interface PartsCardProps {
  readonly pay: PayFragment;
  readonly subject: string;
  readonly simulated: boolean;
}

const PARTS = [
  ['basePay', 'Base pay'],
  ['bonus', 'Bonus'],
  ['commission', 'Commission'],
  ['profitShare', 'Profit share'],
] as const;

/** What total pay is made of: the median of each part among those who get it. */
export function PartsCard({ pay, subject, simulated }: PartsCardProps) {
  const everybody = pay.basePay?.count ?? null;
  const parts = PARTS.flatMap(([key, name]) => {
    const [median, people] = [pay[key]?.percentile50 ?? null, pay[key]?.count ?? null];
    const share = people !== null && everybody ? Math.min(100, (100 * people) / everybody) : null;
    return median === null ? [] : [{ name, median, people, share }];
  });
  const total = pay.totalPay?.percentile50 ?? null;
  if (parts.length === 0) return null;
  const currency = pay.basePay?.currencyCode ?? pay.totalPay?.currencyCode ?? null;
  const money = moneyOf(currency);
  return (
    <ChartCard
      title="What total pay is made of"
      subject={subject}
      simulated={simulated}
      table={{
        caption: `Medians per year among those who get it, ${subject}`,
        columns: [
          { name: 'Part' },
          { name: 'Median', format: money.exact, unit: currency ? `${currency} per year` : 'per year' },
          { name: 'People' },
          { name: 'Share in percent', format: (share) => percent(share) },
        ],
        rows: [
          ...parts.map(({ name, median, people, share }) => [name, median, people, share && Number(share.toFixed(1))]),
          ...(total === null ? [] : [['Total pay', total, pay.totalPay?.count ?? null, null]]),
        ],
      }}
      lead={
        <p className="note">
          Medians do not add up: each part is the median of those who get it.
          {total !== null && ` The median of total pay is ${money.exact(total)}.`}
        </p>
      }
    >
      <Bars
        bars={parts.map(({ name, median, share }) => ({
          label: share === null || share > 99.5 ? name : `${name}, ${percent(share)} get it`,
          text: money.exact(median),
          value: median,
        }))}
        description="The median of each part of pay. The figures are in the table below."
      />
    </ChartCard>
  );
}
