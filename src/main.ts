import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import type { App } from './app.js';
import { allowLostOutput } from './lib/lost-output.js';
import { onStopSignals } from './lib/stop-signals.js';
import { VERSION } from './lib/version.js';

/** Shutdown is forced after this. Every step of it has a shorter bound of its own. */
const LONGEST_STOP_MS = 20_000;
const COMPILED = join(import.meta.dirname, '.compile-cache');
/** After the first requests, which compile more; a server that is killed before has to compile again. */
const KEEP_COMPILED_AFTER_MS = 2_000;
/** What a shell reports for a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

let stopping = false;
const waiting = new AbortController();
// What was compiled is kept beside the code, where only those can write who could change the code as well, if the build has made
// a place for it there: an installed package writes nothing outside DATA_DIR. NODE_COMPILE_CACHE names another place.
if (existsSync(COMPILED)) enableCompileCache(COMPILED);
// Signals count from here on, also while the rest is loaded.
onStopSignals(
  (signal) => void stop(0, (app) => app.log.info({ signal }, 'stopping')),
  () => process.exit(INTERRUPTED),
);
const starting = process.argv.includes('--check-config') ? check() : start();
process.on('uncaughtException', (error) => {
  void stop(1, (app) => app.log.fatal({ err: error }, 'stopping after an unexpected error'));
});

try {
  const app = await starting;
  if (app && !stopping) await listen(app);
} catch (error) {
  // Whoever has stopped it need not know what that has interrupted.
  if (!stopping) {
    process.stderr.write(`${failureText(error)}\n`);
    process.exitCode = 1;
  }
}

async function start(): Promise<App> {
  const [{ createApp }, { loadConfig }] = await Promise.all([import('./app.js'), import('./config.js')]);
  return createApp(loadConfig(), { signal: waiting.signal });
}

/** Prints the settings instead of using them. */
async function check(): Promise<null> {
  const [{ checkConfig }, { loadConfig }, { openLog }] = await Promise.all([
    import('./commands/check-config.js'),
    import('./config.js'),
    import('./lib/log.js'),
  ]);
  allowLostOutput('check-config');
  const config = loadConfig();
  const settings = await checkConfig(config, (await openLog('silent')).log);
  // Not among the settings, which a program may read.
  for (const warning of config.warnings) process.stderr.write(`Warning: ${warning}\n`);
  process.stdout.write(settings);
  return null;
}

async function listen(app: App): Promise<void> {
  const url = await app.listen().catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
  app.log.info({ url: `${url}/graphql`, version: VERSION }, 'GraphQL API');
  if (app.explorer) app.log.info({ url: `${url}/` }, 'explorer');
  if (app.playground) app.log.info({ url: `${url}/graphiql` }, 'playground');
  if (app.simulator) {
    app.log.warn(
      { simulator: app.simulator.origin },
      'SIMULATED DATA: no Jobalyzer credentials are set, so every figure is invented',
    );
  }
}

/** Purchases in flight are finished and stored before the process exits. */
async function stop(exitCode: number, say: (app: App) => void): Promise<void> {
  const first = !stopping;
  stopping = true;
  waiting.abort(new Error('The server was stopped before it had its ledger.'));
  if (first) setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  const app = await starting.catch(() => null);
  if (app) say(app);
  if (!first) return;
  await app?.close();
  process.exit(exitCode);
}

/** The error's message, with that of its root cause unless the message already contains it. */
function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `Startup failed: ${String(error)}`;
  if (error.name === 'ConfigError') return `Invalid configuration:\n${error.message}`;
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  const reason = error.message.includes(root.message) ? error.message : `${error.message} ${root.message}`;
  return `Startup failed: ${reason}`;
}
