import { scaleLinear } from 'd3-scale';
import { useId } from 'react';
import { fitted, textWidth } from './text-width.ts';
import { useWidth } from './use-width.ts';

interface Bar {
  readonly label: string;
  /** What stands at its other end. */
  readonly text: string;
  /** What stands there too, if there is room. */
  readonly detail?: string;
  readonly value: number;
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly description: string;
}

const ROW = 42;
const EDGE = 2;
/** Between what is written at both ends, at least. */
const GAP = 12;
/** Of letters, in CSS pixels. */
const SIZE = 13;
const DETAIL_SIZE = 12;

/** Bars below each other, to the right of zero, or to the left of it. */
export function Bars({ bars, description }: BarsProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const values = bars.map(({ value }) => value);
  const x = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [EDGE, width - EDGE]);
  const isSigned = Math.min(...values) < 0;
  const height = bars.length * ROW + 6;
  const room = ({ text, detail = '' }: Bar): number =>
    width - textWidth(text, SIZE, 650) - textWidth(` ${detail}`, DETAIL_SIZE) - GAP;
  // For all of them or none, so that they are read as a column.
  const isDetailed = bars.every((bar) => textWidth(bar.label, SIZE) <= room(bar));
  return (
    <div ref={frame}>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={titleId}>
          <title id={titleId}>{description}</title>
          {bars.map(({ label, text, detail, value }, at) => (
            <g key={label} className={value < 0 ? 'bar less' : 'bar'}>
              <text className="label" x={0} y={at * ROW + 16}>
                {fitted(label, isDetailed ? width : room({ label, text, value }), SIZE)}
              </text>
              <text className="value" x={width} y={at * ROW + 16} textAnchor="end">
                {text}
                {detail && isDetailed && <tspan className="detail"> {detail}</tspan>}
              </text>
              <rect className="track" x={EDGE} y={at * ROW + 24} width={width - 2 * EDGE} height={8} rx={4} />
              <rect
                className="length"
                x={Math.min(x(0), x(value))}
                y={at * ROW + 24}
                width={Math.max(2, Math.abs(x(value) - x(0)))}
                height={8}
                rx={4}
              />
              {/* Not through what is written above. */}
              {isSigned && <line className="zero" x1={x(0)} x2={x(0)} y1={at * ROW + 20} y2={at * ROW + 36} />}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}
