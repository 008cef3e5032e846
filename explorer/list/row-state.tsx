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
      {run && row.job !== null && <Remedies job={row.job} own={own} run={run} onAct={onAct} />}
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
            <Act key={value} label={value} onAct={() => onAct(() => run.choose(key, value))} />
          ))}
          {kind === 'chosen' && <Act label="Undo" onAct={() => onAct(() => run.choose(key, null))} />}
        </ul>
      )}
    </>
  );
}

interface RemediesProps extends Pick<RowStateProps, 'own' | 'onAct'> {
  readonly job: string;
  readonly run: ListRun;
}

/** Only for what costs nothing, or says that it does. */
function Remedies({ job, own, run, onAct }: RemediesProps) {
  const those = (remedy: ReturnType<typeof remedyFor>) => own.filter((report) => remedyFor(report) === remedy);
  const keys = (reports: readonly ListedReport[]): string[] => reports.map(({ type }) => keyOf(job, type));
  const again = keys(those('ask-again'));
  const uncertain = those('buy-again').filter(({ problem }) => problem?.since);
  return (
    <ul className="choices">
      {those('look-again').length > 0 && <Act label="Look again" onAct={() => onAct(run.lookAgain)} />}
      {again.length > 0 && <Act label="Ask again, free of charge" onAct={() => onAct(() => run.askAgain(again))} />}
      {uncertain.map(({ type }) => (
        <Act
          key={type}
          label={`Buy ${own.length > 1 ? REPORT_NAMES[type].toLowerCase() : 'it'} again, perhaps billed twice`}
          onAct={() => onAct(() => run.buyAgain(keyOf(job, type)))}
        />
      ))}
    </ul>
  );
}

function Act({ label, onAct }: { readonly label: string; readonly onAct: () => void }) {
  return (
    <li>
      <button type="button" className="chip" onClick={onAct}>
        {label}
      </button>
    </li>
  );
}
