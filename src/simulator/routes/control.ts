import type { FastifyInstance } from 'fastify';
import { reportKey } from '../links.js';
import { parseObject } from '../report-request.js';
import { SettingsError } from '../settings.js';
import type { SimulatorState } from '../state.js';
import { isNth } from '../usage/board.js';

/** The simulator's own endpoints: settings and counters. They need no token and ignore latency and faults. */
export function controlRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.get('/simulator/settings', () => state.settings);

  app.post('/simulator/settings', (request, reply) => {
    // A browser page of another origin cannot send this content type without a CORS preflight.
    const isJson = /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
    const change = isJson ? parseObject(request.body) : null;
    if (!change) return reply.code(400).send({ error: 'send a JSON object of settings as application/json' });
    try {
      return state.configure(change);
    } catch (error) {
      if (error instanceof SettingsError) return reply.code(400).send({ error: error.message });
      throw error;
    }
  });

  app.get('/simulator/counters', () => state.counters.read());

  /** Every accepted report, and whether the usage log is to have it. */
  app.get('/simulator/usage', () =>
    state.usage.all().map((logged) => ({
      reportId: logged.id,
      at: new Date(logged.acceptedAt).toISOString(),
      type: logged.report.type,
      key: reportKey(logged.report.answers, logged.report.autoResolve),
      missing: isNth(logged, state.settings.usage.missingEvery),
    })),
  );

  app.post('/simulator/reset', () => {
    state.counters.reset();
    return state.counters.read();
  });

  app.post('/simulator/revoke-tokens', (_request, reply) => {
    state.tokens.revokeAll();
    return reply.code(204).send();
  });
}
