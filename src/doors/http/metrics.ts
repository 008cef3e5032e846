import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../errors.js';
import type { Authenticate } from '../../graphql/authentication/authenticate.js';
import type { FormatError } from '../../graphql/format-error.js';
import { refused } from '../../graphql/refusal.js';
import { credentialsInHeaders } from '../credentials.js';
import { refusalHeaders } from '../refusal-headers.js';
import { sendResult } from './refuse.js';

/** What is measured, as the text that a scraper reads. */
export interface MeasuredText {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsOptions {
  readonly metrics: MeasuredText;
  readonly authenticate: Authenticate;
  readonly formatError: FormatError;
}

/** `/metrics`, for operators. Under any name of the host and however many connections there are: it tells why. */
export function registerMetrics(app: FastifyInstance, { metrics, authenticate, formatError }: MetricsOptions): void {
  app.get('/metrics', { config: { anyHost: true, evenIfFull: true } }, async ({ headers }, reply) => {
    try {
      const { client } = await authenticate(credentialsInHeaders(headers));
      if (!client.operator) throw new ApiError('FORBIDDEN', 'Only operators may see this; OPERATORS names them.');
    } catch (error) {
      const outcome = refused(error, null, formatError);
      return sendResult(reply.headers(refusalHeaders(outcome)), outcome.refused ?? 500, outcome.results);
    }
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  });
}
