/** Apollo Server on Fastify as it comes; it keeps parsed documents, and no results. */
import { ApolloServer } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify from 'fastify';
import { schemaOver, serve } from './serve.ts';

serve(async (data) => {
  const app = fastify();
  const apollo = new ApolloServer({ schema: schemaOver(data), plugins: [fastifyApolloDrainPlugin(app)] });
  await apollo.start();
  app.post('/graphql', fastifyApolloHandler(apollo));
  return app.listen({ host: '127.0.0.1', port: 0 });
});
