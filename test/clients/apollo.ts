import { join } from 'node:path';
import { gql, type ApolloClient } from '@apollo/client';
import type { Client as Socket } from 'graphql-ws';
import { unpacked } from '../documents/programs.js';
import { OPERATIONS, type OpenClient, type Shown } from './page.js';

interface Module {
  readonly client: ApolloClient;
  readonly socket: Socket;
}

export const openApollo: OpenClient = async ({ atEnd }, { url }) => {
  const { path, remove } = await unpacked('docs/clients/apollo-client.md', url);
  const { client, socket } = (await import(join(path, 'client.js'))) as Module;
  atEnd(async () => {
    client.stop();
    await socket.dispose();
    await remove();
  });
  return {
    mount(name, variables) {
      const shown: Shown[] = [];
      const component = client.watchQuery<Shown>({ query: gql(OPERATIONS[name]), variables }).subscribe({
        next: ({ data, dataState }) => void (dataState === 'complete' && shown.push(data)),
      });
      atEnd(() => component.unsubscribe());
      return { shown };
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        client.subscribe({ query: gql(OPERATIONS[name]), variables }).subscribe({
          next({ error }) {
            if (error) reject(new Error(error.message));
          },
          complete: resolve,
        });
      }),
  };
};
