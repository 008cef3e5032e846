import { count } from './money.ts';

/** A figure of a `dl` of class `totals`. */
export function Total({ name, value, hint }: { readonly name: string; readonly value: number; readonly hint: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{count(value)}</strong> {hint}
      </dd>
    </div>
  );
}
