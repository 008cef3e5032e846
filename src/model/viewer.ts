/** The client that asks, as it sees itself. */
export interface Viewer {
  readonly name: string | null;
  readonly operator: boolean;
  /** Whether a purchase would be made for it now, as long as its budget lasts. */
  readonly canBuy: boolean;
  /** Whether the stop switch lets anybody buy. */
  readonly buying: boolean;
  readonly budget: Budget | null;
}

/** Purchases of a client on the present UTC day. */
export interface Budget {
  /** Null: none. */
  readonly limit: number | null;
  readonly used: number;
  readonly resetsAt: Date;
}
