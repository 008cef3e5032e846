import { createGraphiQLFetcher, isAsyncIterable, type Fetcher } from '@graphiql/toolkit';
import { Kind, parse, type DocumentNode } from 'graphql';
import { withEarlierEvents } from './events';

// Relative to the page, so that it also works behind a proxy that serves everything under a prefix.
const endpoint = new URL('../graphql', document.baseURI);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

const request = createGraphiQLFetcher({
  url: endpoint.href,
  // No connection is opened until a subscription runs.
  subscriptionUrl: socket.href,
  // The server does not support @defer or @stream; otherwise GraphiQL would request multipart responses.
  enableIncrementalDelivery: false,
});

/** A subscription shows all of its events, not only the latest. */
const send: Fetcher = async (params, options) => {
  const answer = await request(params, options);
  return isAsyncIterable(answer) ? withEarlierEvents(answer) : answer;
};

/**
 * After switching tabs, GraphiQL sends the previous tab's operation name for a moment. So the name is taken from the
 * document if that contains exactly one operation.
 */
export const fetcher: Fetcher = (params, options) => {
  const document = parseIfValid(params.query);
  const operations = document?.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION) ?? [];
  const [only] = operations;
  if (!document || !only || operations.length > 1) return send(params, options);
  return send({ ...params, operationName: only.name?.value ?? null }, { ...options, documentAST: document });
};

/** An invalid document is sent unchanged, so that the server's error is shown. */
function parseIfValid(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}
