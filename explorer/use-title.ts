import { useEffect } from 'react';

/** Names the page in the tab and in the browser's history. Null: by its name alone. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'Pay explorer' : `${title} – Pay explorer`;
  }, [title]);
}
