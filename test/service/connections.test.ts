import { describe, expect, it } from 'vitest';
import { SkillImpactDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { basePay { percentile50 } } } }';

describe('connections to upstream', () => {
  useServers({ pendingPolls: 0 });

  it('are new for each purchase and each token, and kept for polls and look-ups', async ({ upstream, start }) => {
    const server = await start();
    for (const number of [1, 2, 3]) {
      upstream.revokeTokens();
      await server.run(PAY, { answers: numbered(number) });
      await server.run(SkillImpactDocument, { jobTitle: `Cashier ${number}` });
    }
    const used = (kind: string): Set<number> =>
      new Set(upstream.requests.filter((request) => request.kind === kind).map(({ connection }) => connection));
    expect(used('submit').size).toBe(upstream.count('submit'));
    expect(used('token').size).toBe(upstream.count('token'));
    expect([used('poll').size, used('lookup').size]).toEqual([1, 1]);
    expect(upstream.count('submit')).toBeGreaterThan(2);
  });
});
