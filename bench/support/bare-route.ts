/** The baseline of `cached`: a Fastify route that reads the same request and sends the same JSON, and nothing else. */
import fastify from 'fastify';

process.once('message', (response) => {
  const app = fastify();
  app.post('/graphql', () => response);
  void app.listen({ host: '127.0.0.1', port: 0 }).then((origin) => process.send?.(`${origin}/graphql`));
});
