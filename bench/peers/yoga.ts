/** GraphQL Yoga with its response cache, which keeps a result for as long as the process runs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createYoga } from 'graphql-yoga';
import { originOf, schemaOver, serve } from './serve.ts';

serve(async (data) => {
  const yoga = createYoga({
    schema: schemaOver(data),
    plugins: [useResponseCache({ session: () => null })],
    logging: false,
    graphiql: false,
    landingPage: false,
  });
  const server = createServer((request, response) => void yoga(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return originOf(server.address());
});
