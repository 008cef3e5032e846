import { Counter, type Registry } from 'prom-client';
import type { UpstreamObserver } from '../datasources/jobalyzer/call-log.js';
import { tallyDurations } from './duration-tally.js';
import { tally } from './tally.js';

const SECONDS = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Calls to Jobalyzer. Polls are `call="poll"`, with 202 for a report that is not ready. */
export function createUpstreamMetrics(registry: Registry): UpstreamObserver {
  const registers = [registry];
  const countDuration = tallyDurations<'call'>({
    name: 'jobalyzer_call_duration_seconds',
    help: 'Calls to Jobalyzer by their kind (token, submit, poll, lookup, usage), with their time.',
    buckets: SECONDS,
    registry,
  });
  const countCall = tally({
    name: 'jobalyzer_calls_total',
    help: 'Calls to Jobalyzer by their kind and the status of the response: none if there was no complete one.',
    labelNames: ['call', 'status'],
    registers,
  });
  const tokens = new Counter({
    name: 'jobalyzer_token_refreshes_total',
    help: 'Access tokens that were obtained, or could not be.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['obtained', 'failed']) tokens.inc({ outcome }, 0);

  return {
    called({ call, status, ms }) {
      countDuration(call, { call }, ms / 1_000);
      countCall(`${call} ${status}`, { call, status: status === null ? 'none' : String(status) });
    },
    tokenRefreshed: (outcome) => tokens.inc({ outcome }),
  };
}
