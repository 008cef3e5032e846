import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { Kind, parse, type DocumentNode } from 'graphql';

// Relative to the page, so that it also works behind a proxy that serves everything under a prefix.
const endpoint = new URL('../graphql', document.baseURI);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

const send = createGraphiQLFetcher({
  url: endpoint.href,
  // Nothing connects before a subscription is run: the client is made, lazily, for that one operation.
  subscriptionUrl: socket.href,
  // The server does not use @defer or @stream; without this, answers would be asked for as multipart.
  enableIncrementalDelivery: false,
});

/**
 * GraphiQL notes which operation a tab holds a moment after the switch to it, and until then asks for the one of the tab
 * before. What is sent holds the truth: where it has one operation, that is the one to run.
 */
export const fetcher: Fetcher = (params, options) => {
  const document = parseIfValid(params.query);
  const operations = document?.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION) ?? [];
  const [only] = operations;
  if (!document || !only || operations.length > 1) return send(params, options);
  return send({ ...params, operationName: only.name?.value ?? null }, { ...options, documentAST: document });
};

/** What does not parse is sent as it is: the server says what is wrong with it. */
function parseIfValid(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}
