import { count } from '../charts/money.ts';
import type { ReportType } from '../generated/operations.ts';
import { explanationOf, isAtField, remedyOf } from './remedies.ts';
import { REPORT_NAMES } from './report-names.ts';
import type { Deed, ReportState, TargetState } from './run.ts';

interface ProgressProps {
  readonly states: readonly TargetState[];
  readonly onAct: (at: number, deed: Deed) => void;
}

/** What has become of each report, while any is under way or has failed, and what can be done. */
export function Progress({ states, onAct }: ProgressProps) {
  const rows = rowsOf(states);
  const shown = rows.filter(({ report }) => report.status !== 'NOT_REQUESTED' || report.problem !== null);
  const isOpen = shown.some(({ report }) => report.status !== 'READY');
  return (
    <>
      <p className="hidden" role="status">
        {announcementOf(rows)}
      </p>
      {isOpen && (
        <section className="card progress" aria-label="Progress">
          <h2>Progress</h2>
          <ul>
            {shown.map(({ at, type, report, name, isAway }) => (
              <li key={`${at} ${type}`} className={report.problem ? 'failed' : report.status.toLowerCase()}>
                <span className="sign" aria-hidden="true" />
                <div>
                  <p>
                    <strong>{name}</strong> <span className="stage">{stageOf(report, isAway)}</span>
                  </p>
                  {report.problem && (
                    <p>
                      {problemText(report)}
                      {isAway && ' It is asked again by itself.'}
                    </p>
                  )}
                  <Remedies state={states[at]} report={report} type={type} onAct={(deed) => onAct(at, deed)} />
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface Row {
  readonly at: number;
  readonly type: ReportType;
  readonly report: ReportState;
  readonly name: string;
  readonly isAway: boolean;
}

function rowsOf(states: readonly TargetState[]): Row[] {
  return states.flatMap(({ target, reports, isAway }, at) =>
    target.types.flatMap((type) => {
      const report = reports[type];
      const name = states.length > 1 ? `${REPORT_NAMES[type]}, ${target.label}` : REPORT_NAMES[type];
      return report ? [{ at, type, report, name, isAway }] : [];
    }),
  );
}

function stageOf({ status, problem, attempt }: ReportState, isAway: boolean): string {
  if (status === 'READY') return 'is here';
  if (problem && isAway) return 'cannot be told';
  if (problem?.code === 'BAD_USER_INPUT') return 'cannot be asked for';
  if (status === 'FAILED' || problem) return status === 'FAILED' ? 'did not come' : 'was not bought';
  if (status === 'SUBMITTING') return 'is being ordered';
  return attempt > 1 ? `is being prepared, asked for ${count(attempt)} times` : 'is being prepared';
}

/** All of it in a sentence each, without what changes with every poll. */
function announcementOf(rows: readonly Row[]): string {
  return rows
    .filter(({ report }) => report.status !== 'NOT_REQUESTED' || report.problem)
    .map(({ name, report, isAway }) => {
      const problem = report.problem ? ` ${explanationOf(report.problem)}` : '';
      return `${name} ${stageOf({ ...report, attempt: 0 }, isAway)}.${problem}`;
    })
    .join(' ');
}

function problemText({ problem }: ReportState): string {
  if (!problem) return '';
  return isAtField(problem) ? 'The form says what has to be changed.' : explanationOf(problem);
}

interface RemediesProps {
  readonly state: TargetState | undefined;
  readonly report: ReportState;
  readonly type: ReportType;
  readonly onAct: (deed: Deed) => void;
}

/** Only for what costs nothing, or says that it does. */
function Remedies({ state, report: { status, problem }, type, onAct }: RemediesProps) {
  if (!problem || status !== 'FAILED') return null;
  const remedy = remedyOf(problem);
  if (remedy === 'ask-again') {
    return (
      <button type="button" onClick={() => onAct({ kind: 'ask-again', types: [type] })}>
        Ask again, free of charge
      </button>
    );
  }
  const { since } = problem;
  if (remedy !== 'buy-again' || !since || !state?.id) return null;
  const { id } = state;
  return (
    <button type="button" onClick={() => onAct({ kind: 'buy-again', id, type, since })}>
      Buy it again, perhaps billed twice
    </button>
  );
}
