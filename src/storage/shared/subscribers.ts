import { EventEmitter } from 'node:events';
import type { Entry } from '../../datasources/reports/ledger.js';

/** Who is notified of the changes of a report, within this process. */
export interface Subscribers {
  /** Returns the function that ends the subscription. */
  add(reportId: string, listener: (entry: Entry) => void): () => void;
  /** Calls the listeners of the entry's report. Never throws: a listener's error must not undo a commit. */
  notify(entry: Entry): void;
}

/** `onListenerError` is called when a listener throws. */
export function createSubscribers(onListenerError: (error: unknown) => void): Subscribers {
  const events = new EventEmitter({ captureRejections: false }).setMaxListeners(0);

  return {
    add(reportId, listener) {
      events.on(reportId, listener);
      return () => events.off(reportId, listener);
    },

    notify(entry) {
      for (const listener of events.listeners(entry.reportId) as ((entry: Entry) => void)[]) {
        try {
          listener(entry);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
  };
}
