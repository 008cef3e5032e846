/** A Fastify route that reads the request and sends a report as JSON: no GraphQL at all. */
import fastify from 'fastify';
import { serve } from './serve.ts';

interface Body {
  readonly variables: { readonly answers: { readonly averageSizeCompetitor: number } };
}

serve(async ({ reports }) => {
  const app = fastify();
  app.post<{ Body: Body }>('/graphql', ({ body }) => ({
    data: { report: reports[body.variables.answers.averageSizeCompetitor] },
  }));
  return app.listen({ host: '127.0.0.1', port: 0 });
});
