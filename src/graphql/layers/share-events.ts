import { execute, type DocumentNode, type ExecutionArgs, type ExecutionResult } from 'graphql';

export type SharedExecution = <R>(
  operation: ExecutionArgs,
  event: object,
  format: (result: ExecutionResult) => R,
) => Promise<R>;

/**
 * Thousands of subscribers may follow one report with the same document and get the same event at the same time. It is
 * executed once for all of them, since the result depends only on the event, the document and its variables. It is shared
 * only within one turn of the event loop, since an event includes what has been collected *by now*.
 */
export function createSharedExecution(): SharedExecution {
  let turn = new Map<object, Map<DocumentNode, Map<string, Promise<unknown>>>>();
  let clearing = false;

  return <R>(operation: ExecutionArgs, event: object, format: (result: ExecutionResult) => R): Promise<R> => {
    if (!clearing) {
      clearing = true;
      setImmediate(() => {
        clearing = false;
        turn = new Map();
      });
    }
    const ofEvent = getOrInsert(turn, event, () => new Map<DocumentNode, Map<string, Promise<unknown>>>());
    const ofDocument = getOrInsert(ofEvent, operation.document, () => new Map<string, Promise<unknown>>());
    const key = JSON.stringify([operation.operationName ?? null, operation.variableValues ?? null]);
    return getOrInsert(ofDocument, key, () =>
      Promise.resolve(execute({ ...operation, rootValue: event })).then(format),
    ) as Promise<R>;
  };
}

function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
