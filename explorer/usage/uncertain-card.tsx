import { useRef, useState } from 'react';
import type { Api } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import { count } from '../charts/money.ts';
import { BuyAgainDocument, CloseUncertainDocument, type UsageOverviewQuery } from '../generated/operations.ts';
import { explanationOf } from '../purchase/remedies.ts';
import { detailsOf } from '../question/details.ts';
import { evidenceText } from './evidence.ts';

type List = NonNullable<UsageOverviewQuery['uncertainReports']>;
type Uncertain = List['edges'][number]['node'];

interface UncertainCardProps {
  readonly api: Api;
  readonly list: List;
  /** Something was decided. */
  readonly onDone: () => Promise<void>;
}

const DEFAULT_NOTE = 'Not in the usage log.';

/** The purchases of which nobody knows whether they were made, and what can be decided about each. */
export function UncertainCard({ api, list, onDone }: UncertainCardProps) {
  const [told, setTold] = useState('');
  const [deciding, setDeciding] = useState(false);
  const status = useRef<HTMLParagraphElement>(null);
  const decide = async (what: string, ask: () => Promise<{ problems: readonly Problem[] }>): Promise<void> => {
    // One after the other, and each once: those below move up when one is settled.
    if (deciding) return;
    setDeciding(true);
    const { problems } = await ask();
    setTold(problems[0] ? explanationOf(problems[0]) : what);
    await onDone();
    setDeciding(false);
    // The button that had the focus may be gone.
    status.current?.focus({ preventScroll: true });
  };
  return (
    <section className="card wide uncertain" aria-label="Uncertain purchases">
      <h2>Uncertain purchases</h2>
      <p className="note">
        Each was sent, and whether it was made is not known. What upstream&apos;s usage log has resolves itself. If it
        is not there, buy it again or close it; if it is, buying it again is billed twice.
      </p>
      <p role="status" tabIndex={-1} ref={status}>
        {told}
      </p>
      {list.totalCount === 0 && <p>There are none.</p>}
      <ul>
        {list.edges.map(({ node }) => (
          <Doubt
            key={`${node.report.id} ${node.type}`}
            doubt={node}
            isDeciding={deciding}
            onBuyAgain={() =>
              void decide('It is being bought again.', () => api.request(BuyAgainDocument, named(node)))
            }
            onClose={(note) =>
              void decide('It was closed.', () => api.request(CloseUncertainDocument, { ...named(node), note }))
            }
          />
        ))}
      </ul>
      {list.totalCount > list.edges.length && (
        <p className="note">{count(list.totalCount)} in all; the oldest first.</p>
      )}
    </section>
  );
}

interface DoubtProps {
  readonly doubt: Uncertain;
  /** Whether a decision is on its way to the server. */
  readonly isDeciding: boolean;
  readonly onBuyAgain: () => void;
  readonly onClose: (note: string) => void;
}

function Doubt({ doubt, isDeciding, onBuyAgain, onClose }: DoubtProps) {
  const [note, setNote] = useState(DEFAULT_NOTE);
  const { jobTitle, ...others } = doubt.report.answers;
  const evidence = evidenceText(doubt, timeOf);
  const name = `${jobTitle}, ${detailsOf(others)} (${doubt.type === 'PAY' ? 'pay' : 'experience'})`;
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <p className="note">
          Since <time dateTime={doubt.since}>{timeOf(doubt.since)}</time>. {doubt.reason}
        </p>
        {evidence !== null && <p className="note">{evidence}</p>}
      </div>
      <div className="decisions">
        <button
          type="button"
          className="danger"
          aria-disabled={isDeciding || undefined}
          onClick={onBuyAgain}
          aria-label={`Buy again: ${name}`}
        >
          Buy again
        </button>
        <input
          type="text"
          aria-label={`Note on closing ${name}`}
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <button
          type="button"
          disabled={note.trim() === ''}
          aria-disabled={isDeciding || undefined}
          onClick={() => onClose(note.trim())}
          aria-label={`Close: ${name}`}
        >
          Close
        </button>
      </div>
    </li>
  );
}

function timeOf(time: string): string {
  return new Date(time).toLocaleString();
}

function named({ report: { id }, type, since }: Uncertain) {
  return { id, types: [type], since };
}
