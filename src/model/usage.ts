/** What was bought and served, counted per report as upstream bills them. */
export interface UsageCounts {
  readonly submitted: number;
  readonly collected: number;
  readonly billable: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly recovered: number;
  /** By the minute, including the whole minutes in which the period begins and ends. */
  readonly saved: number;
}

/** The counts of a period; both ends are inclusive. */
export interface Usage extends UsageCounts {
  readonly since: Date;
  readonly until: Date;
}
