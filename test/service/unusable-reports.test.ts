import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { PayOnlyDocument } from '../generated/operations.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { raw } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

/** The bodies in the ledger of a stopped server. */
function bodiesOf({ dataDir }: TestServer): unknown[] {
  const db = new DatabaseSync(join(dataDir, 'ledger.sqlite'));
  const bodies = db.prepare('SELECT body FROM bodies').all();
  db.close();
  return bodies.map(({ body }) => body);
}

describe.concurrent('a poll answered with', () => {
  it('a success that holds no report has its body stored, until there is a report', async ({ upstream, start }) => {
    const odd = '{"Result": {"MedianPay": 104300}}';
    upstream.script.poll('pay').otherwise(raw(odd));
    const first = await start();
    const { errors } = await first.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 1_000 });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'REPORT_NOT_READY',
      failure: { code: 'UPSTREAM_BAD_RESPONSE', message: expect.stringContaining('contained no report') },
    });
    await first.stop();
    expect(bodiesOf(first)).toEqual([odd]);

    upstream.script.poll('pay').otherwise();
    const second = await start({ dataDir: first.dataDir });
    expect((await second.run(PayOnlyDocument, { answers: SEATTLE })).errors).toEqual([]);
    await second.stop();
    expect(bodiesOf(second)).not.toContain(odd);
    expect(bodiesOf(second)).toHaveLength(1);
    expect(upstream.count('submit')).toBe(1);
  });

  it('more than 8 MiB is not downloaded again for a minute, however many ask', async ({ upstream, start }) => {
    upstream.script.poll('pay').otherwise(raw(`{"Report": {"Filler": "${'x'.repeat(8 * 1024 * 1024)}"}}`));
    const server = await start();
    const asked = await Promise.all(
      Array.from({ length: 5 }, () => server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 3_000 })),
    );
    for (const answer of asked) expect(codes(answer)).toEqual({ 'report.pay': 'REPORT_NOT_READY' });
    const again = await server.run(PayOnlyDocument, { answers: SEATTLE, waitMs: 0 });
    expect(again.errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(30_000);
    expect(upstream.polls('pay')).toHaveLength(1);
  });
});
