import { createApp, type App } from './app.js';
import { ConfigError, loadConfig } from './config.js';

/** Shutdown is forced after this. Every step of it has a shorter bound of its own. */
const LONGEST_STOP_MS = 20_000;

try {
  const app = await createApp(loadConfig());
  stopOnSignals(app);
  const url = await app.listen().catch(async (error: unknown) => {
    await app.close();
    throw new Error('HOST, PORT: cannot listen on this address.', { cause: error });
  });
  app.log.info({ url: `${url}/graphql` }, 'GraphQL API');
  if (app.playground) app.log.info({ url: `${url}/graphiql` }, 'playground');
  if (app.simulator) {
    app.log.warn(
      { simulator: app.simulator.origin },
      'SIMULATED DATA: no Jobalyzer credentials are set, so every figure is invented',
    );
  }
} catch (error) {
  const reason = reasonOf(error);
  process.stderr.write(
    error instanceof ConfigError ? `Invalid configuration:\n${reason}\n` : `Startup failed: ${reason}\n`,
  );
  process.exitCode = 1;
}

/** The error's message, with that of its root cause unless the message already contains it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  return error.message.includes(root.message) ? error.message : `${error.message} ${root.message}`;
}

/** On a signal or an uncaught exception, purchases in flight are finished and stored before the process exits. */
function stopOnSignals(app: App): void {
  let stopping = false;
  const stop = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    void app.close().then(() => process.exit(exitCode));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // `on`, not `once`: otherwise a second signal would kill the process with purchases in flight.
    process.on(signal, () => {
      app.log.info({ signal }, 'stopping');
      stop(0);
    });
  }
  process.on('uncaughtException', (error) => {
    app.log.fatal({ err: error }, 'stopping after an unexpected error');
    stop(1);
  });
}
