import { scaleLinear } from 'd3-scale';
import { useId } from 'react';
import { moneyOf, type Money } from './money.ts';
import { extentOf, type Range } from './ranges.ts';
import { fitted, textWidth } from './text-width.ts';
import { useWidth } from './use-width.ts';

interface RangeRowsProps {
  readonly ranges: readonly Range[];
  readonly money: Money;
  /** One's own amount; null: it is not shown. */
  readonly own: number | null;
  readonly description: string;
}

const ROW = 54;
/** A second line for details, where there is no room for them in the first. */
const LINE = 18;
const GAP = 12;
/** Of letters, in CSS pixels. */
const SIZE = 13;
const DETAIL_SIZE = 12;
const AXIS = 26;
const EDGE = 6;

/** Spreads below each other: from percentile 10 to 90 as a line, the middle half as a bar, the median as a dot. */
export function RangeRows({ ranges, money, own, description }: RangeRowsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const extent = extentOf(ranges, own === null ? [] : [own]);
  const x = scaleLinear(extent ?? [0, 1], [EDGE, width - EDGE]);
  const isWide = ranges.every(
    ({ label, detail = '', ...range }) =>
      textWidth(label, SIZE, 650) + textWidth(` ${detail}`, DETAIL_SIZE) + GAP <=
      width - textWidth(medianOf(range, money), SIZE, 650),
  );
  const row = isWide ? ROW : ROW + LINE;
  const height = ranges.length * row + AXIS;
  const amounts = [5, 3, 2].map((count) => x.ticks(count));
  const ticks = amounts.find((all) => widthOf(all, money) <= width) ?? [];
  return (
    <div ref={frame}>
      {width > 0 && extent && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={titleId}>
          <title id={titleId}>{description}</title>
          <g className="grid">
            {ticks.map((tick) => (
              <g key={tick}>
                <line x1={x(tick)} x2={x(tick)} y1={0} y2={height - AXIS} />
                <text x={x(tick)} y={height - 8} textAnchor="middle">
                  {money.short(tick)}
                </text>
              </g>
            ))}
          </g>
          {own !== null && (
            <g className="own">
              <line x1={x(own)} x2={x(own)} y1={0} y2={height - AXIS} />
            </g>
          )}
          {ranges.map((range, at) => (
            <Row
              key={`${at} ${range.label}`}
              range={range}
              y={at * row}
              x={x}
              width={width}
              money={money}
              isWide={isWide}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

interface RowProps {
  readonly range: Range;
  readonly y: number;
  readonly x: (amount: number) => number;
  readonly width: number;
  readonly money: Money;
  /** Whether details have room beside the name. */
  readonly isWide: boolean;
}

function Row({ range, y, x, width, money, isWide }: RowProps) {
  const { label, detail, percentile10, percentile25, percentile50, percentile75, percentile90, isOwn } = range;
  const median = medianOf(range, money);
  const middle = y + 36 + (isWide ? 0 : LINE);
  return (
    <g className={isOwn ? 'range mine' : 'range'}>
      <text className="label" x={0} y={y + 18}>
        {fitted(label, width - textWidth(median, SIZE, 650) - GAP, SIZE, 650)}
        {isWide && detail && <tspan className="detail"> {detail}</tspan>}
      </text>
      {!isWide && detail && (
        <text className="detail" x={0} y={y + 18 + LINE}>
          {fitted(detail, width, DETAIL_SIZE)}
        </text>
      )}
      <text className="value" x={width} y={y + 18} textAnchor="end">
        {median}
      </text>
      {percentile10 !== null && percentile90 !== null && (
        <line className="whole" x1={x(percentile10)} x2={x(percentile90)} y1={middle} y2={middle} />
      )}
      {percentile25 !== null && percentile75 !== null && (
        <rect
          className="half"
          x={x(percentile25)}
          width={Math.max(1, x(percentile75) - x(percentile25))}
          y={middle - 7}
          height={14}
          rx={4}
        />
      )}
      {percentile50 !== null && <circle cx={x(percentile50)} cy={middle} r={5} />}
    </g>
  );
}

function medianOf({ percentile50, currency }: Pick<Range, 'percentile50' | 'currency'>, money: Money): string {
  const own = currency === undefined ? money : moneyOf(currency);
  return percentile50 === null ? 'no figures' : own.exact(percentile50);
}

/** Of the amounts of an axis beside each other. */
function widthOf(ticks: readonly number[], money: Money): number {
  return ticks.length * (GAP + Math.max(0, ...ticks.map((tick) => textWidth(money.short(tick), DETAIL_SIZE))));
}
