import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FullReportDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { json, type Upstream } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

/** Gives every report the same pay link, and none for years of experience. */
function shareOneLink(upstream: Upstream): void {
  const Links = { PayReport: upstream.link('pay') };
  upstream.script.submit.otherwise(json({ Links, Errors: [{ Message: 'No years.' }] }));
}

async function codesOfWarnings(server: TestServer, number: number): Promise<(string | null | undefined)[]> {
  const { data } = await server.run(FullReportDocument, { answers: numbered(number) });
  expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
  return (data?.report?.pay?.warnings ?? []).map(({ code }) => code);
}

const logged = ({ logged }: TestServer) => logged.filter((line) => line.includes('another report has already'));

describe.concurrent('a link that another report has already', () => {
  it('is logged, and its report carries a warning, also after a restart and when it is read again', async ({
    upstream,
    start,
    restart,
  }) => {
    shareOneLink(upstream);
    const first = await start();
    expect(await codesOfWarnings(first, 1)).not.toContain('LINK_SHARED');
    expect(logged(first)).toEqual([]);
    const second = await restart(first);
    expect(await codesOfWarnings(second, 2)).toContain('LINK_SHARED');
    expect(logged(second)).toHaveLength(1);
    expect(await codesOfWarnings(second, 1)).not.toContain('LINK_SHARED');
    const third = await restart(second);
    expect(await codesOfWarnings(third, 2)).toContain('LINK_SHARED');
  });

  it('is found although both are bought at once', async ({ upstream, start }) => {
    shareOneLink(upstream);
    const server = await start();
    const both = await Promise.all([codesOfWarnings(server, 1), codesOfWarnings(server, 2)]);
    expect(both.flat().filter((code) => code === 'LINK_SHARED')).toHaveLength(1);
  });

  it('is no reason not to serve a report beside a damaged one', async ({ upstream, start, restart }) => {
    shareOneLink(upstream);
    const first = await start();
    await codesOfWarnings(first, 1);
    await first.stop();
    const db = new DatabaseSync(join(first.dataDir, 'ledger.sqlite'));
    db.exec("UPDATE entries SET data = '{' || data");
    db.close();
    expect(await codesOfWarnings(await restart(first), 2)).not.toContain('LINK_SHARED');
  });
});
