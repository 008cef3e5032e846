import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Authenticate } from '../../graphql/authentication/authenticate.js';
import type { FormatError } from '../../graphql/format-error.js';
import { refused } from '../../graphql/refusal.js';
import { schemaText } from '../../resolvers/schema-text.js';
import { credentialsInHeaders } from '../credentials.js';
import { refusalHeaders } from '../refusal-headers.js';
import { sendResult } from './refuse.js';

export interface SchemaPageOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly formatError: FormatError;
}

/** `/schema.graphql`, for whoever may ask for the schema by introspection. */
export function registerSchemaPage(
  app: FastifyInstance,
  { schema, authenticate, formatError }: SchemaPageOptions,
): void {
  let text: string | undefined;
  app.get('/schema.graphql', async ({ headers }, reply) => {
    try {
      await authenticate(credentialsInHeaders(headers));
    } catch (error) {
      const outcome = refused(error, null, formatError);
      return sendResult(reply.headers(refusalHeaders(outcome)), outcome.refused ?? 500, outcome.results);
    }
    text ??= `${schemaText(schema)}\n`;
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(text);
  });
}
