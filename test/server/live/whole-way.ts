import { expect } from 'vitest';
import type { StepFragment } from '../../generated/operations.js';

type StatusOnly = Pick<StepFragment, 'type' | 'status'>;

/** The statuses that one of the reports went through, without repetitions. */
export function way(steps: readonly StatusOnly[], type: 'PAY' | 'YOE'): string[] {
  const statuses = steps.filter((step) => step.type === type).map(({ status }) => status);
  return statuses.filter((status, index) => status !== statuses[index - 1]);
}

/** Asserts that these are all events of both reports, from SUBMITTING to the figures. */
export function expectWholeWay(steps: readonly StepFragment[]): void {
  for (const type of ['PAY', 'YOE'] as const) {
    expect(way(steps, type), type).toEqual(['SUBMITTING', 'PENDING', 'READY']);
    const attempts = steps.filter((step) => step.type === type).map(({ attempt }) => attempt);
    expect(attempts, type).toEqual(attempts.toSorted((a, b) => a - b));
  }
  expect(steps.find(({ status }) => status !== 'READY')?.report).toMatchObject({ pay: null, yoe: null });
  const pay = steps.find(({ type, status }) => type === 'PAY' && status === 'READY');
  expect(pay?.report.pay?.basePay?.percentile50).toBe(104_300);
  const yoe = steps.find(({ type, status }) => type === 'YOE' && status === 'READY');
  expect(yoe?.report.yoe?.ranges[0]?.percentile50).toBeGreaterThan(0);
  // The very last event has both.
  expect(steps.at(-1)?.report).toMatchObject({ pay: expect.anything(), yoe: expect.anything() });
}
