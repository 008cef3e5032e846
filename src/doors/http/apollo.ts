import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { PARSE_OPTIONS, type Documents } from '../../graphql/documents.js';
import type { FormatError } from '../../graphql/format-error.js';
import { isStream, type Outcome } from '../../graphql/operation.js';
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
 * Apollo reads operations (CSRF, parsing) and writes responses (content negotiation, HTTP status). What
 * happens between is the pipeline's: validation, too, so that it is written once for all doors.
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
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginUsageReportingDisabled(), handOver],
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

/** Apollo asks by the hash of the text. What it parsed itself is not validated, so it is not kept. */
function storeOf(documents: Documents): DocumentStore {
  return {
    get: async (key) => documents.find(key.slice(-SHA256_LENGTH)),
    set: async () => undefined,
    delete: async () => undefined,
  };
}
