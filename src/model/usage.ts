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
  /** At this moment, whenever it began. */
  readonly uncertainNow: number;
  readonly since: Date;
  readonly until: Date;
}

/** The counts of one UTC day, which is named as YYYY-MM-DD. */
export interface UsageDay extends UsageCounts {
  readonly day: string;
}
