/** Mercurius, which compiles each document (graphql-jit) when it is first executed. */
import fastify from 'fastify';
import { mercurius } from 'mercurius';
import { schemaOver, serve } from './serve.ts';

serve(async (data) => {
  const app = fastify();
  await app.register(mercurius, { schema: schemaOver(data), jit: 1 });
  return app.listen({ host: '127.0.0.1', port: 0 });
});
