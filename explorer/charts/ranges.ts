/** The spread of one kind of pay. Null: upstream gave none. */
export interface Range {
  readonly label: string;
  /** A second line, in small letters. */
  readonly detail?: string;
  readonly percentile10: number | null;
  readonly percentile25: number | null;
  readonly percentile50: number | null;
  readonly percentile75: number | null;
  readonly percentile90: number | null;
  /** Its currency, where others have another. */
  readonly currency?: string | undefined;
  /** Whether it is the one that is asked about. */
  readonly isOwn?: boolean;
}

/** What a scale has to reach; null: there are no figures. */
export function extentOf(ranges: readonly Range[], also: readonly number[] = []): [number, number] | null {
  const figures = ranges.flatMap((range) => [
    range.percentile10,
    range.percentile25,
    range.percentile50,
    range.percentile75,
    range.percentile90,
  ]);
  const known = [...figures.filter((figure) => figure !== null), ...also];
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}
