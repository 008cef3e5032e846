import { spawn, type ChildProcess } from 'node:child_process';
import { SERVER_ENTRY } from './built.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server in its own process, as `npm start` runs it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** The endpoint, once it listens; rejects with the last log lines if the process exits first. */
  readonly listening: Promise<string>;
  readonly exited: Promise<Exit>;
  /** The last log lines. */
  log(): string;
  /** Sends the signal and waits for the exit. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

export interface LaunchOptions {
  /** The complete environment: nothing is inherited. */
  readonly settings: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[];
  /** Opens an IPC channel in addition to its output. */
  readonly channel?: boolean;
}

const LINES_KEPT = 40;
const running = new Set<ChildProcess>();

// Leave no server running when this process exits.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Settings for a server that uses the simulator at `origin` as the real service. */
export function serverSettings(origin: string, dataDir: string): Record<string, string> {
  return {
    PORT: '0',
    DATA_DIR: dataDir,
    JOBALYZER_URL: origin,
    JOBALYZER_AUTH_URL: origin,
    JOBALYZER_CLIENT_ID: 'simulator',
    JOBALYZER_CLIENT_SECRET: 'simulator-secret',
    AUTH_MODE: 'none',
    RATE_LIMIT_MAX: '1000000',
  };
}

export function launchServer({ settings, nodeArguments = [], channel = false }: LaunchOptions): ServerProcess {
  const child = spawn(process.execPath, [...nodeArguments, SERVER_ENTRY], {
    env: settings,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
  });
  running.add(child);
  const lines: string[] = [];
  const log = (): string => lines.join('\n');
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  const listening = new Promise<string>((resolve, reject) => {
    onLines(child, (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      const url = /"url":"(http[^"]+\/graphql)"/.exec(line)?.[1];
      if (url) resolve(url);
    });
    void exited.then(({ code, signal }) =>
      reject(new Error(`The server ended before it listened (${signal ?? code}):\n${log()}`)),
    );
  });
  // Nobody may be awaiting this when the process is killed during its start.
  listening.catch(() => undefined);

  return {
    child,
    listening,
    exited,
    log,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function onLines(child: ChildProcess, listener: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(listener);
    });
  }
}
