/** Whose reports a ledger has. */
export interface Account {
  /** Of the service that the reports are bought from: scheme, host and port. */
  readonly origin: string;
  readonly customerId: string;
}

/**
 * Of the real service; null: of the embedded simulator, which has another port with each start. Any one of them is the same
 * account.
 */
export function accountOf(service: { readonly apiUrl: string; readonly customerId: string } | null): Account {
  if (service === null) return { origin: 'http://simulator.invalid', customerId: 'simulator' };
  return { origin: new URL(service.apiUrl).origin, customerId: service.customerId };
}

/** What became of the account that the ledger had. */
export type AccountResult =
  | { readonly kind: 'same' | 'stamped' }
  /** Replaced at the operator's word; `from` names what was replaced. */
  | { readonly kind: 'adopted'; readonly from: string };

/** Why a ledger of another account is not used. `elsewhere`: what to do, unless both are the same. */
export function mismatch(other: string, account: Account, adopt: boolean, elsewhere: string): string {
  const both = `it belongs to ${other}, but this server is set up for ${accountName(account)}.`;
  return adopt
    ? `${both} LEDGER_ADOPT=true is for one start and was used for an earlier one: start once without it.`
    : `${both} ${elsewhere}; or, only if both are the same account, start once with LEDGER_ADOPT=true.`;
}

export function accountName({ origin, customerId }: Account): string {
  return `${origin} (customer id ${customerId})`;
}
