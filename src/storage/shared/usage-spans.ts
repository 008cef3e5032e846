/** By what usage is summed, the longest first. In milliseconds. */
const SPANS = [24 * 60 * 60_000, 60 * 60_000, 60_000] as const;
const MINUTE_MS = SPANS[2];

/** Whole spans of one length, from `from` until before `to` (epoch ms). */
export interface Stretch {
  readonly span: number;
  readonly from: number;
  readonly to: number;
}

/** The period as the fewest spans: days, at both ends hours, at the ends of those minutes. At most five stretches. */
export function stretchesOf(from: number, to: number, spans: readonly number[] = SPANS): readonly Stretch[] {
  const [span, ...shorter] = spans;
  if (span === undefined || from >= to) return [];
  const first = Math.ceil(from / span) * span;
  const last = Math.floor(to / span) * span;
  if (first >= last) return stretchesOf(from, to, shorter);
  return [...stretchesOf(from, first, shorter), { span, from: first, to: last }, ...stretchesOf(last, to, shorter)];
}

/** The start of the minute that contains this time. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** The start of the next one. */
export function nextMinuteOf(at: number): number {
  return minuteOf(at) + MINUTE_MS;
}
