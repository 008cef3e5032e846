import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type ExecutionArgs,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql';
import { CloseCode, makeServer, type Server } from 'graphql-ws';
import type { Authenticate, Credentials, Identity } from '../../graphql/authentication/authenticate.js';
import { ApiError } from '../../errors.js';
import type { FormatError } from '../../graphql/format-error.js';
import { isStream, type Door, type Receive, type ReceivedRequest, type Results } from '../../graphql/operation.js';
import type { Client } from '../../model/client.js';
import { currentLogScope } from '../../lib/log-scope.js';
import { SlowReader } from '../../lib/push-queue.js';
import { credentialsOfSocket } from '../credentials.js';
import { errorOf, isProblem, type Problem } from '../problem.js';
import { requestIdOf } from '../request-id.js';
import type { SocketOperations } from './socket-operations.js';

export interface ProtocolOptions {
  readonly receive: Receive;
  readonly authenticate: Authenticate;
  readonly formatError: FormatError;
}

/** What the protocol needs of the socket that a message came from. */
export interface SocketExtra {
  readonly operations: SocketOperations;
  /** Those of the request with which it was opened. Asked once. */
  credentials(): Credentials;
  /** Who speaks. Null until the connection is initialised; before that no operation runs. */
  identity: Identity | null;
  refuse(code: number, reason: string): void;
  terminate(): void;
}

const MOST_OPERATIONS = 100;
/** A close code of the WebSocket protocol itself. */
const TRY_AGAIN_LATER = 1013;

/** `graphql-transport-ws`, by graphql-ws. What happens to an operation is the pipeline's. */
export function createProtocol({ receive, authenticate, formatError }: ProtocolOptions): Server<SocketExtra> {
  return makeServer<Record<string, unknown> | undefined, SocketExtra>({
    // The connections look at that themselves, without a timer for each.
    connectionInitWaitTimeout: 0,

    async onConnect({ connectionParams, extra }) {
      try {
        extra.identity = await authenticate(credentialsOfSocket(connectionParams, extra.credentials()));
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        extra.refuse(error.code === 'UNAUTHENTICATED' ? CloseCode.Forbidden : TRY_AGAIN_LATER, error.message);
        return false;
      }
    },

    async onSubscribe({ subscriptions, extra }, id) {
      const { operations } = extra;
      // This operation is already among the ids. A client frees an id by completing it, but it may still be running.
      const many = Math.max(Object.keys(subscriptions).length, operations.executing + 1);
      const asked = operations.askedBy(id);
      if (many > MOST_OPERATIONS) return [tooManyOperations()];
      if (isProblem(asked)) return [requestError(asked)];
      operations.add(id);
      const executed = operations.execute();
      const request: ReceivedRequest = {
        door: new SocketDoor(extra, id),
        requestId: requestIdOf(undefined),
        startedAt: performance.now(),
        received: Buffer.from(JSON.stringify(asked)).toString('latin1'),
        read: () => asked,
      };
      // Entering another scope leaves a copy of this one behind, which would be kept as long as a subscription lasts. Of a
      // subscription, this is only its start.
      const { definition, results, refused } = await currentLogScope()
        .run(async () => receive(request))
        .finally(executed);
      if (refused === null && definition) return argsWith(definition, results);
      operations.remove(id);
      return isStream(results) ? [] : (results.errors ?? []).map((error) => new FormattedError(error));
    },

    // Both only hand over what the pipeline has already done.
    execute: resultsIn,
    subscribe: resultsIn,
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onComplete: ({ extra }, id) => extra.operations.remove(id),
    onError({ extra }, id, _payload, errors) {
      extra.operations.remove(id);
      if (errors.some(({ originalError }) => originalError instanceof SlowReader)) extra.terminate();
      return errors.map((error) => (error instanceof FormattedError ? error.formatted : formatError(error)));
    },
  });
}

/** The door as one operation sees it: thousands of subscriptions have one. */
class SocketDoor implements Door {
  readonly name = 'websocket';
  readonly safe = false;
  #client: Client | undefined;

  constructor(
    private readonly extra: SocketExtra,
    private readonly id: string,
  ) {}

  /** Whoever asked stays the same, even if its credentials end meanwhile. */
  identify(): Client {
    return (this.#client ??= clientOf(this.extra));
  }

  signal(): AbortSignal {
    return this.extra.operations.signal(this.id);
  }
}

function clientOf({ identity }: SocketExtra): Client {
  if (!identity) throw new Error('graphql-ws let an operation through before the connection was initialised.');
  const ended = identity.ended();
  if (ended) throw ended;
  return identity.client;
}

/** graphql-ws looks up the kind of operation, then passes this to `execute` or `subscribe`. */
function argsWith(definition: OperationDefinitionNode, results: Results): ExecutionArgs {
  const args: Omit<ExecutionArgs, 'schema'> = { document: documentOf(definition), rootValue: results };
  return args as ExecutionArgs;
}

const documents = new WeakMap<OperationDefinitionNode, DocumentNode>();

/** One for all who follow something by the same operation. */
function documentOf(definition: OperationDefinitionNode): DocumentNode {
  const known = documents.get(definition);
  if (known) return known;
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition] };
  documents.set(definition, document);
  return document;
}

function resultsIn({ rootValue }: ExecutionArgs): ReturnType<NonNullable<Executor>> {
  return rootValue as ReturnType<NonNullable<Executor>>;
}

type Executor = NonNullable<Parameters<typeof makeServer>[0]['execute']>;

/** graphql-ws accepts only instances of GraphQLError. */
class FormattedError extends GraphQLError {
  constructor(readonly formatted: GraphQLFormattedError) {
    super(formatted.message);
  }
}

function requestError(problem: Problem): GraphQLError {
  const { message, extensions } = errorOf(problem);
  return new GraphQLError(message, { extensions });
}

function tooManyOperations(): GraphQLError {
  return new GraphQLError(
    `This connection already has ${MOST_OPERATIONS} active operations; complete one or open another connection.`,
    { extensions: { code: 'RATE_LIMITED', limit: MOST_OPERATIONS } },
  );
}
