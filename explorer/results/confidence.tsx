import { count, rating as ratingText } from '../charts/money.ts';
import type { MatchFragment } from '../generated/operations.ts';

interface ConfidenceProps {
  /** 0 to 1; null: upstream gave none. */
  readonly rating: number | null;
  readonly profiles?: number | null;
  readonly companies?: number | null;
  readonly level?: string | null;
  readonly context: MatchFragment | null;
  readonly collectedAt: string;
  /** Until when it is shown without a purchase; null: that is not known. */
  readonly expiresAt: string | null;
}

/** How much the figures beside it can be relied on. */
export function Confidence({ rating, profiles, companies, level, context, collectedAt, expiresAt }: ConfidenceProps) {
  const matched = context?.matchedJobTitle ?? null;
  const other = matched !== null && matched !== context?.submittedJobTitle;
  return (
    <dl className="confidence">
      {rating !== null && (
        <div>
          <dt>Confidence</dt>
          <dd>
            <meter min={0} max={1} value={rating} aria-label="Confidence, of 1" /> {ratingText(rating)}
            {rating === 0 && ' – the data is sparse or conflicting'}
          </dd>
        </div>
      )}
      {profiles != null && <Fact name="Profiles" value={count(profiles)} />}
      {companies != null && <Fact name="Companies" value={count(companies)} />}
      {level != null && <Fact name="Level used" value={level} />}
      {matched !== null && <Fact name={other ? 'Matched to' : 'Matched title'} value={matchText(matched, context)} />}
      <Fact name="As of" value={day(collectedAt)} />
      {expiresAt !== null && <Fact name="Kept until" value={day(expiresAt)} />}
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function day(time: string): string {
  return new Date(time).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

function matchText(title: string, context: MatchFragment | null): string {
  return context?.jobTitleRating == null ? title : `${title} (${context.jobTitleRating} of 100)`;
}
