import { count } from '../charts/money.ts';
import { Total } from '../charts/total.tsx';
import type { ListState } from './store.ts';
import { buyable, countsOf } from './summary.ts';

/** The list in four figures. */
export function Totals({ state }: { readonly state: ListState }) {
  const { reports, rows } = state;
  const { here, wrong } = countsOf(state);
  const known = buyable(reports, false).length;
  const unknown = buyable(reports, true).length - known;
  return (
    <dl className="totals">
      <Total name="Rows" value={rows.length} hint={wrong > 0 ? `${count(wrong)} of them wrong` : 'all can be read'} />
      <Total name="Reports" value={reports.size} hint="each is bought once" />
      <Total name="Stored" value={here} hint="at no further cost" />
      <Total name="To buy" value={known} hint={unknown > 0 ? `and ${count(unknown)} not known` : ''} />
    </dl>
  );
}
