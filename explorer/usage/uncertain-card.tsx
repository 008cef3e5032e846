import { useState } from 'react';
import type { Api } from '../api/api.ts';
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
  const decide = async (
    what: string,
    decision: Promise<{ problems: readonly { message: string; code: string }[] }>,
  ) => {
    const { problems } = await decision;
    setTold(problems[0] ? explanationOf(problems[0]) : what);
    await onDone();
  };
  return (
    <section className="card wide uncertain" aria-label="Uncertain purchases">
      <h2>Uncertain purchases</h2>
      <p className="note">
        Each was sent, and whether it was made is not known. What upstream&apos;s usage log has resolves itself. If it
        is not there, buy it again or close it; if it is, buying it again is billed twice.
      </p>
      <p role="status">{told}</p>
      {list.totalCount === 0 && <p>There are none.</p>}
      <ul>
        {list.edges.map(({ node }) => (
          <Doubt
            key={`${node.report.id} ${node.type}`}
            doubt={node}
            onBuyAgain={() => void decide('It is being bought again.', api.request(BuyAgainDocument, named(node)))}
            onClose={(note) =>
              void decide('It was closed.', api.request(CloseUncertainDocument, { ...named(node), note }))
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
  readonly onBuyAgain: () => void;
  readonly onClose: (note: string) => void;
}

function Doubt({ doubt, onBuyAgain, onClose }: DoubtProps) {
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
        <button type="button" className="danger" onClick={onBuyAgain} aria-label={`Buy again: ${name}`}>
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
