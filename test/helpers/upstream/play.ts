import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { inLetterCase } from './letter-case.ts';
import type { Memory } from './memory.ts';
import type { Route } from './routes.ts';
import type { Move, ResponseStep, Step } from './steps.ts';
import type { RecordedRequest } from './types.ts';
import { pendingResponse, readyResponse, usualResponse } from './usual.ts';

/** One request and everything needed to respond to it. */
export interface Conversation {
  request: RecordedRequest;
  route: Route;
  response: ServerResponse;
  memory: Memory;
  /** Aborted when the upstream stops. */
  stopped: AbortSignal;
  /** Ends the count of an open poll; must be called before the last byte of its response is sent. */
  closePoll: () => void;
}

/** Executes a step. Resolves when the last byte is handed over, or when there is nothing more to do. */
export async function play(step: Step, conversation: Conversation): Promise<void> {
  const move = await settle(step, conversation);
  const { response, closePoll } = conversation;
  if (move.do === 'hang' || response.destroyed) return;
  if (move.do === 'reset') {
    closePoll();
    response.socket?.resetAndDestroy();
    return;
  }
  if (move.do === 'respond') {
    const body = bodyOf(move, conversation);
    begin(move, body, conversation);
    closePoll();
    response.end(body);
    return;
  }
  const whole = await settle(move.of, conversation);
  if (whole.do !== 'respond') return play(whole, conversation);
  if (response.destroyed) return;
  const body = bodyOf(whole, conversation);
  const part = body.subarray(0, move.after === 'half' ? body.length >> 1 : move.after);
  begin(whole, body, conversation);
  response.flushHeaders();
  const socket = response.socket;
  const finish = () => {
    closePoll();
    if (move.ending === 'reset') socket?.resetAndDestroy();
    else socket?.destroy();
  };
  if (part.length > 0) response.write(part, finish);
  else setImmediate(finish);
}

type Final = Extract<Move, { do: 'respond' | 'reset' | 'hang' | 'cut' }>;

/** Resolves a step, through its delays and functions, to the final action. */
async function settle(step: Step, conversation: Conversation): Promise<Final> {
  const { request, route, memory, stopped } = conversation;
  stopped.throwIfAborted();
  if (typeof step === 'function') return settle(await step(request), conversation);
  switch (step.do) {
    case 'usual':
      return usualResponse(request, route, memory);
    case 'ready':
      return readyResponse(step.body, route, memory);
    case 'pending':
      return pendingResponse(step.hint, memory);
    case 'slow':
      await delay(step.ms, undefined, { signal: stopped });
      return settle(step.next, conversation);
    case 'gate':
      step.arrive(request);
      return settle(await step.released, conversation);
    case 'accepted':
      if (route.kind === 'submit') memory.accept(request);
      return settle(step.next, conversation);
    case 'respond':
      if (route.kind === 'submit' && buys(step)) memory.accept(request);
      return step;
    default:
      return step;
  }
}

/** A 2xx to a POST means it was accepted, even with an unreadable body, unless the body has `Errors`. */
function buys({ status, body }: ResponseStep): boolean {
  if (status < 200 || status > 299) return false;
  const errors = field(body, 'Errors');
  return !Array.isArray(errors) || errors.length === 0;
}

function begin(step: ResponseStep, body: Buffer, { request, route, response, memory }: Conversation): void {
  const { location } = step.headers;
  if (step.status >= 300 && step.status < 400 && location !== undefined) {
    const target = URL.parse(location, memory.origin + request.path);
    if (target?.origin === memory.origin) memory.redirects.add(target.pathname);
  }
  if (route.kind === 'poll' && step.status === 202) {
    memory.notePending(memory.link(route.link), field(step.body, 'RetryAfterMilliseconds'));
  }
  const bodiless = step.status === 204 || step.status === 304;
  response.writeHead(step.status, {
    'content-type': 'application/json; charset=utf-8',
    ...(bodiless ? {} : { 'content-length': String(body.length) }),
    ...step.headers,
  });
}

function bodyOf({ body, respell }: ResponseStep, { memory }: Conversation): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(JSON.stringify(respell ? inLetterCase(body, memory.options.letterCase) : body));
}

/** A field of a body in either letter case, if present. */
function field(body: unknown, name: string): unknown {
  let value = body;
  if (typeof body === 'string') {
    try {
      value = JSON.parse(body);
    } catch {
      return undefined;
    }
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  return fields[name] ?? fields[name.charAt(0).toLowerCase() + name.slice(1)];
}
