import { describe, expect, it } from 'vitest';
import { startTestServer } from '../fixtures/server/server.js';
import { testDirectory } from '../fixtures/test-directory.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { basePay { percentile50 } } } }';

interface Pay {
  readonly report: { readonly pay: { readonly basePay: { readonly percentile50: number } } | null };
}

it('a start that fails leaves the data directory to the next one', async () => {
  const dataDir = await testDirectory();
  const wrong = startTestServer({ dataDir, env: { SAFELIST_FILE: `${dataDir}/there-is-none.json` } });
  await expect(wrong).rejects.toThrow('SAFELIST_FILE');
  const server = await startTestServer({ dataDir });
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.stop();
});

describe('a data directory in which both the simulator and the real service were used', () => {
  useServers({ pendingPolls: 0 });

  it('has a ledger for each: invented figures are never served as real ones', async ({ upstream, start }) => {
    const dataDir = await testDirectory();
    const answers = numbered(1);
    const simulated = await startTestServer({ dataDir });
    const invented = (await simulated.run<Pay, object>(PAY, { answers })).data?.report.pay?.basePay.percentile50;
    await simulated.stop();

    const real = await start({ dataDir });
    expect((await real.run<Pay, object>(PAY, { answers })).data?.report.pay?.basePay.percentile50).toBe(104_300);
    expect(invented).not.toBe(104_300);
    expect(upstream.bought('pay')).toBe(1);
    await real.stop();

    const again = await startTestServer({ dataDir });
    const { data } = await again.run<Pay, object>(PAY, { answers });
    expect(data?.report.pay?.basePay.percentile50).toBe(invented);
    await again.stop();
  });
});
