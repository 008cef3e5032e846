/** What may be there at once: waiting for it would cost more than making it. */
export type MaybeAsync<T> = T | Promise<T>;

/** What `work` makes of the value: at once if it is there, otherwise when it is. */
export function whenThere<T, R>(value: MaybeAsync<T>, work: (value: T) => MaybeAsync<R>): MaybeAsync<R> {
  return value instanceof Promise ? value.then(work) : work(value);
}
