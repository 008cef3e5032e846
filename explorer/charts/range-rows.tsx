import { scaleLinear } from 'd3-scale';
import { useId } from 'react';
import type { Money } from './money.ts';
import { extentOf, type Range } from './ranges.ts';
import { useWidth } from './use-width.ts';

interface RangeRowsProps {
  readonly ranges: readonly Range[];
  readonly money: Money;
  /** One's own amount; null: it is not shown. */
  readonly own: number | null;
  readonly description: string;
}

const ROW = 54;
const AXIS = 26;
const EDGE = 6;
/** So narrow that fewer amounts fit below it. */
const NARROW = 420;

/** Spreads below each other: from percentile 10 to 90 as a line, the middle half as a bar, the median as a dot. */
export function RangeRows({ ranges, money, own, description }: RangeRowsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const extent = extentOf(ranges, own === null ? [] : [own]);
  const x = scaleLinear(extent ?? [0, 1], [EDGE, width - EDGE]);
  const height = ranges.length * ROW + AXIS;
  return (
    <div ref={frame}>
      {width > 0 && extent && (
        <svg width={width} height={height} role="img" aria-labelledby={titleId}>
          <title id={titleId}>{description}</title>
          <g className="grid">
            {x.ticks(width < NARROW ? 3 : 5).map((tick) => (
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
            <Row key={`${at} ${range.label}`} range={range} y={at * ROW} x={x} width={width} money={money} />
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
}

function Row({ range, y, x, width, money }: RowProps) {
  const { label, detail, percentile10, percentile25, percentile50, percentile75, percentile90, isOwn } = range;
  const middle = y + 36;
  return (
    <g className={isOwn ? 'range mine' : 'range'}>
      <text className="label" x={0} y={y + 18}>
        {label}
        {detail && <tspan className="detail"> {detail}</tspan>}
      </text>
      <text className="value" x={width} y={y + 18} textAnchor="end">
        {percentile50 === null ? 'no figures' : money.exact(percentile50)}
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
