import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { columnsProblem, recognizeColumns, type JobColumns } from '../../src/model/job-list/columns.ts';
import type { Api } from '../api/api.ts';
import { count } from '../charts/money.ts';
import { csvOf } from '../export/csv.ts';
import { download } from '../export/download.ts';
import { fileName } from '../export/file-name.ts';
import type { AskerFragment, ReportType } from '../generated/operations.ts';
import { Columns } from './columns.tsx';
import { startList, type ListRun } from './list-run.ts';
import { readRows } from './listed.ts';
import type { List } from './parse-list.ts';
import { pricedTable } from './priced-table.ts';
import { Price } from './price.tsx';
import { Progress } from './progress.tsx';
import { Rows } from './rows.tsx';
import { SourceCard } from './source-card.tsx';
import { isRunning } from './summary.ts';
import { Totals } from './totals.tsx';
import { Types } from './types.tsx';

interface ListViewProps {
  readonly api: Api;
  readonly asker: AskerFragment | null;
  readonly onAsker: (asker: AskerFragment) => void;
}

interface Source {
  readonly name: string;
  readonly list: List;
  readonly columns: JobColumns;
  /** Of all rows, where no column has it. */
  readonly country: string;
}

/** A list of jobs, priced before it is bought. The list is in the page alone, and never in its address. */
export function ListView({ api, asker, onAsker }: ListViewProps) {
  const [source, setSource] = useState<Source | null>(null);
  useEffect(() => {
    // A file that is dropped beside its place would be opened instead of the page.
    const keep = (event: DragEvent): void => event.preventDefault();
    addEventListener('dragover', keep);
    addEventListener('drop', keep);
    return () => {
      removeEventListener('dragover', keep);
      removeEventListener('drop', keep);
    };
  }, []);
  const read = (name: string, list: List): void =>
    setSource({ name, list, columns: recognizeColumns(list.columns), country: '' });
  if (!source) {
    return (
      <div className="list">
        <SourceCard onRead={read} />
      </div>
    );
  }
  return <PricedList key={source.name} {...{ api, asker, onAsker, source }} onChange={setSource} />;
}

interface PricedListProps extends ListViewProps {
  readonly source: Source;
  /** Null: another list is wanted. */
  readonly onChange: (source: Source | null) => void;
}

function PricedList({ api, asker, onAsker, source, onChange }: PricedListProps) {
  const { name, list, columns, country } = source;
  const run = useRun(api, source, onAsker);
  const [types, setTypes] = useState<readonly ReportType[]>(['PAY']);
  useEffect(() => run?.want(types), [run, types]);
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="list">
      <section className="card columns-of-list" aria-labelledby="list-title">
        <header>
          <h2 id="list-title" tabIndex={-1} ref={heading}>
            {name}, {count(list.rows.length)} {list.rows.length === 1 ? 'row' : 'rows'}
          </h2>
          <button type="button" onClick={() => onChange(null)}>
            Another list
          </button>
        </header>
        <Columns
          list={list}
          columns={columns}
          country={country}
          problem={problemOf(source)}
          onColumns={(chosen) => onChange({ ...source, columns: chosen })}
          onCountry={(chosen) => onChange({ ...source, country: chosen })}
        />
      </section>
      {run && <Priced {...{ run, source, asker, types }} onTypes={setTypes} />}
    </div>
  );
}

interface PricedProps {
  readonly run: ListRun;
  readonly source: Source;
  readonly asker: AskerFragment | null;
  /** Which are chosen: the state has them a moment later. */
  readonly types: readonly ReportType[];
  readonly onTypes: (types: readonly ReportType[]) => void;
}

function Priced({ run, source: { name, list, columns }, asker, types, onTypes }: PricedProps) {
  const state = useSyncExternalStore(run.subscribe, run.snapshot);
  const { isLooked, reports } = state;
  const isBusy = isRunning(state);
  const card = useRef<HTMLElement>(null);
  /** The button that had the focus is about to go. */
  const andFocus = (act: () => void): void => {
    act();
    card.current?.focus();
  };
  const save = (): void => {
    const table = pricedTable(list.columns, state);
    download(new Blob([csvOf(table)], { type: 'text/csv' }), fileName(`${name.replace(/\.\w+$/, '')} priced`, 'csv'));
  };
  return (
    <>
      <section className="card price-of-list" aria-label="Price" tabIndex={-1} ref={card}>
        <Totals state={state} />
        <Types types={types} disabled={isBusy || reports.size === 0} onTypes={onTypes} />
        <Progress state={state} onStop={() => andFocus(run.stop)} onLookAgain={() => andFocus(run.lookAgain)} />
        {reports.size > 0 && !isBusy && (
          <Price
            state={state}
            asker={asker}
            onBuy={(chosen) => andFocus(() => run.buy(chosen))}
            onAskAgain={(failed) => andFocus(() => run.askAgain(failed))}
          />
        )}
        {isLooked && (
          <button type="button" className="download" onClick={save}>
            Download as CSV
          </button>
        )}
      </section>
      <Rows state={state} columns={columns} run={run} />
    </>
  );
}

/** Of all rows; empty: each has its own, or there is none. */
function countryOf({ columns, country }: Source): string {
  return columns.includes('country') || columns.includes('place') ? '' : country;
}

function problemOf(source: Source): string | null {
  return columnsProblem(countryOf(source) === '' ? source.columns : [...source.columns, 'country']);
}

/** Another one for each way to read the list. Null: it cannot be priced as it is. */
function useRun(api: Api, source: Source, onAsker: (asker: AskerFragment) => void): ListRun | null {
  const [run, setRun] = useState<ListRun | null>(null);
  const { list, columns } = source;
  const country = countryOf(source);
  const isWrong = problemOf(source) !== null;
  useEffect(() => {
    if (isWrong) return undefined;
    const started = startList(api, readRows(list.rows, columns, country), onAsker);
    setRun(started);
    return () => {
      started.close();
      setRun(null);
    };
  }, [api, list, columns, country, isWrong, onAsker]);
  return run;
}
