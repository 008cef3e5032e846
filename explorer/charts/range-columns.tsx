import { scaleBand, scaleLinear } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import { useId } from 'react';
import type { Money } from './money.ts';
import { RangeRows } from './range-rows.tsx';
import { extentOf, type Range } from './ranges.ts';
import { fitted, textWidth } from './text-width.ts';
import { useWidth } from './use-width.ts';

interface RangeColumnsProps {
  readonly ranges: readonly Range[];
  readonly money: Money;
  readonly description: string;
}

const MARGIN = { top: 26, right: 6, bottom: 42 };
const HEIGHT = 320;
/** What the amounts beside the columns need, mostly. */
const AXIS = 52;
/** What a column needs for the words below it. */
const NARROWEST_COLUMN = 84;

/** Spreads beside each other, joined by their medians; below each other where there is no room. */
export function RangeColumns(props: RangeColumnsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const enough = width - AXIS - MARGIN.right >= props.ranges.length * NARROWEST_COLUMN;
  return (
    <div ref={frame}>
      {width > 0 && (enough ? <Columns {...props} width={width} /> : <RangeRows {...props} own={null} />)}
    </div>
  );
}

function Columns({ ranges, money, description, width }: RangeColumnsProps & { readonly width: number }) {
  const titleId = useId();
  const extent = extentOf(ranges);
  if (!extent) return null;
  const bottom = HEIGHT - MARGIN.bottom;
  const y = scaleLinear(extent, [bottom, MARGIN.top]).nice(5);
  const left = Math.max(AXIS, 12 + Math.max(...y.ticks(5).map((tick) => textWidth(money.short(tick), 12))));
  const x = scaleBand(Object.keys(ranges), [left, width - MARGIN.right]);
  const middleOf = (at: number): number => (x(String(at)) ?? 0) + x.bandwidth() / 2;
  const medians = ranges.flatMap(({ percentile50 }, at) => (percentile50 === null ? [] : [{ at, percentile50 }]));
  const joined = line<(typeof medians)[number]>(
    ({ at }) => middleOf(at),
    ({ percentile50 }) => y(percentile50),
  ).curve(curveMonotoneX);
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-labelledby={titleId}>
      <title id={titleId}>{description}</title>
      <g className="grid">
        {y.ticks(5).map((tick) => (
          <g key={tick}>
            <line x1={left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text x={left - 10} y={y(tick) + 4} textAnchor="end">
              {money.short(tick)}
            </text>
          </g>
        ))}
      </g>
      {ranges.map((range, at) => (
        <Column
          key={`${at} ${range.label}`}
          range={range}
          x={middleOf(at)}
          y={y}
          bottom={bottom}
          room={x.bandwidth()}
        />
      ))}
      <path className="curve" d={joined(medians) ?? ''} />
      {medians.map(({ at, percentile50 }) => (
        <g key={at} className="range">
          <circle cx={middleOf(at)} cy={y(percentile50)} r={5} />
          <text className="value over" x={middleOf(at)} y={y(percentile50) - 12} textAnchor="middle">
            {money.short(percentile50)}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface ColumnProps {
  readonly range: Range;
  readonly x: number;
  readonly y: (amount: number) => number;
  readonly bottom: number;
  /** How wide it is. */
  readonly room: number;
}

function Column({ range, x, y, bottom, room }: ColumnProps) {
  const { label, detail, percentile10, percentile25, percentile75, percentile90, isOwn } = range;
  return (
    <g className={isOwn ? 'range mine' : 'range'}>
      {percentile10 !== null && percentile90 !== null && (
        <line className="whole" x1={x} x2={x} y1={y(percentile10)} y2={y(percentile90)} />
      )}
      {percentile25 !== null && percentile75 !== null && (
        <rect
          className="half"
          x={x - 13}
          width={26}
          y={y(percentile75)}
          height={Math.max(1, y(percentile25) - y(percentile75))}
          rx={4}
        />
      )}
      <text className="label" x={x} y={bottom + 20} textAnchor="middle">
        {fitted(label, room, 13, 650)}
      </text>
      <text className="detail" x={x} y={bottom + 36} textAnchor="middle">
        {fitted(detail ?? '', room, 12)}
      </text>
    </g>
  );
}
