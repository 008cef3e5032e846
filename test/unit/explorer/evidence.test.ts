import { expect, it } from 'vitest';
import { evidenceText } from '../../../explorer/usage/evidence.ts';

const evidence = { readAt: 'noon', accepted: 3, inLog: 2 };
const textOf = (given: Parameters<typeof evidenceText>[0]): string | null =>
  evidenceText(given, (time) => `at ${time}`);

it('what the usage log says of a doubt is told with what it has of others', () => {
  expect(textOf({ evidence, candidates: [] })).toBe(
    'The usage log was read at noon. It is not there. It has 2 of 3 other purchases of that half hour.',
  );
  expect(textOf({ evidence: { ...evidence, accepted: 0, inLog: 0 }, candidates: [] })).toContain('no other purchase');
});

it('rows that may be it are named', () => {
  const candidates = [
    { upstreamReportId: 'R1', recordedAt: 'one' },
    { upstreamReportId: null, recordedAt: null },
  ];
  expect(textOf({ evidence, candidates })).toContain('as R1 (at one) or one without a REPORTID.');
});

it('nothing is told of what was not looked for', () => {
  expect(textOf({ evidence: null, candidates: [] })).toBeNull();
});
