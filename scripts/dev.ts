/** Builds and runs the server; does both again whenever a source file changes. Ends like the server does. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { watch, readdirSync, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = dirname(import.meta.dirname);
const SOURCES = ['src', 'playground', 'explorer'].map((name) => join(ROOT, name));
/** An editor's save is several changes at once; a checkout is many. */
const SETTLED_MS = 200;

/**
 * Directories are watched, not files: many editors save by replacing a file with a new one, which whoever watches the file
 * sees only once.
 */
const watchers = new Map<string, FSWatcher>();
let server: ChildProcess | null = null;
let changed: NodeJS.Timeout | undefined;
/** Builds and restarts happen one after the other. */
let work = Promise.resolve();
let stopping = false;

watchSources();
change();

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopping = true;
    clearTimeout(changed);
    for (const watcher of watchers.values()) watcher.close();
    server?.kill(signal);
  });
}

function watchSources(): void {
  const present = SOURCES.flatMap((source) => [source, ...directoriesIn(source)]);
  for (const path of present) {
    if (watchers.has(path)) continue;
    const watcher = watch(path, () => {
      clearTimeout(changed);
      if (!stopping) changed = setTimeout(change, SETTLED_MS);
    });
    const forget = (): void => {
      watcher.close();
      watchers.delete(path);
    };
    watchers.set(path, watcher.on('error', forget));
  }
  for (const [path, watcher] of watchers) {
    if (present.includes(path)) continue;
    watcher.close();
    watchers.delete(path);
  }
}

function directoriesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function change(): void {
  work = work.then(rebuild);
}

async function rebuild(): Promise<void> {
  if (stopping) return;
  watchSources();
  if (build()) {
    await stopServer();
    if (!stopping) startServer();
  } else {
    console.error('Not restarted: the build has failed. It is tried again after the next change.');
  }
}

function build(): boolean {
  const shell = process.platform === 'win32';
  return spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit', shell }).status === 0;
}

function startServer(): void {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], { stdio: 'inherit' });
  server = child;
  child.once('exit', (code) => {
    if (server === child) server = null;
    // Otherwise it has been stopped for a restart, or waits for the change that mends it.
    if (stopping) process.exitCode = code ?? 1;
    else if (code) console.error('The server has ended. It is started again after the next change.');
  });
}

async function stopServer(): Promise<void> {
  const child = server;
  if (!child) return;
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
