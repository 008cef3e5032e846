import type { Problem } from '../api/problem.ts';
import type { AskerFragment } from '../generated/operations.ts';
import { labelOf, leftToday, obstacleTo, withoutPurchase, type Plan } from './plan.ts';
import { explanationOf, isAtField } from './remedies.ts';

interface PurchaseProps {
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
  readonly asker: AskerFragment | null;
  /** Whether it is on its way to the server. */
  readonly isOrdering: boolean;
  /** What is missing in the form, if anything. */
  readonly missing: string | null;
}

/** The price, and the button that says it. */
export function Purchase({ plan, problems, asker, isOrdering, missing }: PurchaseProps) {
  const obstacle = plan && obstacleTo(plan, asker);
  const isThere = plan !== null && plan.stored + plan.underWay > 0;
  const left = leftToday(asker);
  const trouble = problems.find((problem) => !isAtField(problem));
  const text = plan ? priceText(plan) : trouble ? explanationOf(trouble) : waitText(problems);
  return (
    <div className="purchase">
      <button
        type="submit"
        className="primary"
        aria-disabled={plan === null || (obstacle !== null && !isThere) || isOrdering || undefined}
      >
        {plan ? labelOf(obstacle !== null && isThere ? withoutPurchase(plan) : plan) : 'Show pay'}
      </button>
      <p className="price">
        {obstacle ? <strong>{obstacle}</strong> : (missing ?? (isOrdering ? 'Sent to the server …' : text))}
        {!obstacle && left !== null && ` ${left} of ${asker?.budget?.limit} left today.`}
      </p>
    </div>
  );
}

/** Whether it is known at a field already why there is no price. */
function waitText({ length }: readonly Problem[]): string {
  return length === 0 ? 'Looking up the price …' : 'The form says what has to be changed.';
}

function priceText({ count, stored, underWay, total }: Plan): string {
  if (count === 0) return stored + underWay === total ? 'Costs nothing.' : 'Costs nothing; not all of it has come.';
  const rest = total - count;
  const billed = count === 1 ? 'One report is billed' : `${count} reports are billed, each once`;
  return rest === 0 ? `${billed}.` : `${billed}; ${rest} ${rest === 1 ? 'is' : 'are'} there already.`;
}
