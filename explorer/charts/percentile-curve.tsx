import { scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import { useId, useState, type PointerEvent } from 'react';
import type { Money } from './money.ts';
import { textWidth } from './text-width.ts';
import { useWidth } from './use-width.ts';

interface Point {
  readonly percentile: number;
  readonly value: number;
}

interface PercentileCurveProps {
  readonly points: readonly Point[];
  readonly money: Money;
  /** One's own amount and its rank; null: it is not shown. */
  readonly own: { readonly amount: number; readonly rank: number } | null;
  readonly description: string;
}

const MARGIN = { top: 34, right: 18, bottom: 44 };
/** What the amounts beside it need, mostly. */
const AXIS = 58;
const HEIGHT = 320;
const NAMED: readonly (readonly [number, string])[] = [
  [10, '10'],
  [25, '25'],
  [50, 'Median'],
  [75, '75'],
  [90, '90'],
];
/** Below this width there is only room for short amounts. */
const NARROW = 560;

/** What people earn, from the least to the most. */
export function PercentileCurve({ points, money, own, description }: PercentileCurveProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<Point | null>(null);
  const titleId = useId();
  const narrow = width < NARROW;
  const inner = { right: width - MARGIN.right, bottom: HEIGHT - MARGIN.bottom };
  const values = points.map(({ value }) => value);
  const y = scaleLinear([Math.min(...values), Math.max(...values)], [inner.bottom, MARGIN.top]).nice(5);
  const left = Math.max(AXIS, 12 + Math.max(...y.ticks(5).map((tick) => textWidth(money.short(tick), 12))));
  const x = scaleLinear([0, 100], [left, inner.right]);
  const ofX = ({ percentile }: Point): number => x(percentile);
  const ofY = ({ value }: Point): number => y(value);
  const curve = line<Point>(ofX, ofY).curve(curveMonotoneX);
  const below = area<Point>(ofX, inner.bottom, ofY).curve(curveMonotoneX);
  const middle = points.filter(({ percentile }) => percentile >= 25 && percentile <= 75);
  const named = NAMED.flatMap(([percentile, label]) => {
    const point = points.find((other) => other.percentile === percentile);
    return point ? [{ ...point, label }] : [];
  });

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const at = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left);
    setPointed(nearest(points, at));
  };

  return (
    <div ref={frame}>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-labelledby={titleId}
          onPointerMove={point}
          onPointerLeave={() => setPointed(null)}
        >
          <title id={titleId}>{description}</title>
          <g className="grid">
            {y.ticks(5).map((tick) => (
              <g key={tick}>
                <line x1={left} x2={inner.right} y1={y(tick)} y2={y(tick)} />
                <text x={left - 10} y={y(tick) + 4} textAnchor="end">
                  {money.short(tick)}
                </text>
              </g>
            ))}
          </g>
          <path className="area" d={below([...points]) ?? ''} />
          <path className="area middle" d={below(middle) ?? ''} />
          <path className="curve" d={curve([...points]) ?? ''} />
          {own && (
            <line className="own-line" x1={x(own.rank)} x2={x(own.rank)} y1={MARGIN.top - 12} y2={inner.bottom} />
          )}
          {named.map(({ percentile, value, label }) => (
            <g key={percentile} className={percentile === 50 ? 'named median' : 'named'}>
              <line className="drop" x1={x(percentile)} x2={x(percentile)} y1={y(value)} y2={inner.bottom} />
              <circle cx={x(percentile)} cy={y(value)} r={percentile === 50 ? 5 : 3.5} />
              <text x={x(percentile)} y={y(value) - 12} textAnchor={percentile > 80 ? 'end' : 'middle'}>
                {narrow ? money.short(value) : money.exact(value)}
              </text>
              <text className="axis" x={x(percentile)} y={inner.bottom + 18} textAnchor="middle">
                {label}
              </text>
            </g>
          ))}
          <text className="axis" x={inner.right} y={HEIGHT - 6} textAnchor="end">
            {narrow ? '% who earn less' : 'Percentage of people who earn less'}
          </text>
          {own && (
            <g className="own">
              <circle cx={x(own.rank)} cy={y(own.amount)} r={6.5} />
              <Pill x={x(own.rank)} y={MARGIN.top - 20} text={`You · ${money.exact(own.amount)}`} />
            </g>
          )}
          {pointed && (
            <g className="pointed">
              <line x1={ofX(pointed)} x2={ofX(pointed)} y1={MARGIN.top} y2={inner.bottom} />
              <circle cx={ofX(pointed)} cy={ofY(pointed)} r={4} />
              <Pill
                x={Math.min(Math.max(ofX(pointed), left + 80), inner.right - 80)}
                y={inner.bottom - 18}
                text={`${money.exact(pointed.value)} · ${pointed.percentile} % earn less`}
              />
            </g>
          )}
        </svg>
      )}
    </div>
  );
}

/** A short text on a ground of its own. */
function Pill({ x, y, text }: { x: number; y: number; text: string }) {
  const width = 16 + textWidth(text, 12, 650);
  return (
    <g className="pill">
      <rect x={x - width / 2} y={y - 13} width={width} height={22} rx={11} />
      <text x={x} y={y + 2.5} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}

function nearest(points: readonly Point[], percentile: number): Point | null {
  const distance = (point: Point): number => Math.abs(point.percentile - percentile);
  return points.reduce<Point | null>(
    (best, point) => (best === null || distance(point) < distance(best) ? point : best),
    null,
  );
}
