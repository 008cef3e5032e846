import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import { VERSION } from '../lib/version.js';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;
const RESOLUTION_MS = 20;

/** This process. prom-client's own measures of it cannot be switched off again. Returns what ends them. */
export function measureProcess(registry: Registry): () => void {
  const registers = [registry];
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const lag = new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late the event loop was since the last scrape: the 99th percentile and the longest time.',
    labelNames: ['quantile'],
    registers,
    collect() {
      // What the timer itself needs is no lag.
      const seconds = (nanoseconds: number): number => Math.max(nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000, 0);
      lag.set({ quantile: '0.99' }, delays.count > 0 ? seconds(delays.percentile(99)) : 0);
      lag.set({ quantile: '1' }, delays.count > 0 ? seconds(delays.max) : 0);
      delays.reset();
    },
  });
  const memory: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect: () => memory.set(process.memoryUsage.rss()),
  });
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time that the process has used.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / MICROSECONDS);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process was started, in seconds since 1970.',
    registers,
  }).set(Math.round(performance.timeOrigin) / 1_000);
  new Gauge({
    name: 'jobalyzer_graphql_info',
    help: 'Always 1; the label is the release that is running.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1);
  return () => delays.disable();
}
