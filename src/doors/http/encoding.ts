import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { remembered } from '../../lib/remembered.js';
import { problemOfJson } from '../request-json.js';
import { isTooLarge, TOO_LARGE } from '../size.js';
import { decodeUtf8 } from '../utf8.js';
import { JsonBody } from './json-body.js';

const BYTE_ORDER_MARK = '\ufeff';

export interface EncodingOptions {
  /** Whether a request of these bytes has been read before, so that it need not be read to be answered. */
  readonly isKnown: (received: string) => boolean;
}

/**
 * Both HTTP doors read UTF-8 and nothing else. What is decoded with loss has U+FFFD where the client had letters: two
 * different places would be one report, and neither would be the one that was asked for.
 */
export function registerEncoding(app: FastifyInstance, { isKnown }: EncodingOptions): void {
  app.addHook('onRequest', ({ raw: { url = '', headers } }, _reply, done) => {
    if (!isDecodable(searchOf(url))) return done(refused(400, 'The query string must be percent-encoded UTF-8.'));
    const problem = encodingProblem(headers);
    done(problem === null ? undefined : refused(415, problem));
  });

  // For a GET; the parameters that are JSON themselves.
  app.addHook('preValidation', ({ query }, _reply, done) => {
    const { variables, extensions } = query as Record<string, unknown>;
    const given = variables !== undefined || extensions !== undefined;
    const problem = given ? problemOfJson([variables, extensions].map(parsed)) : null;
    done(problem === null ? undefined : refused(400, problem));
  });

  const parseJson = app.getDefaultJsonParser('ignore', 'ignore');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isTooLarge(body.length)) return done(refused(TOO_LARGE.status, TOO_LARGE.message));
    const json = JsonBody.of(body);
    // The same bytes have been read before, without a problem.
    if (isKnown(json.received)) return done(null, json);
    const text = decodeUtf8(body);
    if (text === null) return done(refused(400, 'The body must be UTF-8.'));
    // Fastify passes over one as well, but nobody who reads the same bytes again does.
    if (text.startsWith(BYTE_ORDER_MARK)) return done(refused(400, 'The body must have one byte order mark at most.'));
    // It takes the request and calls back itself; nothing is returned.
    void parseJson(request, text, (error, value) => {
      const problem = error ? null : problemOfJson(value);
      if (problem) done(refused(400, problem));
      else done(error, json.with(value));
    });
  });
}

/** What is said about the encoding of the body that is not read here; null if nothing is. */
function encodingProblem(headers: IncomingHttpHeaders): string | null {
  const charset = otherCharset(headers['content-type'] ?? '');
  if (charset !== undefined) return `The charset must be utf-8; it is ${JSON.stringify(charset)}.`;
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return coding === 'identity'
    ? null
    : `The body must not be compressed; its content-encoding is ${JSON.stringify(coding)}.`;
}

/** Names of UTF-8 and of its subset. */
const UTF_8 = ['utf-8', 'utf8', 'us-ascii'];
const CHARSET = /;\s*charset\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi;

/** That of the content type which is not read here, if there is one. */
const otherCharset = remembered((contentType) => charsetsOf(contentType).find((name) => !UTF_8.includes(name)));

function charsetsOf(contentType: string): string[] {
  return [...contentType.matchAll(CHARSET)].map(([, quoted, token]) =>
    (quoted?.replace(/\\(.)/g, '$1') ?? token ?? '').trim().toLowerCase(),
  );
}

function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** Whether it is ASCII in which every `%` belongs to the encoding of a character. */
function isDecodable(search: string): boolean {
  if (/[^\x21-\x7e]/.test(search)) return false;
  try {
    decodeURIComponent(search);
    return true;
  } catch {
    return false;
  }
}

/** What is not JSON is left to whoever reads the parameters. */
function parsed(parameter: unknown): unknown {
  try {
    return typeof parameter === 'string' ? JSON.parse(parameter) : null;
  } catch {
    return null;
  }
}

function refused(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}
