import { describe, it } from 'vitest';
import { FullReportDocument } from '../generated/operations.js';
import { payBody, raw, yoeBody, type Upstream } from '../fixtures/upstream/upstream.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

const BOM = '\ufeff';

describe.concurrent('an unusual but valid upstream response', () => {
  useServers({ pendingPolls: 0 });

  it.for<[string, (text: string, field: string) => string]>([
    ['with a byte order mark', (text) => BOM + text],
    ['with a null field in another letter case before the real one', (text, field) => twice(text, field, 'before')],
    ['with a null field in another letter case after the real one', (text, field) => twice(text, field, 'after')],
  ])('%s is read, and nothing is bought again', async ([, odd], { upstream, start, restart, expect }) => {
    upstream.script.submit.push(() => raw(odd(JSON.stringify({ Links: linksOf(upstream) }), 'Links')));
    upstream.script.poll('pay').push(raw(odd(JSON.stringify(payBody()), 'Report')));
    upstream.script.poll('yoe').push(raw(odd(JSON.stringify(yoeBody()), 'Report')));
    const server = await start();
    const first = await server.run(FullReportDocument, { answers: SEATTLE });
    const second = await (await restart(server)).run(FullReportDocument, { answers: SEATTLE });
    for (const { data, errors } of [first, second]) {
      expect(errors).toEqual([]);
      expect(data?.report?.pay?.basePay?.percentile50).toBe(104_300);
      expect(data?.report?.yoe?.ranges).toHaveLength(5);
    }
    expect([upstream.count('submit'), upstream.polls('pay').length, upstream.polls('yoe').length]).toEqual([1, 1, 1]);
  });
});

function linksOf(upstream: Upstream): object {
  return { PayReport: upstream.link('pay'), YearsExperienceReport: upstream.link('yoe') };
}

/** The same object with an additional lower-case field that is null. */
function twice(text: string, field: string, where: 'before' | 'after'): string {
  const empty = `${JSON.stringify(field.toLowerCase())}:null`;
  return where === 'before' ? `{${empty},${text.slice(1)}` : `${text.slice(0, -1)},${empty}}`;
}
