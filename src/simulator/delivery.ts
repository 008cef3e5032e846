import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { WireIssue } from '../contract/wire.js';
import { toCamelCase } from './letter-case.js';
import { altered, encode, padded, retryAfterText } from './alterations.js';
import type { FaultRule } from './fault-rule.js';
import type { FaultMoment } from './faults.js';
import type { SimulatorState } from './state.js';

/** A response before settings and faults are applied. */
export interface SimulatedResponse {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** True for bodies whose keys have only one letter case (OAuth, status). */
  fixedSpelling?: boolean;
  /** For a report: the one of the other type. */
  otherType?: () => unknown;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const SLOW_PIECES = 8;

/** @returns a response with only errors. */
export function errorResponse(status: number, errors: WireIssue[]): SimulatedResponse {
  return { status, body: { Warnings: null, Errors: errors } };
}

/** @returns a response with a single error that is not about an answer. */
export function generalError(status: number, code: string, message: string): SimulatedResponse {
  return errorResponse(status, [{ AnswerId: null, AnswerValue: null, Message: message, Code: code }]);
}

/**
 * Serves a call to which faults may apply: first those that replace the work, then those that need its response.
 * @param notAccepted for a submission: what `truncated` cuts off when nothing was accepted; null: the real response.
 */
export async function serve(
  state: SimulatorState,
  reply: FastifyReply,
  call: Pick<FaultMoment, 'on' | 'types'>,
  work: () => SimulatedResponse,
  notAccepted: SimulatedResponse | null = null,
): Promise<FastifyReply> {
  const before = state.faults.strike({ ...call, done: null });
  const placeholder = replacesWork(before) ? NO_RESPONSE : before?.kind === 'truncated' ? notAccepted : null;
  if (placeholder) return deliver(state, reply, placeholder, before);
  const response = work();
  return deliver(state, reply, response, state.faults.strike({ ...call, done: response.status }) ?? before);
}

/** Whether the fault is what is delivered, instead of what would be. */
export function replacesWork(fault: FaultRule | null): boolean {
  return fault !== null && fault.kind !== 'slow' && fault.kind !== 'truncated';
}

/** A placeholder that is never sent, for a fault that replaces the actual work. */
export const NO_RESPONSE: SimulatedResponse = { status: 200, body: {} };

/** Sends the response after the configured latency, with the fault applied if there is one. */
export async function deliver(
  state: SimulatorState,
  reply: FastifyReply,
  response: SimulatedResponse,
  fault: FaultRule | null = null,
): Promise<FastifyReply> {
  const { latencyMs, letterCase } = state.settings;
  if (fault) {
    state.counters.add('faults');
    state.log.debug({ on: fault.on, kind: fault.kind }, 'simulator: fault injected');
  }
  const slowHeaders = fault?.kind === 'slow' && fault.slowPart === 'headers' ? (fault.slowMs ?? 2_000) : 0;
  if (!(await pause(state, latencyMs + slowHeaders))) return reply.hijack();

  const spelled = ({ body, fixedSpelling }: SimulatedResponse) =>
    JSON.stringify(letterCase === 'camel' && !fixedSpelling ? toCamelCase(body) : body);
  const text = fault?.kind === 'altered' ? altered(response, fault, spelled) : spelled(response);
  reply.headers(response.headers ?? {}).type(JSON_TYPE);
  if (fault?.retryAfter !== undefined) reply.header('retry-after', retryAfterText(fault.retryAfter, Date.now()));
  switch (fault?.kind) {
    case undefined:
    case 'altered':
      return reply.code(response.status).send(text);
    case 'status':
      return reply.code(fault.status ?? 500).send(spelled(faultResponse(fault)));
    case 'respond':
      return reply
        .code(fault.status ?? 200)
        .type(fault.contentType ?? JSON_TYPE)
        .send(typeof fault.body === 'string' ? fault.body : spelled({ status: 200, body: fault.body ?? {} }));
    case 'malformed':
      return reply.code(fault.status ?? 200).send('{"Links": {"Self": undefined}, <html>');
    case 'empty':
      return reply.code(fault.status ?? 200).send('');
    case 'reset':
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      return reply;
    case 'hang':
      return reply.hijack();
    case 'headers':
      return reply
        .headers(fault.headers ?? {})
        .code(response.status)
        .send(text);
    case 'encoded':
      reply.header('content-encoding', fault.encoding ?? 'identity');
      return reply.code(response.status).send(encode(text, fault.encoding));
    case 'padded':
      return reply.code(response.status).send(padded(response, fault, spelled));
    case 'truncated':
      return cutOff(reply, response.status, text, { sent: 0.5, announced: 0 });
    case 'unterminated':
      return cutOff(reply, response.status, text, { sent: 1, announced: fault.framing === 'length' ? 2 : null });
    case 'slow':
      return slowHeaders ? reply.code(response.status).send(text) : trickle(state, reply, response.status, text, fault);
  }
}

/** @returns false if the simulator was closed meanwhile: its connections are gone, and nothing can be sent. */
async function pause(state: SimulatorState, ms: number): Promise<boolean> {
  if (ms <= 0) return true;
  try {
    await sleep(ms, undefined, { signal: state.closing.signal });
    return true;
  } catch {
    return false;
  }
}

function faultResponse(fault: FaultRule): SimulatedResponse {
  const status = fault.status ?? 500;
  if (fault.on === 'token') {
    return {
      status,
      body: { error: fault.error ?? (status < 500 ? 'invalid_client' : 'server_error') },
      fixedSpelling: true,
    };
  }
  if (fault.errors) {
    const { errors, repeat = 1 } = fault;
    return errorResponse(status, Array.from({ length: repeat }, () => errors).flat());
  }
  const message = `The simulator is configured to answer ${status}.`;
  if (fault.on === 'lookup' && status !== 401) return { status, body: { ErrorMessage: message, Context: null } };
  return generalError(status, 'SimulatedFault', message);
}

/**
 * Sends a part of the body and closes the connection.
 * @param announced how much larger than the body the Content-Length is, in bytes; null: chunked, without a last chunk.
 */
function cutOff(
  reply: FastifyReply,
  status: number,
  text: string,
  { sent, announced }: { sent: number; announced: number | null },
): FastifyReply {
  reply.hijack();
  const body = Buffer.from(text);
  const framing =
    announced === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length + announced };
  // Headers that were set on the reply, such as a cookie, are sent too.
  const set = reply.getHeaders() as OutgoingHttpHeaders;
  reply.raw.writeHead(status, { ...set, 'content-type': JSON_TYPE, ...framing });
  reply.raw.write(body.subarray(0, Math.floor(body.length * sent)), () => reply.raw.socket?.destroySoon());
  return reply;
}

async function trickle(
  state: SimulatorState,
  reply: FastifyReply,
  status: number,
  text: string,
  fault: FaultRule,
): Promise<FastifyReply> {
  reply.hijack();
  const body = Buffer.from(text);
  reply.raw.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': body.length });
  const size = Math.ceil(body.length / SLOW_PIECES);
  for (let from = 0; from < body.length && !reply.raw.destroyed; from += size) {
    if (!(await pause(state, (fault.slowMs ?? 2_000) / SLOW_PIECES))) return reply;
    reply.raw.write(body.subarray(from, from + size));
  }
  reply.raw.end();
  return reply;
}
