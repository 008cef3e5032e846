import { onTestFinished, vi } from 'vitest';
import type { WireAnswers, WireIssue } from '../../src/contract/wire.js';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.js';

export const CLIENT = 'acme';
export const CALLER = `customerId=${CLIENT}&user=${CLIENT}`;

export const NURSE: WireAnswers = { JobTitle: 'Registered Nurse', Country: 'United States', City: 'Seattle' };

/** Starts a simulator with reports that are ready immediately, and closes it after the test. */
export async function started(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ delayMs: { min: 0, max: 0 }, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Stops the clock until the end of the test and returns a function that moves it. Timers are not affected. */
export function stopClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => void vi.setSystemTime(Date.now() + ms);
}

export interface Reply {
  status: number;
  headers: Headers;
  // Bodies have many shapes; a missing field fails the test.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export async function call(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

export function tokenForm(changes: Record<string, string | undefined> = {}): string {
  const fields = {
    grant_type: 'client_credentials',
    scope: 'jobalyzer',
    client_id: CLIENT,
    client_secret: 'a-secret',
    ...changes,
  };
  return new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  ).toString();
}

export function askToken({ origin }: Simulator, body = tokenForm(), type = 'application/x-www-form-urlencoded') {
  return call(`${origin}/connect/token`, { method: 'POST', body, headers: { 'content-type': type } });
}

/** A client of a simulator with a token. */
export async function clientOf(simulator: Simulator) {
  const { origin } = simulator;
  const token = (await askToken(simulator)).body.access_token as string;
  const authorization = `Bearer ${token}`;
  const post = (body: unknown, path = '/jobalyzer/v1/reports', headers: Record<string, string> = {}) =>
    call(`${origin}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    authorization,
    post,
    /** A GET with the token and the caller's parameters. */
    get: (pathOrUrl: string, caller = CALLER, init: RequestInit = {}) => {
      const url = new URL(pathOrUrl, origin);
      url.search = [url.search.slice(1), caller].filter(Boolean).join('&');
      return call(url.href, { headers: { authorization }, ...init });
    },
    ask: (answers: object = NURSE, more: object = {}) =>
      post({ customerId: CLIENT, user: CLIENT, requestedReports: ['yoe', 'pay'], answers, ...more }),
  };
}

export function codes(reply: Reply): (string | null | undefined)[][] {
  return (reply.body.Errors as WireIssue[]).map(({ AnswerId, Code }) => [AnswerId, Code]);
}
