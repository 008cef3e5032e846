import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceIn } from '../../src/datasources/reports/reconcile/evidence.js';
import { firstLookAt, nextLookAt } from '../../src/datasources/reports/reconcile/schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SENT = 100 * HOUR;
const ROW = { upstreamReportId: 'R', recordedAt: new Date(SENT), type: 'PAY', successful: true } as const;
/** One of ours that was sent so many minutes after the doubt. */
const ours = (minutes: number, isLogged = true) => ({
  sentAt: SENT + minutes * MINUTE,
  recordedAt: isLogged ? SENT + minutes * MINUTE + 1_000 : null,
});

/** One of ours that was sent a minute before the doubt, and recorded so many seconds later. */
const recordedAfter = (seconds: number) => ({ sentAt: SENT - MINUTE, recordedAt: SENT - MINUTE + seconds * 1_000 });

interface Seen extends Partial<Parameters<typeof evidenceIn>[0]> {
  readonly candidates?: readonly (typeof ROW)[];
}

function seen({ candidates = [], ...given }: Seen = {}) {
  const accepted = [ours(-29), ours(5)];
  const options = { readAt: SENT + HOUR, accepted, isComplete: true, absentAfterMs: HOUR, ...given };
  return evidenceIn(options)({ sentAt: SENT }, candidates);
}

describe('a purchase that the usage log does not have', () => {
  it('is absent if the log has all others of its half hours, one of which was sent later', () => {
    expect(seen()).toEqual({
      isAbsent: true,
      evidence: { readAt: SENT + HOUR, newestAt: SENT + 5 * MINUTE + 1_000, accepted: 2, inLog: 2, candidates: [] },
    });
  });

  it.each<[string, Seen]>([
    ['it is not set so', { absentAfterMs: null }],
    ['it is not old enough', { readAt: SENT + HOUR - 1 }],
    ['one that was accepted is not in the log', { accepted: [ours(-29, false), ours(5)] }],
    ['none was sent later', { accepted: [ours(-29), ours(-1), ours(0)] }],
    ['none was sent later within half an hour', { accepted: [ours(-1), ours(31)] }],
    ['there is nothing to tell by', { accepted: [] }],
    ['not all of ours are known', { isComplete: false }],
    ['a row may be it', { candidates: [ROW] }],
    ['one was recorded so late that it may be when it was delivered', { accepted: [recordedAfter(121), ours(5)] }],
  ])('is not absent if %s', (_, options) => expect(seen(options).isAbsent).toBe(false));

  it('is absent whatever is missing of other times', () => {
    expect(seen({ accepted: [ours(-31, false), ours(5), ours(31, false)] }).isAbsent).toBe(true);
  });

  it('is absent if the others were recorded soon after they were sent, and whatever was late at other times', () => {
    expect(seen({ accepted: [recordedAfter(120), ours(5)] }).isAbsent).toBe(true);
    const late = { sentAt: SENT - 31 * MINUTE, recordedAt: SENT };
    expect(seen({ accepted: [late, ours(5)] }).isAbsent).toBe(true);
  });

  it('is told with the newest row, in whatever order they were recorded', () => {
    const late = { ...ours(5), recordedAt: SENT + 20 * MINUTE };
    expect(seen({ accepted: [late, ours(10)] }).evidence.newestAt).toBe(SENT + 20 * MINUTE);
    expect(seen({ accepted: [ours(5, false)] }).evidence.newestAt).toBeNull();
  });

  it('shows the first few rows that may be it', () => {
    const { candidates } = seen({ candidates: Array.from({ length: 30 }, () => ROW) }).evidence;
    expect(candidates).toHaveLength(10);
    expect(candidates[0]).toEqual({ ...ROW, recordedAt: SENT });
  });

  it('is told as counting one by one would tell, whatever was sent', () => {
    const purchase = fc.record({ minutes: fc.integer({ min: -40, max: 40 }), isLogged: fc.boolean() });
    fc.assert(
      fc.property(fc.array(purchase), (all) => {
        const accepted = all.map(({ minutes, isLogged }) => ours(minutes, isLogged));
        const near = all.filter(({ minutes }) => Math.abs(minutes) <= 30);
        const { evidence, isAbsent } = seen({ accepted });
        expect(evidence).toMatchObject({
          accepted: near.length,
          inLog: near.filter(({ isLogged }) => isLogged).length,
        });
        const isWhole = near.every(({ isLogged }) => isLogged) && near.some(({ minutes }) => minutes > 0);
        expect(isAbsent).toBe(isWhole);
      }),
    );
  });
});

describe('the times at which a purchase is looked for', () => {
  it('are ten seconds after it, then after pauses that double, up to an hour, for a day', () => {
    const ages: number[] = [];
    for (let at: number | null = firstLookAt(SENT); at !== null; at = nextLookAt(SENT, at))
      ages.push((at - SENT) / 1_000);
    expect(ages.slice(0, 9)).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 2_560]);
    const pauses = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
    expect(Math.max(...pauses)).toBe(3_600);
    expect(ages.at(-1)).toBeLessThanOrEqual(24 * 3_600);
    expect(ages.at(-1)).toBeGreaterThan(23 * 3_600);
  });

  it('are the same whenever it is asked between two of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -HOUR, max: 26 * HOUR }), (age) => {
        const next = nextLookAt(SENT, SENT + age);
        const earlier = [10_000, 5 * MINUTE, 10 * HOUR].filter((each) => each <= age);
        for (const each of earlier) expect(nextLookAt(SENT, SENT + each)).not.toBeNull();
        expect(next === null || next > SENT + age).toBe(true);
        expect(next === null || nextLookAt(SENT, next - 1)).toBe(next === null ? true : next);
      }),
    );
  });
});
