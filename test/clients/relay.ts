import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client as Socket } from 'graphql-ws';
import {
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  requestSubscription,
  type ConcreteRequest,
  type Environment,
  type GraphQLTaggedNode,
  type Snapshot,
} from 'relay-runtime';
import type { TestContext } from 'vitest';
import type { TestServer } from '../fixtures/server/server.js';
import { unpacked } from '../documents/programs.js';
import { compileForRelay } from '../documents/relay.js';
import { OPERATIONS, type OpenClient, type Shown } from './page.js';

interface Module {
  readonly environment: Environment;
  readonly socket: Socket;
}

/** The environment of the page, with the documents of the page and of the tests, compiled. */
export interface OpenEnvironment {
  readonly environment: Environment;
  compiled(name: string): Promise<ConcreteRequest>;
}

export async function openEnvironment({ atEnd }: TestContext, { url }: TestServer): Promise<OpenEnvironment> {
  const { path, remove } = await unpacked('docs/clients/relay.md', url);
  const documents = Object.values(OPERATIONS).map((text) => `graphql\`${text}\`;\n`);
  await writeFile(join(path, 'Page.js'), documents.join(''));
  await compileForRelay(path);
  const { environment, socket } = (await import(join(path, 'environment.js'))) as Module;
  atEnd(async () => {
    await socket.dispose();
    await remove();
  });
  return {
    environment,
    async compiled(name) {
      const file = join(path, '__generated__', `${name}.graphql.js`);
      return getRequest(((await import(file)) as { default: GraphQLTaggedNode }).default);
    },
  };
}

export const openRelay: OpenClient = async (context, server) => {
  const { environment, compiled } = await openEnvironment(context, server);
  const documents = new Map(
    await Promise.all(Object.keys(OPERATIONS).map(async (name) => [name, await compiled(name)] as const)),
  );
  return {
    mount(name, variables) {
      const shown: Shown[] = [];
      const show = ({ data, isMissingData }: Snapshot): void => {
        if (!isMissingData) shown.push(data);
      };
      const request = documents.get(name)!;
      const operation = createOperationDescriptor(request, variables);
      const retained = environment.retain(operation);
      const first = environment.lookup(operation.fragment);
      if (environment.check(operation).status === 'available') show(environment.lookup(operation.fragment));
      const changes = environment.subscribe(first, show);
      const fetching = fetchQuery(environment, request, variables, { fetchPolicy: 'store-or-network' }).subscribe({});
      context.atEnd(() => {
        fetching.unsubscribe();
        changes.dispose();
        retained.dispose();
      });
      return { shown };
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        requestSubscription(environment, {
          subscription: documents.get(name)!,
          variables,
          onError: reject,
          onCompleted: resolve,
        });
      }),
  };
};
