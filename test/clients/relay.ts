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
import { unpacked } from '../documents/programs.js';
import { compileForRelay } from '../documents/relay.js';
import { OPERATIONS, type OpenClient, type Shown } from './page.js';

interface Module {
  readonly environment: Environment;
  readonly socket: Socket;
}

export const openRelay: OpenClient = async ({ atEnd }, { url }) => {
  const { path, remove } = await unpacked('docs/clients/relay.md', url);
  await writeFile(
    join(path, 'Page.js'),
    Object.values(OPERATIONS)
      .map((text) => `graphql\`${text}\`;\n`)
      .join(''),
  );
  await compileForRelay(path);
  const { environment, socket } = (await import(join(path, 'environment.js'))) as Module;
  const compiled = async (name: string): Promise<ConcreteRequest> => {
    const module = (await import(join(path, '__generated__', `${name}.graphql.js`))) as { default: GraphQLTaggedNode };
    return getRequest(module.default);
  };
  const documents = new Map(
    await Promise.all(Object.keys(OPERATIONS).map(async (name) => [name, await compiled(name)] as const)),
  );
  atEnd(async () => {
    await socket.dispose();
    await remove();
  });
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
      atEnd(() => {
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
