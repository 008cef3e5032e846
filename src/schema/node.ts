import { ID } from 'type-graphql';
import { interfaceType, required } from './declare.js';

interface Identified {
  readonly id: string;
}

/** Whatever `Query.node` finds. All of it is reports. */
export const Node = interfaceType<Identified>(
  'Node',
  'An object that can be fetched again by its id, with `Query.node`.',
  { id: required(ID, 'Identifies it among all objects, and never changes.') },
  () => 'Report',
);
