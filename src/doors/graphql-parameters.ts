import type { FastifyRequest } from 'fastify';
import type { Asked, Variables } from '../graphql/operation.js';
import { refusal, type Refusal } from '../graphql/refusal.js';
import { isJson } from './cross-site.js';
import { JsonBody } from './http/json-body.js';
import { badRequest, isProblem, type Problem } from './problem.js';

/** What a request over HTTP asks for. */
export interface Parameters {
  /** What was received, if it can be compared with what others receive. */
  readonly received: string | null;
  readonly read: () => Asked;
}

/** The parameters of a request over HTTP, or what is wrong with them. `isKnown`: whether the same was received and read before. */
export function parametersOf(request: FastifyRequest, isKnown: (received: string) => boolean): Parameters | Problem {
  const { method, headers, body } = request;
  if (method !== 'GET' && !isJson(headers)) return badRequest('The content type must be application/json.', 415);
  const received = method === 'GET' ? searchOf(request) : body instanceof JsonBody ? body.received : null;
  if (received !== null && isKnown(received)) return { received, read: () => mustRead(request) };
  const parameters = readParameters(request);
  return isProblem(parameters) ? parameters : { received, read: () => parameters };
}

function readParameters({ method, query: search, body }: FastifyRequest): Asked | Problem {
  if (method === 'GET') return checkParameters(parametersInUrl(search as Record<string, unknown>));
  return checkParameters(body instanceof JsonBody ? body.value : body);
}

/** Those that had no problem before. */
function mustRead(request: FastifyRequest): Asked {
  const parameters = readParameters(request);
  if (isProblem(parameters)) throw new Error(parameters.message);
  return parameters;
}

/** With the question mark, by which it is told from a body. */
function searchOf({ raw: { url = '' } }: FastifyRequest): string | null {
  const start = url.indexOf('?');
  return start < 0 ? null : url.slice(start);
}

/**
 * A missing or empty query is left to the pipeline, because the request may be one for a persisted query. An empty
 * `operationName` is none, as GraphQL over HTTP has it for a URL.
 */
export function checkParameters(sent: unknown): Asked | Problem {
  if (!isRecord(sent)) return badRequest('The request must be a JSON object.');
  const { query, operationName, variables, extensions } = sent;
  if (typeof (query ?? '') !== 'string') return badRequest('`query` must be a string.');
  if (typeof (operationName ?? '') !== 'string') return badRequest('`operationName` must be a string.');
  if (!isRecord(variables ?? {})) return badRequest('`variables` must be an object.');
  if (!isRecord(extensions ?? {})) return badRequest('`extensions` must be an object.');
  const documentId = documentIdIn(sent);
  if (documentId !== null && typeof documentId === 'object') return documentId;
  return {
    query: (query ?? '') as string,
    documentId,
    operationName: (operationName || null) as string | null,
    variables: (variables ?? null) as Variables | null,
    extensions: (extensions ?? null) as Variables | null,
  };
}

/**
 * What names the document: `documentId`, as GraphQL over HTTP has it (Relay's documentation says `doc_id`), or the extension
 * of Apollo's automatic persisted queries. Null: nothing does.
 */
function documentIdIn({ documentId, doc_id, extensions }: Record<string, unknown>): string | null | Problem {
  const given = documentId ?? doc_id ?? null;
  if (typeof given === 'string') return given;
  if (given !== null) return badRequest('`documentId` must be a string.');
  const persistedQuery = isRecord(extensions) ? (extensions['persistedQuery'] ?? null) : null;
  if (persistedQuery === null) return null;
  const { version, sha256Hash } = isRecord(persistedQuery) ? persistedQuery : {};
  if (version !== 1) return badRequest('The `version` of `persistedQuery` must be 1.');
  return typeof sha256Hash === 'string' ? sha256Hash : badRequest('`sha256Hash` must be a string.');
}

/** The parameters in a URL, where `variables` and `extensions` are JSON. What is not JSON stays a string and is refused. */
function parametersInUrl({ variables, extensions, ...others }: Record<string, unknown>): object {
  return { ...others, variables: parsed(variables), extensions: parsed(extensions) };
}

function parsed(parameter: unknown): unknown {
  try {
    return typeof parameter === 'string' ? JSON.parse(parameter) : parameter;
  } catch {
    return parameter;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For a mutation by GET, which HTTP says changes nothing. */
export function mutationByGet(): Refusal {
  return refusal('BAD_REQUEST', 'A mutation must be sent by POST.', 405);
}
