import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** What every log line of some work says, such as the id of its request. Plain values, and never a secret. */
export type LogFields = Readonly<Record<string, string>>;

const scopes = new AsyncLocalStorage<Record<string, string>>();

/** Runs `work`: its log lines have these fields, besides those of the scope around it. So have those of all it starts. */
export function inLogScope<T>(fields: LogFields, work: () => T): T {
  return scopes.run({ ...scopes.getStore(), ...fields }, work);
}

/** From now on, what runs in the current scope has these fields too. */
export function addToLogScope(fields: LogFields): void {
  Object.assign(scopes.getStore() ?? {}, fields);
}

/** The fields of a line that is logged here. */
export function fieldsOfLogScope(): LogFields {
  return { ...scopes.getStore() };
}

/** The scope in which something began, for work that is done later and elsewhere. */
export interface LogScope {
  run<T>(work: () => T): T;
}

/** That in which this is called. Also what else goes with asynchronous work, such as the trace it belongs to. */
export function currentLogScope(): LogScope {
  return new CurrentScope();
}

/** A fraction of the size of `AsyncLocalStorage.snapshot()`, of which every subscription would have one. */
class CurrentScope extends AsyncResource implements LogScope {
  constructor() {
    super('LogScope');
  }

  run<T>(work: () => T): T {
    return this.runInAsyncScope(work);
  }
}
