import { Counter, Gauge, type Registry } from 'prom-client';
import type { RequestObserver } from '../graphql/layers/metrics.js';
import { boundedNames } from './bounded-names.js';
import { tallyDurations } from './duration-tally.js';
import { tally } from './tally.js';

const MOST_NAMES = 100;
const LONGEST_NAME = 60;
/** What is served from memory takes a millisecond; what waits for a report, up to REPORT_WAIT_MS. */
const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Operations by name, kind, door and code. A name counts as one only once an operation with it was valid. */
export function createRequestMetrics(registry: Registry): RequestObserver {
  const registers = [registry];
  const labelOf = boundedNames(MOST_NAMES, LONGEST_NAME);
  const countOperation = tally({
    name: 'graphql_operations_total',
    help: 'Requests for an operation, by its name ("" for none, "other" beyond the first hundred) and its kind ("" if it was refused before that was known).',
    labelNames: ['operation', 'kind', 'door'],
    registers,
  });
  const errors = new Counter({
    name: 'graphql_operation_errors_total',
    help: 'Operations that had an error with this code.',
    labelNames: ['operation', 'code'],
    registers,
  });
  const countDuration = tallyDurations<'kind' | 'door'>({
    name: 'graphql_operation_duration_seconds',
    help: 'From the request to its result; for a subscription, to its start.',
    buckets: SECONDS,
    registry,
  });
  const subscriptions = new Gauge({
    name: 'graphql_subscriptions',
    help: 'Open subscriptions.',
    labelNames: ['door'],
    registers,
  });
  const countStored = tally({
    name: 'graphql_stored_answers_total',
    help: 'Operations that were answered without being executed: made of reports in memory, or repeated as the same request was answered before.',
    labelNames: ['how'],
    registers,
  });
  // One for all subscriptions of a door, of which there may be thousands.
  const ended = {
    http: () => subscriptions.dec({ door: 'http' }),
    websocket: () => subscriptions.dec({ door: 'websocket' }),
    sse: () => subscriptions.dec({ door: 'sse' }),
  };

  return {
    answered({ door, operation: name, kind, codes, seconds, stored: how }) {
      const operation = name === null ? '' : labelOf(name);
      const labels = { kind: kind ?? '', door };
      const key = `${door} ${kind}`;
      countOperation(`${key} ${operation}`, { operation, ...labels });
      for (const code of codes) errors.inc({ operation, code });
      countDuration(key, labels, seconds);
      if (how) countStored(how, { how });
    },

    subscribed(door) {
      subscriptions.inc({ door });
      return ended[door];
    },
  };
}
