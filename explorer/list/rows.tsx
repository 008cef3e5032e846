import { useCallback, useId, useRef, useState } from 'react';
import type { JobColumns } from '../../src/model/job-list/columns.ts';
import { count } from '../charts/money.ts';
import { Choice } from './choice.tsx';
import type { ListRun } from './list-run.ts';
import { keyOf, type PricedRow } from './listed.ts';
import { columnsOf, Row } from './row.tsx';
import type { ListState } from './store.ts';
import { isRunning, reportsOf, standingOf, STANDING_NAMES, type Standing } from './summary.ts';

/** A page of rows. */
const MOST = 100;

interface RowsProps {
  readonly state: ListState;
  readonly columns: JobColumns;
  readonly run: ListRun;
}

/** Row by row what is known, what is wrong, what can be done about it, and the figures. */
export function Rows({ state, columns, run }: RowsProps) {
  const [only, setOnly] = useState<Standing | null>(null);
  const [page, setPage] = useState(0);
  const id = useId();
  const table = useRef<HTMLDivElement>(null);
  const act = useCallback((deed: () => void) => {
    deed();
    table.current?.focus();
  }, []);
  const { rows, reports, types } = state;
  const standings = rows.map((row) => standingOf(row, reportsOf(row, reports)));
  const shown = rows.filter((_, at) => only === null || standings[at] === only);
  const pages = Math.max(1, Math.ceil(shown.length / MOST));
  const at = Math.min(page, pages - 1);
  const choices = (Object.keys(STANDING_NAMES) as Standing[]).filter(
    (each) => standings.includes(each) || each === only,
  );
  const choose = (standing: Standing | null): void => {
    setOnly(standing);
    setPage(0);
  };
  return (
    <section className="card wide rows" aria-labelledby={id}>
      <h2 id={id}>Row by row</h2>
      <fieldset className="tabs">
        <legend className="hidden">Which rows</legend>
        <Choice name={id} label={`All ${count(rows.length)}`} checked={only === null} onChoose={() => choose(null)} />
        {choices.map((standing) => (
          <Choice
            key={standing}
            name={id}
            label={`${STANDING_NAMES[standing]} ${count(standings.filter((each) => each === standing).length)}`}
            checked={only === standing}
            onChoose={() => choose(standing)}
          />
        ))}
      </fieldset>
      <p className="hidden" role="status">
        {choiceText(state)}
      </p>
      <div className="table tall" role="region" aria-label="The rows of the list" tabIndex={0} ref={table}>
        {/* With roles: where the window is narrow, a row is laid out as a card, for which some browsers forget that it is a row. */}
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              {['Row', 'Job', 'Status', ...columnsOf(types)].map((name) => (
                <th key={name} scope="col" role="columnheader">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.slice(at * MOST, (at + 1) * MOST).map((row) => (
              <Row
                key={row.number}
                row={row}
                pay={row.job === null ? undefined : reports.get(keyOf(row.job, 'PAY'))}
                yoe={row.job === null ? undefined : reports.get(keyOf(row.job, 'YOE'))}
                types={types}
                columns={columns}
                run={isRunning(state) ? null : run}
                onAct={act}
              />
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav className="pages" aria-label="Pages of rows">
          <button type="button" aria-disabled={at === 0 || undefined} onClick={() => setPage(Math.max(0, at - 1))}>
            Previous
          </button>
          <span>
            Page {at + 1} of {pages}
          </span>
          <button
            type="button"
            aria-disabled={at === pages - 1 || undefined}
            onClick={() => setPage(Math.min(pages - 1, at + 1))}
          >
            Next
          </button>
        </nav>
      )}
    </section>
  );
}

/** What was chosen last; blank: nothing. */
function choiceText({ rows, choices }: ListState): string {
  const [key, answer] = [...choices].at(-1) ?? [];
  const isOfIt = ({ remarks }: PricedRow): boolean =>
    remarks.some(({ kind, key: of }) => kind === 'chosen' && of === key);
  const { length } = rows.filter(isOfIt);
  return length === 0 ? '' : `“${answer}” is asked for in ${length === 1 ? 'one row' : `${count(length)} rows`}.`;
}
