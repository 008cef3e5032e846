/** Who asks: the holder of the credentials that came with a request. */
export interface Client {
  /** As in the log, the journal, usage and budgets. Never a credential. */
  readonly name: string;
  /** Whether it may see and do what is for operators only. */
  readonly operator: boolean;
  /** False: it reads what is stored or under way, and never causes a purchase. */
  readonly mayBuy: boolean;
}

/** The name of everybody where no credentials are asked for. */
export const ANONYMOUS = 'anonymous';
