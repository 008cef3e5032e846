import { useState } from 'react';
import { addressOf, type Address } from './address.ts';
import type { Question } from './question.ts';

/** Gives the address of the question to others: without the salary, and opening it buys nothing. */
export function Share({ question }: { readonly question: Question }) {
  const [link, setLink] = useState<{ readonly address: Address; readonly copied: boolean } | null>(null);
  const address = addressOf(question);
  const url = new URL(location.pathname + address.search, location.href).href;
  const isCurrent = link?.address.search === address.search;
  const copy = async (): Promise<void> => {
    // Browsers have it on secure pages only.
    const copied = await Promise.resolve(navigator.clipboard?.writeText(url).then(() => true)).catch(() => false);
    setLink({ address, copied: copied ?? false });
  };
  return (
    <div className="share">
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <p role="status">{isCurrent && link.copied && 'Copied, without your salary. Opening it buys nothing.'}</p>
      {isCurrent && !link.copied && (
        <input readOnly aria-label="The link" value={url} onFocus={(event) => event.currentTarget.select()} />
      )}
    </div>
  );
}
