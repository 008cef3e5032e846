/**
 * The id of this entry stands for another one, of the report whose entries count for both: two ways to write one question are
 * one purchase. Both entries of an id say so, until one of them gets a late response. What they stand for never stands for anything
 * itself.
 */
export interface AliasState {
  readonly state: 'ALIAS';
  readonly standsFor: string;
}

/** The id that an id with these entries stands for; null: none. */
export function aliasOf(entries: readonly ({ readonly state: string } | AliasState)[]): string | null {
  const alias = entries.find((entry): entry is AliasState => entry.state === 'ALIAS');
  return alias?.standsFor ?? null;
}
