import { useState } from 'react';
import { percentileRank } from '../../src/model/percentile-rank.ts';
import { ChartCard } from '../charts/chart-card.tsx';
import { count, moneyOf, percent, type Money } from '../charts/money.ts';
import { PercentileCurve } from '../charts/percentile-curve.tsx';
import type { DistributionFragment, PayFragment } from '../generated/operations.ts';
import { Confidence } from './confidence.tsx';
import { Warnings } from './warnings.tsx';

interface PayCardProps {
  readonly pay: PayFragment;
  /** Until when it is shown without a purchase; null: that is not known. */
  readonly expiresAt: string | null;
  /** One's own salary per year; null: none was given. */
  readonly salary: number | null;
  readonly subject: string;
  readonly simulated: boolean;
}

const KINDS = [
  ['basePay', 'Base pay', 'per year'],
  ['totalPay', 'Total pay', 'per year'],
  ['hourlyPay', 'Hourly pay', 'per hour'],
] as const;

/** Where a salary falls among what the job pays. The salary is compared here; it is not sent anywhere. */
export function PayCard({ pay, expiresAt, salary, subject, simulated }: PayCardProps) {
  const offered = KINDS.filter(([key]) => (pay[key]?.percentiles.length ?? 0) > 0);
  const [chosen, setChosen] = useState<(typeof KINDS)[number][0]>('basePay');
  const kind = offered.find(([key]) => key === chosen) ?? offered[0];
  const statistics = kind && pay[kind[0]];
  if (!kind || !statistics) {
    return (
      <section className="card wide">
        <h2>What the job pays</h2>
        <p>The service has no figures for this job and place.</p>
      </section>
    );
  }
  const [key, name, period] = kind;
  const money = moneyOf(statistics.currencyCode);
  const { percentiles, currencyCode, currencyName } = statistics;
  const unit = [currencyCode ?? currencyName, period].filter(Boolean).join(' ');
  const amount = key === 'hourlyPay' ? null : salary;
  const rank = amount === null ? null : percentileRank(percentiles, amount);
  const own = amount !== null && rank !== null ? { amount, rank } : null;
  const standing = amount === null ? null : standingOf(amount, rank, percentiles, money);
  return (
    <ChartCard
      title={salary === null ? 'What the job pays' : 'Where your salary falls'}
      subject={subject}
      simulated={simulated}
      wide
      table={{
        caption: `${name} ${period} by percentile, ${subject}`,
        columns: [{ name: 'Percentile' }, { name, format: money.exact, unit }],
        rows: percentiles.map(({ percentile, value }) => [percentile, value]),
      }}
      lead={
        <>
          <fieldset className="tabs">
            <legend className="hidden">Kind of pay</legend>
            {offered.map(([value, label]) => (
              <label key={value}>
                <input type="radio" name="kind" checked={value === key} onChange={() => setChosen(value)} />
                <span>{label}</span>
              </label>
            ))}
          </fieldset>
          <Lead statistics={statistics} money={money} name={name} period={period} />
          <Warnings warnings={pay.warnings} />
          {standing && <p className="standing">{standing}</p>}
        </>
      }
      footnote={
        <Confidence
          rating={pay.reportRating}
          profiles={pay.totalProfilesAnalyzed}
          companies={pay.totalCompanies}
          level={pay.levelUsed}
          context={pay.context}
          collectedAt={pay.collectedAt}
          expiresAt={expiresAt}
        />
      }
    >
      <PercentileCurve
        points={percentiles}
        money={money}
        own={own}
        description={`${name} from the lowest to the highest percentile. The figures are in the table below.`}
      />
    </ChartCard>
  );
}

interface LeadProps {
  readonly statistics: DistributionFragment;
  readonly money: Money;
  readonly name: string;
  readonly period: string;
}

function Lead({ statistics, money, name, period }: LeadProps) {
  const { percentile25, percentile50, percentile75, average, count: people, currencyCode, currencyName } = statistics;
  return (
    <div className="lead">
      {percentile50 !== null && (
        <p className="median">
          <strong>{money.exact(percentile50)}</strong> median {name.toLowerCase()} {period}
          {/* Amounts do not say it. */}
          {currencyCode === null && currencyName && ` in ${currencyName}`}
        </p>
      )}
      <p className="also">
        {percentile25 !== null && percentile75 !== null && (
          <span>
            Half earn {money.exact(percentile25)} to {money.exact(percentile75)}
          </span>
        )}
        {average !== null && <span>Average {money.exact(average)}</span>}
        {people !== null && <span>{count(people)} people</span>}
      </p>
    </div>
  );
}

function standingOf(
  amount: number,
  rank: number | null,
  percentiles: DistributionFragment['percentiles'],
  money: Money,
): string {
  const yours = `Your ${money.exact(amount)}`;
  if (rank !== null) return `${yours} is more than ${percent(rank)} of people in this job earn.`;
  const [lowest, highest] = [percentiles[0], percentiles.at(-1)];
  if (lowest && amount < lowest.value)
    return `${yours} is below all figures, which begin at ${money.exact(lowest.value)}.`;
  return highest ? `${yours} is above all figures, which end at ${money.exact(highest.value)}.` : '';
}
