import type { DocumentNode, FormattedExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Client } from '../model/client.js';
import type { MaybeAsync } from '../lib/maybe-async.js';
import type { OperationContext } from '../resolvers/context.js';

/** Where a request came in, as far as the pipeline has to know. */
export interface Door {
  readonly name: 'http' | 'websocket' | 'sse';
  /** Who asks. Whenever it is called it gives the same answer. Throws an ApiError with UNAUTHENTICATED if it is nobody. */
  identify(): MaybeAsync<Client>;
  /** Whether the request came by a safe method (GET, HEAD): it may have been prefetched or repeated, and buys nothing. */
  readonly safe: boolean;
  /** Aborts when the client has gone. Called when something first waits: most operations never do. */
  signal(): AbortSignal;
  /** Calls `next` with what it read. Only for a door whose library reads requests itself; the others omit it. */
  read?(request: AuthenticatedRequest, next: Receive<AuthenticatedRequest>): MaybeAsync<Outcome>;
  /** Called once the operation is known and before anything of it runs. Throws a `Refusal` if this door does not serve it. */
  accept?(definition: OperationDefinitionNode): void;
}

/** What arrived at a door, and has been found to be well-formed. */
export interface ReceivedRequest {
  readonly door: Door;
  /** By which it is found in the log. */
  readonly requestId: string;
  /** The trace that it belongs to, as a header of W3C Trace Context. Absent: the client did not say. */
  readonly traceparent?: string | undefined;
  /** From `performance.now()`. */
  readonly startedAt: number;
  /** What it asks for; a door need not have looked yet. */
  readonly read: () => Asked;
  /**
   * The very bytes that arrived, each as a character: the same ones ask for the same, at every door. Null: they are not
   * compared with others.
   */
  readonly received: string | null;
}

/** The same, when it is known who sent it. */
export interface IdentifiedRequest extends ReceivedRequest {
  readonly client: Client;
}

/** What a client asks for, as it wrote it: not yet parsed. */
export interface Asked {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Variables | null;
  /** Names the document, besides its text or instead of it: the text is empty then. */
  readonly documentId?: string | null;
  /** What the protocol leaves to servers and clients to agree on, such as persisted queries. */
  readonly extensions?: Variables | null;
}

/** Who asks for what, and where. */
export interface AuthenticatedRequest extends Asked, Omit<IdentifiedRequest, 'read'> {
  /** The query, if the door has already parsed it. Not validated. */
  readonly parsed?: DocumentNode;
}

/** One valid operation of one client. */
export interface Operation {
  readonly door: Door;
  readonly client: Client;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Variables | null;
  readonly context: OperationContext;
  readonly startedAt: number;
  /** How many reports it asks for, whether they have to be bought or not. Zero until they have been counted. */
  readonly reports: number;
  /** One event of a subscription, for which the operation is executed. Absent until there is one. */
  readonly event?: object;
}

export type Variables = Readonly<Record<string, unknown>>;
/** A result as it is sent: its errors are formatted. */
export type Result = FormattedExecutionResult;
/** One result, or those of a subscription. */
export type Results = Result | AsyncIterableIterator<Result>;

/** What became of a request. */
export interface Outcome {
  /** Null: the request was refused before its operation was known. */
  readonly definition: OperationDefinitionNode | null;
  readonly results: Results;
  /** The HTTP status of a refusal, of which nothing was executed; null for an operation that ran. */
  readonly refused: number | null;
  /** How it was answered without being executed. Absent: it was not. */
  readonly stored?: 'made' | 'repeated';
}

/** Its outcome is there at once if nothing had to be waited for. */
export type Receive<Request = ReceivedRequest> = (request: Request) => MaybeAsync<Outcome>;
export type Run = (operation: Operation) => Promise<Results>;

/** One concern around everything that comes after it. It refuses by throwing a `Refusal` or an `ApiError`. */
export type Layer<Step extends Receive<never> | Run = Run> = (next: Step) => Step;

export function isStream(results: Results): results is AsyncIterableIterator<Result> {
  return Symbol.asyncIterator in results;
}
