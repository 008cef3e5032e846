/** Ten minutes of mixed load and faults: what a leak would make grow must not grow once the server is warm. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule } from '../src/simulator/fault-rule.js';
import { median, table } from './support/figures.ts';
import { exactly } from './support/results.ts';
import { sizes } from './support/sizes.ts';
import { askChild, play, preload } from './support/stage.ts';
import { VISITORS, type Visit } from './support/visitors.ts';
import type { Vitals } from './support/vitals.ts';

const { seconds: SECONDS, 'warm-up-seconds': WARM_UP_SECONDS } = sizes({ seconds: 600, 'warm-up-seconds': 120 });
/** Vitals are taken at rest: the load stops for a moment, so that what is in flight is not mistaken for a leak. */
const LOOKS = 11;
const LONGEST_REST_MS = 8_000;
/** Few enough to be in every cache after the warm-up; bought again when they expire, so that all parts are always at work. */
const REPORTS = 500;
const REPORT_TTL_HOURS = '0.01';

/** Upstream at its worst, but most requests succeed. */
const FAULTS: readonly FaultRule[] = [
  { on: 'token', kind: 'status', status: 429, retryAfter: 1, probability: 0.1 },
  { on: 'submit', kind: 'reset', afterAccept: true, probability: 0.02 },
  { on: 'submit', kind: 'status', status: 503, probability: 0.05 },
  { on: 'submit', kind: 'truncated', probability: 0.02 },
  { on: 'poll', kind: 'status', status: 500, probability: 0.1 },
  { on: 'poll', kind: 'reset', probability: 0.05 },
  { on: 'poll', kind: 'hang', probability: 0.01 },
  { on: 'poll', kind: 'slow', slowMs: 1_000, probability: 0.02 },
  { on: 'poll', kind: 'status', status: 404, probability: 0.01 },
  { on: 'lookup', kind: 'status', status: 500, probability: 0.2 },
];

await play(async (stage) => {
  const simulator = await stage.simulate({
    delayMs: { min: 100, max: 2_000 },
    retryAfterMs: 200,
    tokenLifeMs: 20_000,
    expiresIn: 20,
    faults: [...FAULTS],
  });
  const { server, url } = await stage.serve(simulator.origin, {
    nodeArguments: ['--expose-gc', ...preload('./vitals.ts')],
    settings: { REPORT_TTL_HOURS },
  });
  const counts = new Map<string, number>();
  const looks: Vitals[] = [];
  const periodMs = ((SECONDS - WARM_UP_SECONDS) * 1_000) / (LOOKS - 1);
  await load(url, WARM_UP_SECONDS * 1_000, counts);
  looks.push(await askChild<Vitals>(server.child, 'vitals'));
  while (looks.length < LOOKS) {
    await load(url, periodMs, counts);
    looks.push(await askChild<Vitals>(server.child, 'vitals'));
  }
  const { posts, duplicates, polls, tokens } = simulator.counters();
  const { code, signal } = await server.end('SIGTERM');

  table(['vital', 'after warm-up', 'median', 'at the end', 'growth per hour'], vitalRows(looks));
  console.log('');
  table(
    ['what', 'figure'],
    [
      ...[...counts]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([what, count]) => [what, count.toLocaleString('en')]),
      ['tokens', tokens],
      ['POSTs', posts],
      ['bought again, after expiry or on request', duplicates],
      ['polls', polls],
      ['uncaught exceptions and unhandled rejections', looks.at(-1)?.uncaught ?? Number.NaN],
      ['exit after SIGTERM', String(code ?? signal)],
    ],
  );
  const [first, last] = [looks[0], looks.at(-1)];
  const megabytes = (bytes = Number.NaN): number => bytes / 1024 / 1024;
  return {
    figures: [
      { what: 'heap after garbage collection, after the warm-up', value: megabytes(first?.heapBytes), unit: 'MB' },
      { what: 'heap after garbage collection, at the end', value: megabytes(last?.heapBytes), unit: 'MB' },
      {
        what: 'heap after garbage collection, growth by least squares',
        value: megabytes(slope(looks.map(({ heapBytes }) => heapBytes))),
        unit: 'MB',
        atMost: 3,
      },
      { what: 'file descriptors, after the warm-up', value: first?.fileDescriptors ?? Number.NaN, unit: 'count' },
      { what: 'file descriptors, at the end', value: last?.fileDescriptors ?? Number.NaN, unit: 'count' },
      { what: 'resident set size, after the warm-up', value: megabytes(first?.rssBytes), unit: 'MB' },
      { what: 'resident set size, at the end', value: megabytes(last?.rssBytes), unit: 'MB' },
      exactly('exceptions and rejections that nothing caught', last?.uncaught ?? Number.NaN, 0),
      exactly('exit code after SIGTERM', code ?? Number.NaN, 0),
    ],
  };
});

/** All visitors for this long, then rest. */
async function load(url: string, forMs: number, counts: Map<string, number>): Promise<void> {
  const over = new AbortController();
  const restMs = Math.min(LONGEST_REST_MS, forMs / 2);
  const until = performance.now() + forMs - restMs;
  const visit: Visit = {
    url,
    signal: over.signal,
    report: () => Math.floor(Math.random() * REPORTS),
    note: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
  };
  const visitors = Object.values(VISITORS).flatMap(({ many, visit: once }) =>
    Array.from({ length: many }, async () => {
      while (performance.now() < until) {
        await once(visit).catch((error: Error) =>
          visit.note(error.name === 'TimeoutError' || over.signal.aborted ? 'left' : `failed: ${error.name}`),
        );
        await sleep(20 + Math.random() * 60);
      }
    }),
  );
  await Promise.race([Promise.all(visitors), sleep(forMs - restMs + 1_000)]);
  over.abort();
  await Promise.all(visitors);
  await sleep(Math.max(until + restMs - performance.now(), 0));
}

function vitalRows(looks: readonly Vitals[]): (string | number)[][] {
  const hours = (SECONDS - WARM_UP_SECONDS) / 3_600;
  const row = (name: string, of: (vitals: Vitals) => number, unit: (value: number) => string) => {
    const values = looks.map(of);
    return [
      name,
      unit(values[0] ?? NaN),
      unit(median(values)),
      unit(values.at(-1) ?? NaN),
      unit(slope(values) / hours),
    ];
  };
  const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const whole = (value: number): string => value.toFixed(0);
  return [
    row('heap after garbage collection', ({ heapBytes }) => heapBytes, megabytes),
    row('resident set size', ({ rssBytes }) => rssBytes, megabytes),
    row('file descriptors', ({ fileDescriptors }) => fileDescriptors, whole),
    row('  of them sockets', ({ sockets }) => sockets, whole),
    row('handles', ({ handles }) => handles, whole),
  ];
}

/** By least squares: the growth from the first value to the last. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const along = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return (along / spread) * (values.length - 1);
}
