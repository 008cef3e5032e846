import { scaleBand, scaleLinear } from 'd3-scale';
import { useId } from 'react';
import { ChartCard } from '../charts/chart-card.tsx';
import { count } from '../charts/money.ts';
import { useWidth } from '../charts/use-width.ts';
import type { UsageOverviewQuery } from '../generated/operations.ts';

type Day = NonNullable<UsageOverviewQuery['usageByDay']>[number];

const HEIGHT = 240;
const MARGIN = { top: 12, right: 4, bottom: 30, left: 44 };
/** What the date below a bar needs. */
const DATE = 64;

/** What was bought and what was saved, day by day. */
export function DaysCard({ days, simulated }: { readonly days: readonly Day[]; readonly simulated: boolean }) {
  return (
    <ChartCard
      title="Bought and saved by day"
      subject={`${days[0]?.day ?? ''} to ${days.at(-1)?.day ?? ''}, UTC`}
      simulated={simulated}
      wide
      table={{
        caption: 'Reports by UTC day',
        columns: ['Day', 'Bought', 'Saved', 'Failed'].map((name) => ({ name, format: count })),
        rows: days.map(({ day, submitted, saved, failed }) => [day, submitted, saved, failed]),
      }}
      lead={
        <p className="note legend">
          <span className="key bought" /> bought <span className="key saved" /> served without a purchase
        </p>
      }
    >
      <Days days={days} />
    </ChartCard>
  );
}

function Days({ days }: { readonly days: readonly Day[] }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const bottom = HEIGHT - MARGIN.bottom;
  const highest = Math.max(4, ...days.map(({ submitted, saved }) => submitted + saved));
  const y = scaleLinear([0, highest], [bottom, MARGIN.top]).nice(4);
  const x = scaleBand(
    days.map(({ day }) => day),
    [MARGIN.left, width - MARGIN.right],
  ).padding(0.25);
  const every = Math.max(1, Math.ceil((DATE * days.length) / Math.max(1, width - MARGIN.left)));
  return (
    <div ref={frame}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-labelledby={titleId}>
          <title id={titleId}>Reports bought and saved by day. The figures are in the table below.</title>
          <g className="grid">
            {y.ticks(4).map((tick) => (
              <g key={tick}>
                <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
                <text x={MARGIN.left - 8} y={y(tick) + 4} textAnchor="end">
                  {count(tick)}
                </text>
              </g>
            ))}
          </g>
          {days.map(({ day, submitted, saved }, at) => (
            <g key={day} className="day">
              <rect
                className="saved"
                x={x(day)}
                width={x.bandwidth()}
                y={y(submitted + saved)}
                height={y(submitted) - y(submitted + saved)}
                rx={2}
              />
              <rect
                className="bought"
                x={x(day)}
                width={x.bandwidth()}
                y={y(submitted)}
                height={bottom - y(submitted)}
                rx={2}
              />
              {(days.length - 1 - at) % every === 0 && (
                <text x={(x(day) ?? 0) + x.bandwidth()} y={HEIGHT - 8} textAnchor="end">
                  {dateOf(day)}
                </text>
              )}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

function dateOf(day: string): string {
  return new Date(day).toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });
}
