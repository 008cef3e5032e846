import { describe, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { eventually } from '../fixtures/eventually.js';
import { post } from '../fixtures/server/post.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { newDirectory } from '../fixtures/directory.js';
import { arrivals } from '../fixtures/upstream/expectations.js';
import { gate } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

const ENV = { ANSWER_CHECK: 'correct' };
const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { reportRating } } }';
const STATUS = 'query ($answers: AnswersInput!) { report(answers: $answers) { status { pay } } }';
/** POSTs that one server sends at a time. */
const SENT_AT_ONCE = 32;

describe('a question in another spelling', () => {
  it('is bought once after a crash between its claim and its purchase, and both spellings have it', async (context) => {
    const { upstream, launch, start, atEnd, expect } = context;
    const { path: dataDir, remove } = await newDirectory();
    atEnd(remove);
    const server = launch(dataDir, ENV);
    const url = await server.listening;
    upstream.script.submit.push(...Array.from({ length: SENT_AT_ONCE }, () => gate()));
    const proper = numbered(SENT_AT_ONCE);
    const given = { ...proper, jobTitle: proper.jobTitle.toUpperCase() };
    const ask = (answers: object) => post(url, PAY, { answers }).catch(() => null);
    const others = Array.from({ length: SENT_AT_ONCE }, (_, number) => ask(numbered(number)));
    await arrivals(upstream, 'submit', SENT_AT_ONCE);
    const asked = ask(given);
    await eventually(async () => {
      for (const answers of [given, proper]) {
        expect((await post(url, STATUS, { answers })).data).toEqual({ report: { status: { pay: 'SUBMITTING' } } });
      }
    });
    await server.end('SIGKILL');
    await Promise.all([...others, asked]);
    expect(upstream.submits()).toHaveLength(SENT_AT_ONCE);

    const next = await start({ dataDir, env: ENV });
    for (const answers of [given, proper]) {
      expect((await next.run(PAY, { answers })).data).toEqual({ report: { pay: { reportRating: 0.86 } } });
    }
    expect(upstream.submits().slice(SENT_AT_ONCE)).toMatchObject([{ answers: { JobTitle: proper.jobTitle } }]);
  });
});
