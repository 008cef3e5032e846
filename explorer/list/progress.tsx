import { useId } from 'react';
import { count } from '../charts/money.ts';
import { explanationOf } from '../purchase/remedies.ts';
import type { ListState } from './store.ts';
import { isRunning, progressOf, timeText, type Progress as Counts } from './summary.ts';

interface ProgressProps {
  readonly state: ListState;
  readonly onStop: () => void;
  readonly onLookAgain: () => void;
}

/** How far the free questions and the purchase have come, and what is in the way. */
export function Progress({ state, onStop, onLookAgain }: ProgressProps) {
  const { at, looked, isLooked, purchase, reports, waiting, ended } = state;
  const id = useId();
  const counts = purchase && progressOf(purchase, reports, at);
  const isBuying = purchase !== null && !purchase.isOver;
  const goesOn = isRunning(state);
  return (
    <>
      {/* Politely: in tenths, not with every report. */}
      <p className="hidden" role="status">
        {announcementOf(state, counts, goesOn)}
      </p>
      {!isLooked && !ended && (
        <Bar id={id} label="Looking up what is known and what is stored. This costs nothing." {...looked} />
      )}
      {counts && (
        <div className="purchase-progress">
          <Bar id={id} label={textOf(counts, goesOn)} done={counts.here + counts.failed} total={counts.total} />
          {isBuying && (
            <button type="button" onClick={onStop}>
              Stop
            </button>
          )}
        </div>
      )}
      {waiting && <p className="note">Waiting: {explanationOf(waiting)} It goes on by itself.</p>}
      {ended && (
        <div className="problem" role="alert">
          <p>{explanationOf(ended)} Nothing more is bought; what was bought is kept.</p>
          <button type="button" onClick={onLookAgain}>
            Look again
          </button>
        </div>
      )}
    </>
  );
}

interface BarProps {
  readonly id: string;
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

function Bar({ id, label, done, total }: BarProps) {
  return (
    <div className="bar-of-progress">
      <label htmlFor={id}>{label}</label>
      <progress id={id} max={Math.max(1, total)} value={done} />
    </div>
  );
}

function textOf({ here, failed, total, leftMs }: Counts, goesOn: boolean): string {
  const parts = [`${count(here)} of ${count(total)} ${total === 1 ? 'report is' : 'reports are'} here`];
  if (failed > 0) parts.push(`${count(failed)} did not come`);
  const time = goesOn && here + failed < total ? timeText(leftMs) : '';
  return [parts.join(', '), time].filter(Boolean).join(' · ');
}

function announcementOf({ isLooked, ended }: ListState, counts: Counts | null, goesOn: boolean): string {
  if (!isLooked) return 'The list is being looked up.';
  if (!counts || ended) return 'The price is known.';
  if (!goesOn) return `${textOf(counts, false)}.`;
  const tenths = Math.floor(((counts.here + counts.failed) * 10) / counts.total);
  return `${tenths * 10} percent of what was bought is here.`;
}
