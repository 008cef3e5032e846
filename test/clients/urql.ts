import { join } from 'node:path';
import type { Client } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';
import { unpacked } from '../documents/programs.js';
import { OPERATIONS, type OpenClient, type Shown } from './page.js';

interface Module {
  readonly client: Client;
  readonly socket: Socket;
}

export const openUrql: OpenClient = async ({ atEnd }, { url }) => {
  const { path, remove } = await unpacked('docs/clients/urql.md', url);
  const { client, socket } = (await import(join(path, 'client.js'))) as Module;
  atEnd(async () => {
    await socket.dispose();
    await remove();
  });
  return {
    mount(name, variables) {
      const shown: Shown[] = [];
      const source = client.query<Shown>(OPERATIONS[name], variables);
      const component = source.subscribe(({ data }) => void (data && shown.push(data)));
      atEnd(() => component.unsubscribe());
      return { shown };
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        client.subscription(OPERATIONS[name], variables).subscribe(({ error, hasNext }) => {
          if (error) reject(error);
          if (!hasNext) resolve();
        });
      }),
  };
};
