import type { Dispatcher } from 'undici';
import { onAbort } from '../../lib/on-abort.js';
import { deadlinePassed, patientTimer } from '../../lib/patient-deadline.js';
import type { HttpHeaders, HttpRequest } from './http.js';
import { BodyTooLarge, LARGEST_BODY_BYTES } from './response-body.js';

/** What became of a request, with what has arrived of its response. */
export interface Exchanged {
  /** False only when it is certain that no byte of the request was written to a socket. */
  readonly sent: boolean;
  /** What `beforeFirstByte` threw. */
  readonly refusal: { readonly error: unknown } | null;
  readonly status: number | null;
  readonly headers: HttpHeaders;
  readonly chunks: readonly Buffer[];
  /** Why the response is not complete; null if it is. */
  readonly fault: Error | null;
  /** Whether that is because its time was over. */
  readonly timedOut: boolean;
}

/** Sends a request and resolves when its response has ended, well or not. Never rejects. */
export function exchange(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve) => {
    const { method, path, headers, body = null } = request;
    const handler = new Exchange(request, request.unstoppable ? null : signal, resolve);
    try {
      dispatcher.dispatch(
        {
          method,
          path,
          headers: { ...headers, accept: 'application/json', 'accept-encoding': 'identity' },
          body,
        },
        handler,
      );
    } catch (error) {
      handler.end(asError(error));
    }
  });
}

/**
 * undici's callbacks rather than its streams: what arrives is kept at once, of a connection that then breaks as well, and a
 * small response costs neither a stream nor an iterator.
 */
class Exchange implements Dispatcher.DispatchHandler, Exchanged {
  sent = false;
  refusal: Exchanged['refusal'] = null;
  status: number | null = null;
  headers: HttpHeaders = {};
  chunks: Buffer[] = [];
  fault: Error | null = null;
  timedOut = false;
  #length = 0;
  #ended = false;
  /** Why it is not wanted any more. */
  #aborted: Error | null = null;
  /** Null until undici has a connection: until then nothing can be aborted, and once it has, nothing is sent. */
  #controller: Dispatcher.DispatchController | null = null;
  readonly #endTimer: () => void;
  readonly #leaveSignal: (() => void) | null = null;

  constructor(
    private readonly request: HttpRequest,
    signal: AbortSignal | null,
    private readonly resolve: (exchanged: Exchanged) => void,
  ) {
    this.#endTimer = patientTimer(request.deadlineMs, () => {
      this.timedOut = this.#aborted === null;
      this.#abort(deadlinePassed());
    });
    if (signal?.aborted) this.#abort(asError(signal.reason));
    else if (signal) this.#leaveSignal = onAbort(signal, () => this.#abort(asError(signal.reason)));
  }

  /** undici calls it immediately before it writes the first byte to a socket. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#aborted) return controller.abort(this.#aborted);
    try {
      this.request.beforeFirstByte?.();
    } catch (error) {
      this.refusal = { error };
      return controller.abort(new Error('The request was refused before it was sent.'));
    }
    this.#controller = controller;
    this.sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    // undici reports interim responses as well, which say nothing of what became of the request.
    if (this.#ended || status < 200) return;
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > LARGEST_BODY_BYTES)
      this.#abort(new BodyTooLarge(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`));
  }

  onResponseEnd(): void {
    hideStacks();
    this.end(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(error);
  }

  end(fault: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#endTimer();
    this.#leaveSignal?.();
    this.fault = fault;
    this.resolve(this);
  }

  #abort(reason: Error): void {
    this.#aborted ??= reason;
    if (!this.#controller) return;
    // Before undici reports it, perhaps as another error.
    this.end(this.#aborted);
    this.#controller.abort(this.#aborted);
  }
}

let hiding = false;

/**
 * undici closes a connection that is not kept alive as soon as it has reported the end of the response, with an error that
 * nobody sees: its stack would cost more than the response. Until what follows from the response begins, errors have none.
 */
function hideStacks(): void {
  if (hiding) return;
  hiding = true;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  queueMicrotask(() => {
    Error.stackTraceLimit = stackTraceLimit;
    hiding = false;
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The request failed.', { cause: reason });
}
