import type { OperationDefinitionNode } from 'graphql';
import type { Layer, Results } from '../operation.js';

/**
 * Thousands of subscribers may follow one report with the same document and get the same event at the same time. It is
 * executed once for all of them, since the result depends only on the event, the document, its variables and the client. It is shared
 * only within one turn of the event loop, since an event includes what has been collected *by now*.
 */
export function shareEvents(): Layer {
  let turn = new Map<object, Map<OperationDefinitionNode, Map<string, Promise<Results>>>>();
  let clearing = false;

  return (next) => (operation) => {
    const { event, client, definition, variables } = operation;
    if (!event) return next(operation);
    if (!clearing) {
      clearing = true;
      setImmediate(() => {
        clearing = false;
        turn = new Map();
      });
    }
    const ofEvent = getOrInsert(turn, event, () => new Map<OperationDefinitionNode, Map<string, Promise<Results>>>());
    // All operations with one text have the same parsed document, and so the same definition.
    const ofDefinition = getOrInsert(ofEvent, definition, () => new Map<string, Promise<Results>>());
    return getOrInsert(ofDefinition, JSON.stringify([client.name, variables]), () => next(operation));
  };
}

function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
