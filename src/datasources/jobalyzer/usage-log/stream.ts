import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { onAbort } from '../../../lib/on-abort.js';
import type { HttpHeaders } from '../http.js';

export interface StreamedResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Comes as fast as it is read. To be read to its end, or destroyed. */
  readonly body: Readable;
}

/** The rest of a body does not come; `cause` says why. With any other error, its reader has destroyed it. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Sends a request and resolves when the headers of its response have arrived. Rejects with undici's error or the signal's reason. */
export function stream(
  dispatcher: Dispatcher,
  request: Omit<Dispatcher.DispatchOptions, 'method'>,
  signal: AbortSignal,
): Promise<StreamedResponse> {
  return new Promise((resolve, reject) => {
    let body: Readable | null = null;
    let ended = false;
    let leave = (): void => undefined;
    const end = (error: Error | null): void => {
      if (ended) return;
      ended = true;
      leave();
      if (!body) reject(error ?? new Error('There was no response.'));
      else if (error) body.destroy(new ConnectionLost('The response was cut off.', { cause: error }));
      else body.push(null);
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        const abort = (): void => controller.abort(reasonOf(signal));
        if (signal.aborted) abort();
        else leave = onAbort(signal, abort);
      },
      onResponseStart(controller, status, headers) {
        if (status < 200) return;
        body = new Readable({
          read: () => controller.resume(),
          destroy(error, done) {
            if (!ended) controller.abort(error ?? new Error('The rest is not wanted.'));
            done(error);
          },
        });
        resolve({ status, headers, body });
      },
      onResponseData(controller, chunk) {
        if (body?.push(chunk) === false) controller.pause();
      },
      onResponseEnd: () => end(null),
      onResponseError: (_controller, error) => end(error),
    };
    dispatcher.dispatch({ ...request, method: 'GET' }, handler);
  });
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('The request was aborted.', { cause: reason });
}
