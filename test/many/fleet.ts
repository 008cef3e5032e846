import { newDirectory } from '../fixtures/directory.ts';
import { createDatabase } from '../fixtures/postgres/database.ts';
import { startPostgres, type Postgres } from '../fixtures/postgres/postgres.ts';
import { launchServer, type LaunchOptions, type ServerProcess } from '../fixtures/server/server-process.ts';
import { serverSettings } from '../fixtures/server/settings.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../fixtures/upstream/upstream.ts';
import { requestsTo, type Requests } from './requests.ts';

/** The shortest lease there is. */
export const LEASE_MS = 3_000;
/** Within which what a dead process owned is taken up. */
export const TAKEOVER_MS = LEASE_MS + 3_000;

export interface FleetServer {
  /** By which PostgreSQL knows its sessions. */
  readonly name: string;
  readonly process: ServerProcess;
  /** Its GraphQL endpoint. */
  readonly url: string;
  readonly requests: Requests;
}

/** Several servers on one database, and their upstream. */
export interface Fleet {
  readonly postgres: Postgres;
  /** The URL of their database, without any proxy. */
  readonly database: string;
  readonly upstream: Upstream;
  /** Those that run, apart from the ones that a test ended itself. */
  readonly servers: readonly FleetServer[];
  /** Starts one more, and resolves once it listens. `program`: what it runs, if it is not just what was built here. */
  launch(
    settings?: Readonly<Record<string, string>>,
    program?: Pick<LaunchOptions, 'entry' | 'nodeArguments'>,
  ): Promise<FleetServer>;
  /** Nobody is to ask it any more. */
  withdraw(server: FleetServer): void;
  /** Ends one as a deployment does: when nobody asks it any more, and what was sent to it has arrived. It answers all of that. */
  end(server: FleetServer): Promise<void>;
  /** Kills one as `kill -9` does. */
  kill(server: FleetServer): Promise<void>;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly servers: number;
  /** In addition to the usual ones. */
  readonly settings?: (parts: Pick<Fleet, 'postgres' | 'database' | 'upstream'>) => Promise<Record<string, string>>;
  readonly upstream?: Partial<UpstreamOptions>;
  readonly postgres?: readonly string[];
  /** How they are run, if not as what was built here. */
  readonly program?: Parameters<Fleet['launch']>[1];
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const postgres = await startPostgres({ settings: options.postgres ?? [] });
    closers.push(() => postgres.close());
    const { url: database } = await createDatabase(postgres.url);
    const upstream = await startUpstream(options.upstream);
    closers.push(() => upstream.close());
    const { path, remove } = await newDirectory();
    closers.push(remove);

    const common = (await options.settings?.({ postgres, database, upstream })) ?? {};

    const servers: FleetServer[] = [];
    let launched = 0;
    const fleet: Fleet = {
      postgres,
      database,
      upstream,
      servers,
      async launch(settings = {}, program = {}) {
        const name = `server ${++launched}`;
        const server = launchServer({
          ...program,
          settings: {
            ...serverSettings(upstream.url, path, upstream.options),
            DATABASE_URL: database,
            LEASE_MS: String(LEASE_MS),
            PGAPPNAME: name,
            ...common,
            ...settings,
          },
          cwd: path,
        });
        closers.push(() => server.end('SIGKILL'));
        const url = await server.listening;
        const started = { name, process: server, url, requests: requestsTo(url) };
        servers.push(started);
        return started;
      },
      withdraw: (server) => void servers.splice(servers.indexOf(server), 1),
      async end(server) {
        fleet.withdraw(server);
        await server.requests.read();
        await server.process.end('SIGTERM');
      },
      async kill(server) {
        fleet.withdraw(server);
        await server.process.end('SIGKILL');
      },
      close,
    };
    // The first creates the tables.
    await fleet.launch({}, options.program);
    await Promise.all(Array.from({ length: options.servers - 1 }, () => fleet.launch({}, options.program)));
    return fleet;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Why a server does not start. */
export async function refusalOf(launch: () => Promise<FleetServer>): Promise<string> {
  try {
    await launch();
    return 'it started';
  } catch (error) {
    return /DATABASE_URL: [^"\n]+/.exec(String(error))?.[0] ?? String(error);
  }
}
