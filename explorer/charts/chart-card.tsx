import { useRef, type ReactNode } from 'react';
import { csvOf } from '../export/csv.ts';
import { download } from '../export/download.ts';
import { fileName } from '../export/file-name.ts';
import { pngOf } from '../export/png.ts';
import type { TableData } from './table-data.ts';
import { Table } from './table.tsx';

interface ChartCardProps {
  readonly title: string;
  /** What distinguishes it from the same picture of another job: in files alone. */
  readonly subject: string;
  readonly simulated: boolean;
  readonly table: TableData;
  /** Above the picture: the figures that matter most, and what is chosen. */
  readonly lead?: ReactNode;
  /** Below it: how much the figures can be relied on. */
  readonly footnote?: ReactNode;
  readonly wide?: boolean;
  /** The picture, an `<svg>`. */
  readonly children: ReactNode;
}

/** A picture with its figures as a table, both to take along. */
export function ChartCard({ title, subject, simulated, table, lead, footnote, wide, children }: ChartCardProps) {
  const plot = useRef<HTMLDivElement>(null);
  const name = `${simulated ? 'Simulated ' : ''}${title} ${subject}`;
  const saveCsv = (): void => download(new Blob([csvOf(table)], { type: 'text/csv' }), fileName(name, 'csv'));
  const savePng = async (): Promise<void> => {
    const svg = plot.current?.querySelector('svg');
    if (!svg) return;
    const notes = [table.caption, ...(simulated ? ['Simulated data: these figures are invented.'] : [])];
    download(await pngOf(svg, { title, notes }), fileName(name, 'png'));
  };
  return (
    <section className={wide ? 'card chart wide' : 'card chart'} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div className="downloads">
          <button type="button" onClick={saveCsv} aria-label={`CSV: ${title}`}>
            CSV
          </button>
          <button type="button" onClick={() => void savePng()} aria-label={`PNG: ${title}`}>
            PNG
          </button>
        </div>
      </header>
      {lead}
      <div className="plot" ref={plot}>
        {children}
      </div>
      {footnote}
      <details className="figures">
        <summary>As a table</summary>
        <Table {...table} />
      </details>
    </section>
  );
}
