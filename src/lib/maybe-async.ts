/** What may be there at once: waiting for it would cost more than making it. */
export type MaybeAsync<T> = T | Promise<T>;

/** `next` of the value: at once if it is there, otherwise when it is. */
export function whenThere<T, R>(value: MaybeAsync<T>, next: (value: T) => MaybeAsync<R>): MaybeAsync<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
