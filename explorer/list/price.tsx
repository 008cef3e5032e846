import { useId, useState } from 'react';
import { count } from '../charts/money.ts';
import type { AskerFragment } from '../generated/operations.ts';
import { leftToday, obstacleTo } from '../purchase/plan.ts';
import type { ListState } from './store.ts';
import { askable, buyable } from './summary.ts';

interface PriceProps {
  readonly state: ListState;
  readonly asker: AskerFragment | null;
  readonly onBuy: (chosen: readonly string[]) => void;
  readonly onAskAgain: (failed: readonly string[]) => void;
}

/** What would be bought, and the button that says how much of it will be. */
export function Price({ state: { reports, isLooked }, asker, onBuy, onAskAgain }: PriceProps) {
  const [alsoUnknown, setAlsoUnknown] = useState(false);
  const [limit, setLimit] = useState('');
  const id = useId();
  if (!isLooked) return <p className="price">Looking up the price …</p>;
  const open = buyable(reports, alsoUnknown);
  const unknown = buyable(reports, true).length - buyable(reports, false).length;
  const left = leftToday(asker);
  const chosen = open.slice(0, Math.min(left ?? Infinity, limitOf(limit) ?? 0));
  const obstacle = open.length > 0 ? obstacleTo({ count: 1 }, asker) : null;
  const failed = asker?.canBuy === false ? [] : askable(reports);
  return (
    <>
      {unknown > 0 && obstacle === null && (
        <label className="check">
          <input
            type="checkbox"
            checked={alsoUnknown}
            onChange={(event) => setAlsoUnknown(event.currentTarget.checked)}
          />
          <span>
            Also buy {unknown === 1 ? 'the report' : `the ${count(unknown)} reports`} with answers that are not known.
            They may be refused, or answer another question.
          </span>
        </label>
      )}
      {open.length > 0 && obstacle === null && (
        <div className="confirm">
          <div className="field">
            <label htmlFor={id}>Buy at most</label>
            <input
              id={id}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              placeholder={count(Math.min(open.length, left ?? Infinity))}
              aria-invalid={limitOf(limit) === null || undefined}
              aria-describedby={`${id}-price`}
              value={limit}
              onChange={(event) => setLimit(event.currentTarget.value)}
            />
          </div>
          <button
            type="button"
            className="primary"
            aria-disabled={chosen.length === 0 || undefined}
            aria-describedby={`${id}-price`}
            onClick={() => {
              if (chosen.length > 0) onBuy(chosen);
            }}
          >
            Buy {count(chosen.length)} {chosen.length === 1 ? 'report' : 'reports'}
          </button>
        </div>
      )}
      <p className="price" id={`${id}-price`}>
        {obstacle ? (
          <strong>{obstacle}</strong>
        ) : limitOf(limit) === null ? (
          <strong>Enter a whole number.</strong>
        ) : (
          priceText(chosen.length, open.length)
        )}
        {!obstacle && left !== null && ` ${count(left)} of ${count(asker?.budget?.limit ?? 0)} left today.`}
      </p>
      {failed.length > 0 && (
        <button type="button" className="download" onClick={() => onAskAgain(failed)}>
          Ask again for {count(failed.length)} that did not come, free of charge
        </button>
      )}
    </>
  );
}

/** Empty text: none. Null: it is no number. */
function limitOf(text: string): number | null {
  if (text.trim() === '') return Infinity;
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

function priceText(chosen: number, open: number): string {
  if (open === 0) return 'Nothing has to be bought.';
  const billed = chosen === 1 ? 'One report is billed' : `${count(chosen)} reports are billed, each once`;
  return chosen < open ? `${billed}; ${count(open - chosen)} are left for later.` : `${billed}.`;
}
