import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../fixtures/eventually.js';
import { startPostgres, type Postgres } from '../../fixtures/postgres/postgres.js';
import { launchServer, type ServerProcess } from '../../fixtures/server/server-process.js';
import { freePort } from '../../fixtures/free-port.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

/** A server that is started on this port; the password of its database is `s3cret`. */
function launch(port: number): ServerProcess {
  const url = postgres.url.replace('postgres@', 'postgres:s3cret@');
  const server = launchServer({ settings: { PORT: String(port), DATABASE_URL: url } });
  onTestFinished(async () => void (await server.end('SIGKILL')));
  return server;
}

async function readiness(port: number): Promise<readonly [status: number, codes: readonly string[]]> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  const { reasons } = (await response.json()) as { reasons: { code: string }[] };
  return [response.status, reasons.map(({ code }) => code)];
}

describe('a server that is started while its database is away', () => {
  it('says so, serves nothing, and goes on by itself when the database is there', async () => {
    await postgres.stop();
    const port = await freePort();
    const server = launch(port);
    await eventually(async () => expect(await readiness(port)).toEqual([503, ['LEDGER_UNREACHABLE']]));
    const alive = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([alive.status, await alive.json()]).toMatchObject([200, { status: 'ok' }]);
    const asked = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', body: '{}' });
    expect([asked.status, await asked.json()]).toMatchObject([
      503,
      { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    ]);
    await postgres.restart();
    await server.listening;
    await eventually(async () => expect(await readiness(port)).toEqual([200, []]));
    expect(server.log()).toContain('waiting for the database');
    expect(server.log()).not.toContain('s3cret');
  });

  it('also while another server changes its tables for a long time', async () => {
    const other = new Client({ connectionString: postgres.url });
    await other.connect();
    onTestFinished(() => other.end());
    // What a migration holds.
    await other.query(`SELECT pg_advisory_lock(3, hashtext('jobalyzer_simulated'))`);
    const port = await freePort();
    const server = launch(port);
    await eventually(async () => expect(await readiness(port)).toEqual([503, ['LEDGER_UNREACHABLE']]));
    await other.query('SELECT pg_advisory_unlock_all()');
    await server.listening;
    await eventually(async () => expect(await readiness(port)).toEqual([200, []]));
  });

  it('can be stopped', async () => {
    await postgres.stop();
    const port = await freePort();
    const server = launch(port);
    await eventually(async () => expect(await readiness(port)).toEqual([503, ['LEDGER_UNREACHABLE']]));
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await postgres.restart();
  });

  it('does not wait for a database that refuses it', async () => {
    const server = launchServer({
      settings: { PORT: '0', DATABASE_URL: postgres.url.replace('postgres@', 'nobody:s3cret@') },
    });
    await expect(server.listening).rejects.toThrow('The server ended before it listened (1)');
    expect(server.log()).toContain('DATABASE_URL: the database refuses this server: role "nobody" does not exist');
    expect(server.log()).not.toContain('s3cret');
  });
});
