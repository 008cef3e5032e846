import type { Client } from '../../model/client.js';

/** Names of clients by what they may do. */
export interface RoleNames {
  /** `*`: everybody. */
  readonly operators: '*' | readonly string[];
  readonly readers: readonly string[];
}

/** The client with this name, whose credentials have been checked. */
export type ClientNamed = (name: string) => Client;

export function createRoles({ operators, readers }: RoleNames): ClientNamed {
  const operatorNames = new Set(operators);
  const readerNames = new Set(readers);
  return (name) => ({
    name,
    operator: operators === '*' || operatorNames.has(name),
    mayBuy: !readerNames.has(name),
  });
}
