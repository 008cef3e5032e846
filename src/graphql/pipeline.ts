import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { FixedWindow } from '../lib/fixed-window.js';
import type { Services } from './context.js';
import type { Documents } from './documents.js';
import type { FormatError } from './format-error.js';
import { acceptAtDoor } from './layers/accept-at-door.js';
import { authenticate } from './layers/authenticate.js';
import { boundReports } from './layers/bound-reports.js';
import { boundText } from './layers/bound-text.js';
import { checkArguments } from './layers/check-arguments.js';
import { execute } from './layers/execute.js';
import { formatRefusals } from './layers/format-refusals.js';
import { admitAtRate, chargeReports } from './layers/limit-rate.js';
import { logRequests } from './layers/log.js';
import { logWithRequestId } from './layers/log-scope.js';
import { observeRequests, type RequestObserver } from './layers/metrics.js';
import { persistedOperations } from './layers/persisted-operations.js';
import { readAtDoor } from './layers/read-at-door.js';
import { readOperation } from './layers/read-operation.js';
import { relieve, type Pressure } from './layers/relieve.js';
import { readRequest } from './layers/read-request.js';
import { reportBudget } from './layers/report-budget.js';
import { shareEvents } from './layers/share-events.js';
import { openStoredAnswers } from './stored/open.js';
import { subscribe } from './layers/subscribe.js';
import { traceRequests } from './layers/trace.js';
import type { Tracing } from '../lib/tracing.js';
import type { AuthenticatedRequest, IdentifiedRequest, Layer, Receive, Run } from './operation.js';
import type { Safelist } from './persisted/safelist.js';
import type { RepeatedAnswers } from './stored/repeated.js';

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  /** The list of operations that are served; null: any operation is. */
  readonly safelist: (() => Safelist) | null;
  readonly services: Services;
  /** Whether errors must not name what the schema has instead of a misspelt name. */
  readonly hideSuggestions: boolean;
  readonly formatError: FormatError;
  /** How many reports one operation may ask for. */
  readonly maxReports: number;
  /** How many points each client has. */
  readonly rate: FixedWindow;
  readonly pressure: Pressure;
  /** Where answers are kept that are made of stored reports. Null: every operation is executed. */
  readonly repeated: RepeatedAnswers | null;
  readonly log: Logger;
  readonly observer: RequestObserver;
  /** Null: nothing is traced. */
  readonly tracing?: Tracing | null;
}

/**
 * What happens to a request at every door, in this order: each layer is around all that follow it. A concern of all doors
 * is one more line here, and a file in `layers/`.
 */
export function createPipeline({
  schema,
  documents,
  safelist,
  services,
  hideSuggestions,
  formatError,
  maxReports,
  rate,
  pressure,
  repeated,
  log,
  observer,
  tracing = null,
}: PipelineOptions): Receive {
  const stored = repeated && openStoredAnswers({ schema, documents, services, repeated, safelist, maxReports, rate });
  return around<Receive>(
    [
      logWithRequestId,
      ...(tracing ? [traceRequests(tracing)] : []),
      observeRequests(observer),
      logRequests(log),
      formatRefusals(formatError),
    ],
    authenticate(
      around<Receive<IdentifiedRequest>>(
        [relieve(pressure), admitAtRate(rate), ...(stored ? [stored.repeat] : [])],
        readRequest(
          around<Receive<AuthenticatedRequest>>(
            [
              boundText(documents),
              persistedOperations({ documents, safelist }),
              ...(stored ? [stored.answer] : []),
              readAtDoor,
            ],
            readOperation(
              { documents, services, formatError },
              around<Run>(
                [
                  boundReports(schema, maxReports),
                  chargeReports(rate),
                  acceptAtDoor,
                  checkArguments(schema),
                  reportBudget(),
                  subscribe({ schema, formatError, hideSuggestions }),
                  shareEvents(),
                ],
                execute({ schema, formatError, hideSuggestions }),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** The first layer is the outermost. */
export function around<Step extends Receive<never> | Run>(layers: readonly Layer<Step>[], innermost: Step): Step {
  return layers.reduceRight((next, layer) => layer(next), innermost);
}
