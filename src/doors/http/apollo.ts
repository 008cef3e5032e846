import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer, HeaderMap, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { PARSE_OPTIONS, type Documents } from '../../graphql/documents.js';
import type { FormatError } from '../../graphql/format-error.js';
import { isStream, type AuthenticatedRequest, type Outcome } from '../../graphql/operation.js';
import { PREFLIGHT_HEADERS } from '../cross-site.js';
import { refusalHeaders } from '../refusal-headers.js';

/** What the HTTP door and Apollo tell each other about one request. Apollo copies the context, but not what is in it. */
export interface ApolloContext {
  readonly exchange: Exchange;
}

export interface Exchange {
  /** Runs the request, which Apollo has parsed. */
  readonly run: (parsed: DocumentNode) => Promise<Outcome>;
  /** Set by Apollo. */
  outcome?: Outcome;
}

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly formatError: FormatError;
  readonly log: Logger;
}

type DocumentStore = NonNullable<ApolloServerOptions<ApolloContext>['documentStore']>;

/** In hexadecimal. Apollo puts a hash of the schema before it. */
const SHA256_LENGTH = 64;

/**
 * Apollo reads operations (CSRF, parsing) and writes responses (HTTP status, JSON). What happens between is the pipeline's:
 * validation, too, so that it is written once for all doors.
 */
export function createApollo({ schema, documents, formatError, log }: ApolloOptions): ApolloServer<ApolloContext> {
  return new ApolloServer<ApolloContext>({
    schema,
    documentStore: storeOf(documents),
    parseOptions: PARSE_OPTIONS,
    // The pipeline validates, before anything else: see `documents.ts`.
    dangerouslyDisableValidation: true,
    introspection: true,
    csrfPrevention: { requestHeaders: [...PREFLIGHT_HEADERS] },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    formatError: (formatted, error) => formatError(error, formatted),
    // The pipeline's, for all doors.
    persistedQueries: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      // They would do something for every request, and nothing with it.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      handOver,
    ],
  });
}

/** Hands every operation that Apollo has read to the pipeline. */
const handOver: ApolloServerPlugin<ApolloContext> = {
  requestDidStart: async ({ contextValue: { exchange } }) => ({
    async responseForOperation({ document, response: { http } }) {
      exchange.outcome = await exchange.run(document);
      const { refused, results } = exchange.outcome;
      if (isStream(results)) throw new Error('A subscription was served over plain HTTP.');
      const status = refused ?? (results.data === undefined ? 400 : undefined);
      if (status !== undefined) http.status = status;
      for (const [name, value] of Object.entries(refusalHeaders(exchange.outcome))) http.headers.set(name, value);
      return { http, body: { kind: 'single', singleResult: results } };
    },

    /** Of a request that Apollo refuses itself, such as one that it cannot parse. */
    async willSendResponse({ operation: definition = null, response: { http, body } }) {
      if (body.kind !== 'single') return;
      exchange.outcome ??= { definition, results: body.singleResult, refused: http.status ?? 400 };
    },
  }),
};

/** What a response begins with, apart from the media type, which is the door's. */
export interface ApolloResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What tells a request from one of another site's page. */
const TELLING_HEADERS = ['content-type', ...PREFLIGHT_HEADERS];
/** The door lets nothing else through as a POST. */
const POST_HEADERS = new HeaderMap([['content-type', 'application/json']]);

/**
 * Asks with the request as it was understood here, so that Apollo cannot understand it otherwise. As a POST, since Apollo would
 * refuse a GET for its kind of operation before it is known to be valid.
 */
export async function askApollo(
  apollo: ApolloServer<ApolloContext>,
  { door, query, operationName, variables }: AuthenticatedRequest,
  headers: IncomingHttpHeaders,
  exchange: Exchange,
): Promise<ApolloResponse> {
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: door.safe ? tellingHeaders(headers) : POST_HEADERS,
      search: '',
      body: { query, operationName, variables },
    },
    context: async () => ({ exchange }),
  });
  const { status = 200, body } = response;
  if (body.kind !== 'complete') throw new Error('Apollo answered in parts, although the schema defers nothing.');
  // An answer is a client's own, and of its moment.
  return {
    status,
    headers: { 'cache-control': 'no-store', ...Object.fromEntries(response.headers) },
    body: body.string,
  };
}

/** Not what the client accepts: Apollo would negotiate what the door has negotiated. */
function tellingHeaders(headers: IncomingHttpHeaders): HeaderMap {
  const telling = new HeaderMap();
  for (const name of TELLING_HEADERS) if (headers[name] !== undefined) telling.set(name, String(headers[name]));
  return telling;
}

/** Apollo asks by the hash of the text. What it parsed itself is not validated, so it is not kept. */
function storeOf(documents: Documents): DocumentStore {
  return {
    get: async (key) => documents.find(key.slice(-SHA256_LENGTH)),
    set: async () => undefined,
    delete: async () => undefined,
  };
}
