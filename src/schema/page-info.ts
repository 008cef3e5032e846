import { nullable, objectType, required } from './declare.js';

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export const PageInfo = objectType<PageInfo>('PageInfo', 'Where a page lies among all of them.', {
  hasNextPage: required(Boolean, 'Whether more follow.'),
  hasPreviousPage: required(Boolean, 'Whether others come before.'),
  startCursor: nullable(String, 'The cursor of the first edge. Null: the page is empty.'),
  endCursor: nullable(String, 'The cursor of the last edge, for `after`. Null: the page is empty.'),
});
