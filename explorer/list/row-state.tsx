import { REPORT_NAMES } from '../purchase/report-names.ts';
import type { Remark } from './known.ts';
import { keyOf, type ListedReport, type PricedRow } from './listed.ts';
import type { ListRun } from './list-run.ts';
import { faultsOf, notesOn, remedyFor, STANDING_NAMES, standingOf } from './summary.ts';

interface RowStateProps {
  readonly row: PricedRow;
  readonly own: readonly ListedReport[];
  readonly run: ListRun | null;
  readonly onAct: (act: () => void) => void;
}

/** What has become of a row, what is to be said of it, and what can be done. */
export function RowState({ row, own, run, onAct }: RowStateProps) {
  return (
    <>
      <span className="badge">{STANDING_NAMES[standingOf(row, own)]}</span>
      {faultsOf(row, own).map((text) => (
        <p key={text}>{text}</p>
      ))}
      {run && row.job !== null && (
        <ul className="choices">
          {own.map((report) => (
            <Remedies
              key={report.type}
              job={row.job!}
              report={report}
              isOne={own.length === 1}
              run={run}
              onAct={onAct}
            />
          ))}
        </ul>
      )}
      {row.remarks.map((remark) => (
        <Said key={`${remark.kind} ${remark.key}`} remark={remark} run={run} onAct={onAct} />
      ))}
      {notesOn(row, own).map((text) => (
        <p key={text}>{text}</p>
      ))}
    </>
  );
}

interface SaidProps extends Pick<RowStateProps, 'run' | 'onAct'> {
  readonly remark: Remark;
}

/** With what may be asked instead, in all rows of which the same is said. */
function Said({ remark: { kind, key, message, suggestions }, run, onAct }: SaidProps) {
  return (
    <>
      <p>
        {message}
        {suggestions.length > 0 && ' Ask instead, in all such rows, for:'}
      </p>
      {run && (kind === 'chosen' || suggestions.length > 0) && (
        <ul className="choices">
          {suggestions.map((value) => (
            <li key={value}>
              <button type="button" className="chip" onClick={() => onAct(() => run.choose(key, value))}>
                {value}
              </button>
            </li>
          ))}
          {kind === 'chosen' && (
            <li>
              <button type="button" className="chip" onClick={() => onAct(() => run.choose(key, null))}>
                Undo
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

interface RemediesProps {
  readonly job: string;
  readonly report: ListedReport;
  /** Whether it is clear which is meant. */
  readonly isOne: boolean;
  readonly run: ListRun;
  readonly onAct: (act: () => void) => void;
}

/** Only for what costs nothing, or says that it does. */
function Remedies({ job, report, isOne, run, onAct }: RemediesProps) {
  const key = keyOf(job, report.type);
  const remedy = remedyFor(report);
  const name = isOne ? '' : ` (${REPORT_NAMES[report.type].toLowerCase()})`;
  const button = (label: string, act: () => void) => (
    <li>
      <button type="button" className="chip" onClick={() => onAct(act)}>
        {label}
        {name}
      </button>
    </li>
  );
  if (remedy === 'look-again') return button('Look again', run.lookAgain);
  if (remedy === 'ask-again') return button('Ask again, free of charge', () => run.buy([key]));
  if (remedy !== 'buy-again' || !report.problem?.since) return null;
  return button('Buy it again, perhaps billed twice', () => run.buyAgain(key));
}
