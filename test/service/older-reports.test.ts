import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FullReportDocument } from '../generated/operations.js';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { payBody, yoeBody } from '../fixtures/upstream/upstream.js';

useServers({ pendingPolls: 0 });

describe('a report that an earlier release took for one', () => {
  it.for<[string, object, string]>([
    ['without a figure', { Report: {}, Errors: [{ Message: 'Try later.' }] }, 'NO_FIGURES'],
    ['of the other type', yoeBody(), 'OTHER_REPORT_TYPE'],
    ['with figures', payBody(), ''],
  ])(
    '%s is served with a warning that says so, and is not bought again',
    async ([, body, code], { upstream, start }) => {
      const first = await start();
      await first.run(FullReportDocument, { answers: SEATTLE });
      await first.stop();
      const db = new DatabaseSync(join(first.dataDir, 'ledger.sqlite'));
      db.prepare("UPDATE bodies SET body = ? WHERE type = 'PAY'").run(JSON.stringify(body));
      db.prepare("UPDATE entries SET data = json_remove(data, '$.link')").run();
      db.close();
      const { data, errors } = await (
        await start({ dataDir: first.dataDir })
      ).run(FullReportDocument, { answers: SEATTLE });
      expect(errors).toEqual([]);
      const codes = data?.report?.pay?.warnings.map((warning) => warning.code) ?? [];
      expect(codes.filter((each) => each === 'NO_FIGURES' || each === 'OTHER_REPORT_TYPE')).toEqual(code ? [code] : []);
      expect(upstream.count('submit')).toBe(1);
    },
  );
});
