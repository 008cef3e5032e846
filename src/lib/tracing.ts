/** What a span says: plain values, and never a secret or an answer. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Traces of what happens, for whoever collects them. What is traced does not know how. */
export interface Tracing {
  /** Runs `work` in a span below the current one, which ends with it. `set` adds to what the span says. */
  span<T>(name: string, work: (set: (name: string | null, attributes: Attributes) => void) => Promise<T>): Promise<T>;
  /** Calls `work`; if it returns a promise, that is a span, and otherwise nothing is. */
  spanIfAsync<T>(name: string, attributes: Attributes, work: () => T): T;
  /** Runs `work` as part of the trace that this header of W3C Trace Context names. Without one it begins its own. */
  continued<T>(traceparent: string | undefined, work: () => T): T;
  /** The headers that pass the current trace on. */
  headers(): Readonly<Record<string, string>>;
}
