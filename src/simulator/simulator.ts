import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { NO_SCHEMAS } from '../lib/no-schemas.js';
import type { SimulatorCounters } from './counters.js';
import { deliver, generalError } from './delivery.js';
import { accountsRoutes } from './routes/accounts.js';
import { controlRoutes } from './routes/control.js';
import { lookupRoutes } from './routes/lookups.js';
import { reportRoutes } from './routes/reports.js';
import { usageRoutes } from './routes/usage.js';
import { changeSettings, defaultSettings, type SimulatorSettings, type SimulatorSettingsChange } from './settings.js';
import { SimulatorState, type SimulatorLog } from './state.js';

/** Default credentials; any others are accepted too unless `clientId` and `clientSecret` are set. */
export const SIMULATOR_CLIENT_ID = 'simulator';
export const SIMULATOR_CLIENT_SECRET = 'simulator-secret';

/** On every response of the simulator, so that it is never mistaken for the real service. */
export const SIMULATOR_HEADER = 'x-jobalyzer-simulator';

const HOST = '127.0.0.1';
const LARGEST_BODY = 256 * 1024;

export interface SimulatorOptions extends SimulatorSettingsChange {
  /** 0, the default: any free port. */
  port?: number | undefined;
  /** With `clientSecret`, the only pair that gets a token. */
  clientId?: string | undefined;
  clientSecret?: string | undefined;
}

export interface Simulator {
  /** The origin of both the API and the accounts service, such as `http://127.0.0.1:4010`. */
  readonly origin: string;
  counters(): SimulatorCounters;
  /**
   * Changes settings while it runs; settings that are not given keep their values.
   * @returns the resulting settings.
   * @throws SettingsError if a value is not allowed; then nothing changes.
   */
  configure(change: SimulatorSettingsChange): SimulatorSettings;
  settings(): SimulatorSettings;
  /** Zeroes the counters; settings and links are kept. */
  reset(): void;
  /** Revokes every token issued so far: the next call with one gets a 401. */
  revokeTokens(): void;
  /** Ends every connection, including hanging ones, and stops listening. */
  close(): Promise<void>;
}

const SILENT: SimulatorLog = { info() {}, debug() {} };

/**
 * Starts a simulator of Jobalyzer and its accounts service on the loopback interface, with invented data. Reports are
 * encoded in their links: any other simulator can return what this one accepted.
 * @throws SettingsError if an option is not allowed; the error of `listen` if the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}, log: SimulatorLog = SILENT): Promise<Simulator> {
  const { port = 0, clientId, clientSecret, ...change } = options;
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    throw new TypeError('clientId and clientSecret must be set together');
  }
  const credentials = clientId !== undefined && clientSecret !== undefined ? { clientId, clientSecret } : null;
  const state = new SimulatorState(changeSettings(defaultSettings(), change), credentials, log);
  const app = buildApp(state);
  await app.listen({ host: HOST, port });
  const origin = `http://${HOST}:${(app.server.address() as AddressInfo).port}`;
  log.info({ origin }, 'simulator: listening in place of Jobalyzer; its data is invented and nothing is charged');

  return {
    origin,
    counters: () => state.counters.read(),
    configure: (settings) => state.configure(settings),
    settings: () => state.settings,
    reset: () => state.counters.reset(),
    revokeTokens: () => state.tokens.revokeAll(),
    close: async () => {
      state.closing.abort();
      await app.close();
    },
  };
}

function buildApp(state: SimulatorState): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: LARGEST_BODY,
    exposeHeadRoutes: false,
    schemaController: NO_SCHEMAS,
    // Links are long, because they contain all data of a report. The documents' paths differ in letter case.
    routerOptions: { maxParamLength: 16_000, caseSensitive: false, ignoreDuplicateSlashes: true },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return socket.destroy();
      socket.end(
        `HTTP/1.1 400 Bad Request\r\n${SIMULATOR_HEADER}: true\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
      );
    },
    frameworkErrors: (error, _request, reply) => {
      void deliver(state, reply, generalError(error.statusCode ?? 400, 'InvalidRequest', error.message));
    },
  });
  // Before Fastify sees the request, so that responses written without it have the header too.
  app.server.prependListener('request', (_request, response) => {
    response.setHeader(SIMULATOR_HEADER, 'true');
    const { dateOffsetMs } = state.settings;
    if (dateOffsetMs) response.setHeader('date', new Date(Date.now() + dateOffsetMs).toUTCString());
  });
  // Each endpoint parses its own body, so that it can respond with its own errors.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => deliver(state, reply, generalError(404, 'NotFound', 'Not found.')));
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    state.log.debug({ status, reason: error.message }, 'simulator: a request failed');
    return deliver(
      state,
      reply,
      generalError(status, status < 500 ? 'InvalidRequest' : 'InternalError', error.message),
    );
  });

  accountsRoutes(app, state);
  reportRoutes(app, state);
  lookupRoutes(app, state);
  usageRoutes(app, state);
  controlRoutes(app, state);
  return app;
}
