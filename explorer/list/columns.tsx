import { useId } from 'react';
import { JOB_FIELD_LABELS, type JobColumns, type JobField } from '../../src/model/job-list/columns.ts';
import type { List } from './parse-list.ts';

interface ColumnsProps {
  readonly list: List;
  readonly columns: JobColumns;
  /** Of all rows, where no column has it. */
  readonly country: string;
  /** Why nothing can be priced with these; null: it can. */
  readonly problem: string | null;
  readonly onColumns: (columns: JobColumns) => void;
  readonly onCountry: (country: string) => void;
}

const FIELDS = Object.entries(JOB_FIELD_LABELS) as [JobField, string][];

/** Which column holds which answer: as recognized, or as chosen. */
export function Columns({ list, columns, country, problem, onColumns, onCountry }: ColumnsProps) {
  const id = useId();
  const used = columns.filter((field) => field !== null).length;
  const isPlaced = columns.includes('country') || columns.includes('place');
  return (
    <details className="columns" {...(problem !== null && { open: true })}>
      <summary>
        {used} of {columns.length} columns are used
      </summary>
      {problem && (
        <p className="problem" role="alert">
          {problem} Choose it here.
        </p>
      )}
      <div className="mapping">
        {list.columns.map((name, at) => (
          <div className="field" key={at}>
            <label htmlFor={`${id}-${at}`}>{name || `Column ${at + 1}`}</label>
            <select
              id={`${id}-${at}`}
              value={columns[at] ?? ''}
              aria-describedby={`${id}-${at}-hint`}
              onChange={(event) => {
                const { value } = event.currentTarget;
                onColumns(columns.map((field, other) => (other === at ? ((value || null) as JobField | null) : field)));
              }}
            >
              <option value="">Not used</option>
              {FIELDS.map(([field, label]) => (
                <option key={field} value={field}>
                  {label}
                </option>
              ))}
            </select>
            <p className="hint" id={`${id}-${at}-hint`}>
              {list.rows
                .slice(0, 3)
                .map(({ cells }) => cells[at] ?? '')
                .filter(Boolean)
                .join(', ') || 'Empty in the first rows'}
            </p>
          </div>
        ))}
        {!isPlaced && (
          <div className="field">
            <label htmlFor={`${id}-country`}>Country of all rows</label>
            <input
              id={`${id}-country`}
              type="text"
              autoComplete="off"
              placeholder="United States"
              defaultValue={country}
              // Each change would be looked up.
              onBlur={(event) => onCountry(event.currentTarget.value.trim())}
              onKeyDown={(event) => {
                if (event.key === 'Enter') onCountry(event.currentTarget.value.trim());
              }}
            />
          </div>
        )}
      </div>
    </details>
  );
}
