import type { Roles } from '../../model/authentication.js';
import type { Client } from '../../model/client.js';

/** The client with this name, whose credentials have been checked. */
export type ClientNamed = (name: string) => Client;

export function createRoles({ operators, readers }: Roles): ClientNamed {
  const operatorNames = new Set(operators);
  const readerNames = new Set(readers);
  return (name) => ({
    name,
    operator: operators === '*' || operatorNames.has(name),
    mayBuy: !readerNames.has(name),
  });
}
