import { isObjectType, type GraphQLSchema } from 'graphql';
import type { JobalyzerClient } from '../datasources/jobalyzer/client.js';
import { fieldsOfLogScope } from '../lib/log-scope.js';
import type { Attributes, Tracing } from '../lib/tracing.js';

/** Every field that is not there at once is a span. Changes the schema. */
export function traceFields(schema: GraphQLSchema, tracing: Tracing): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve) continue;
      const name = `field ${type.name}.${field.name}`;
      field.resolve = (source, args, context, info) =>
        tracing.spanIfAsync(name, {}, () => resolve(source, args, context, info));
    }
  }
  return schema;
}

/** A client whose purchases and polls are spans, with the id of their report. */
export function traceClient(client: JobalyzerClient, tracing: Tracing): JobalyzerClient {
  return {
    ...client,
    purchase: (request, types, ...rest) =>
      tracing.span('purchase', (set) => {
        set(null, { ...report(), 'report.types': types.join(' ') });
        return client.purchase(request, types, ...rest);
      }),
    poll: (polled, signal) =>
      tracing.span('poll', async (set) => {
        set(null, { ...report(), 'report.types': polled.type });
        const result = await client.poll(polled, signal);
        set(null, { 'poll.outcome': result.outcome.kind });
        return result;
      }),
  };
}

function report(): Attributes {
  const { reportId, requestId } = fieldsOfLogScope();
  return { ...(reportId && { 'report.id': reportId }), ...(requestId && { 'request.id': requestId }) };
}
