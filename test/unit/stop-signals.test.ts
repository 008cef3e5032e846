import { expect, it, onTestFinished, vi } from 'vitest';
import { onStopSignals } from '../../src/lib/stop-signals.js';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What is called for the signals of this process, in order. */
function listening(): readonly string[] {
  const before = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);
  onTestFinished(() => {
    for (const [signal, listeners] of before) {
      process.removeAllListeners(signal);
      for (const listener of listeners) process.on(signal, listener);
    }
  });
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  const called: string[] = [];
  onStopSignals(
    (signal) => called.push(signal),
    () => called.push('at once'),
  );
  return called;
}

it('the same Ctrl-C that comes twice stops once more, and only the next one at once', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const called = listening();
  process.emit('SIGINT');
  vi.advanceTimersByTime(900);
  process.emit('SIGINT');
  expect(called).toEqual(['SIGINT', 'SIGINT']);
  vi.advanceTimersByTime(200);
  process.emit('SIGINT');
  expect(called).toEqual(['SIGINT', 'SIGINT', 'at once']);
});

it('no other signal ends it at once, however often it comes', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const called = listening();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTERM'] as const) {
    process.emit(signal);
    vi.advanceTimersByTime(5_000);
  }
  expect(called).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGTERM']);
});
