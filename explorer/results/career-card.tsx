import { ChartCard } from '../charts/chart-card.tsx';
import { moneyOf } from '../charts/money.ts';
import { RangeColumns } from '../charts/range-columns.tsx';
import type { ExperienceFragment } from '../generated/operations.ts';
import { Confidence } from './confidence.tsx';
import { rangeTable } from './range-table.ts';
import { Warnings } from './warnings.tsx';

interface CareerCardProps {
  readonly yoe: ExperienceFragment;
  /** Until when it is shown without a purchase; null: that is not known. */
  readonly expiresAt: string | null;
  /** Years of experience that are asked about; null: none. */
  readonly years: number | null;
  /** Whether it has the whole width for itself. */
  readonly wide: boolean;
  readonly subject: string;
  readonly simulated: boolean;
}

/** How pay grows with experience. */
export function CareerCard({ yoe, expiresAt, years, wide, subject, simulated }: CareerCardProps) {
  const currency = yoe.currency?.abbreviation ?? null;
  const money = moneyOf(currency);
  // Where ranges meet, the later one counts.
  const own = yoe.ranges.findLastIndex((range) => years !== null && isAmong(years, range));
  const ranges = yoe.ranges.map((range, at) => ({ ...range, ...nameOf(range.name), isOwn: at === own }));
  if (ranges.length === 0) return null;
  return (
    <ChartCard
      title="Pay over a career"
      wide={wide}
      subject={subject}
      simulated={simulated}
      table={rangeTable({
        caption: `Base pay per year by experience, ${subject}`,
        head: 'Experience',
        ranges,
        money,
        currency,
      })}
      lead={
        <>
          <p className="note">The middle half as a bar, percentiles 10 to 90 as a line, and the medians joined.</p>
          <Warnings warnings={yoe.warnings} />
        </>
      }
      footnote={
        <Confidence
          rating={yoe.reportRating}
          context={yoe.context}
          collectedAt={yoe.collectedAt}
          expiresAt={expiresAt}
        />
      }
    >
      <RangeColumns
        ranges={ranges}
        money={money}
        description="Base pay by years of experience. The figures are in the table below."
      />
    </ChartCard>
  );
}

/** `Entry Level (<1 year)`: a name, and the years. */
function nameOf(name: string | null): { label: string; detail?: string } {
  const [, label, detail] = /^(.+?)\s*\((.+)\)$/.exec(name ?? '') ?? [];
  return label && detail ? { label, detail } : { label: name ?? 'Not named' };
}

function isAmong(years: number, { minYears, maxYears }: ExperienceFragment['ranges'][number]): boolean {
  return minYears !== null && years >= minYears && (maxYears === null || years <= maxYears);
}
