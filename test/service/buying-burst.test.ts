import { describe, expect, it } from 'vitest';
import { PayOnlyDocument } from '../generated/operations.js';
import { numbered } from '../fixtures/answers/answers.js';
import { codes } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { json, raw, reset, status, type Step } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

const CONNECTIONS = 32;
const BREAK_AFTER_FAILURES = 5;

describe('of many different purchases at once', () => {
  it.for<[string, Step]>([
    ['connection is reset', reset()],
    ['response has no link', json({})],
    ['response is a page', raw('<html>', 200, { 'content-type': 'text/html' })],
    ['response is a 500', status(500)],
  ])('no more than those in flight and five are lost if every %s', async ([, step], { upstream, start }) => {
    // All connections fail at one moment, while the other purchases wait for them.
    const full = Promise.withResolvers<void>();
    upstream.script.submit.otherwise(async () => {
      if (upstream.count('submit') >= CONNECTIONS) full.resolve();
      await full.promise;
      return step;
    });
    const server = await start();
    const asked = Array.from({ length: 150 }, (_, number) =>
      server.run(PayOnlyDocument, { answers: numbered(number) }),
    );
    const answered = (await Promise.all(asked)).map((each) => codes(each)['report.pay']);
    const sent = upstream.count('submit');
    expect(sent).toBeLessThanOrEqual(CONNECTIONS + BREAK_AFTER_FAILURES);
    expect(answered.filter((code) => code === 'SUBMISSION_UNCERTAIN')).toHaveLength(sent);
    expect(answered.filter((code) => code === 'UPSTREAM_UNAVAILABLE')).toHaveLength(150 - sent);
  });
});
