import { describe, expect, it } from 'vitest';
import { faultsOf, faultsOfJoining } from './event-checker.js';
import type { LiveEvent } from '../../fixtures/sockets/follow.js';

/** Builds events of one report from strings such as `PAY PENDING 1`. */
function eventsFrom(...steps: string[]): LiveEvent[] {
  const ready = new Set<string>();
  return steps.map((step, index) => {
    const [type, status, attempt] = step.split(' ') as [LiveEvent['type'], LiveEvent['status'], string];
    if (status === 'READY') ready.add(type);
    return {
      reportId: 'r',
      type,
      status,
      at: new Date(1_000 + index).toISOString(),
      attempt: Number(attempt),
      retryAfterMs: status === 'PENDING' && attempt !== '0' ? 100 : null,
      failure: status === 'FAILED' ? { code: 'REPORT_FAILED', message: 'It failed.', issues: [] } : null,
      report: {
        id: 'r',
        status: { pay: ready.has('PAY') ? 'READY' : 'PENDING', yoe: ready.has('YOE') ? 'READY' : 'PENDING' },
        pay: ready.has('PAY') ? { basePay: { percentile50: 1 } } : null,
        yoe: ready.has('YOE') ? { ranges: [] } : null,
      },
    };
  });
}

const SOUND = ['PAY SUBMITTING 0', 'PAY PENDING 0', 'PAY PENDING 1', 'PAY READY 2'];

describe('the checker of received events', () => {
  it.for([
    [SOUND],
    [['PAY READY 3']],
    [['PAY NOT_REQUESTED 0', ...SOUND]],
    [['PAY SUBMITTING 0', 'PAY FAILED 0']],
    [['PAY PENDING 4', 'PAY FAILED 5']],
  ])('accepts %j', ([steps]) => {
    expect(faultsOf(eventsFrom(...(steps ?? [])), ['PAY'], 1)).toEqual([]);
  });

  it('accepts two interleaved types', () => {
    const steps = ['PAY SUBMITTING 0', 'YOE SUBMITTING 0', 'YOE PENDING 0', 'PAY PENDING 0', 'YOE READY 1'];
    expect(faultsOf(eventsFrom(...steps, 'PAY FAILED 1'), ['PAY', 'YOE'], 1)).toEqual([]);
  });

  it.for([
    ['a repeated step', ['PAY SUBMITTING 0', 'PAY SUBMITTING 0', ...SOUND.slice(1)]],
    ['a repeated poll', [...SOUND.slice(0, 3), 'PAY PENDING 1', 'PAY READY 2']],
    ['a missing step', ['PAY SUBMITTING 0', 'PAY READY 1']],
    ['a missing poll', ['PAY PENDING 0', 'PAY PENDING 2', 'PAY READY 3']],
    ['a missing last poll', ['PAY PENDING 0', 'PAY READY 2']],
    ['a missing first poll', ['PAY SUBMITTING 0', 'PAY PENDING 1', 'PAY READY 2']],
    ['a step back', ['PAY PENDING 0', 'PAY SUBMITTING 0', 'PAY PENDING 0', 'PAY READY 1']],
    ['a poll back', ['PAY PENDING 2', 'PAY PENDING 1', 'PAY READY 2']],
    ['an event after READY', [...SOUND, 'PAY FAILED 2']],
    ['an event after FAILED', ['PAY FAILED 0', 'PAY PENDING 0', 'PAY READY 1']],
    ['an end in a non-final status', SOUND.slice(0, 3)],
    ['an unrequested type', [...SOUND, 'YOE READY 1']],
    ['a missing snapshot', []],
  ] as [string, string[]][])('detects %s', ([, steps]) => {
    expect(faultsOf(eventsFrom(...steps), ['PAY'], 1)).not.toEqual([]);
  });

  it('detects a snapshot after a change, a missing completion and a second one', () => {
    const late = ['PAY SUBMITTING 0', 'PAY PENDING 0', 'YOE PENDING 0', 'PAY READY 1', 'YOE READY 1'];
    expect(faultsOf(eventsFrom(...late), ['PAY', 'YOE'], 1)).toEqual(['the snapshot is of PAY,PAY']);
    expect(faultsOf(eventsFrom(...SOUND), ['PAY'], 0)).toEqual(['completed 0 times']);
    expect(faultsOf(eventsFrom(...SOUND), ['PAY'], 2)).toEqual(['completed 2 times']);
  });

  it('detects READY without its report', () => {
    const events = eventsFrom(...SOUND).map((event) => ({ ...event, report: { ...event.report, pay: null } }));
    expect(faultsOf(events, ['PAY'], 1)).toEqual([
      'event 3: pay is missing though it is READY',
      'event 3: pay is READY, and missing',
    ]);
  });

  it('detects a report whose status is ahead of its figures', () => {
    const ahead = (event: LiveEvent) => ({ ...event.report, status: { ...event.report.status, pay: 'READY' } });
    const events = eventsFrom(...SOUND).map((event, index) =>
      index === 2 ? { ...event, report: ahead(event) } : event,
    );
    expect(faultsOf(events, ['PAY'], 1)).toEqual(['event 2: pay is READY, and missing']);
  });

  it('lets a later subscriber join anywhere, and detects missed, repeated and different events', () => {
    const first = eventsFrom(...SOUND);
    for (let start = 0; start < first.length; start++) {
      expect(faultsOfJoining(first, first.slice(start), ['PAY'])).toEqual([]);
    }
    const [, pending, polled, ready] = first as [LiveEvent, LiveEvent, LiveEvent, LiveEvent];
    expect(faultsOfJoining(first, [pending, ready], ['PAY'])).not.toEqual([]);
    expect(faultsOfJoining(first, [polled, polled, ready], ['PAY'])).not.toEqual([]);
    expect(faultsOfJoining(first, [pending, { ...polled, retryAfterMs: 7 }, ready], ['PAY'])).not.toEqual([]);
    expect(faultsOfJoining(first, [{ ...ready, attempt: 1 }], ['PAY'])).not.toEqual([]);
  });
});
