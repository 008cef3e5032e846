import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { WireReportKey } from '../../src/contract/wire.ts';
import { OWN_HOST } from './loopback.ts';
import { Memory } from './upstream/memory.ts';
import { play } from './upstream/play.ts';
import { routeOf, type Route } from './upstream/routes.ts';
import { judge } from './upstream/rules.ts';
import { Queue, type Step } from './upstream/steps.ts';
import type { Purchase, RecordedRequest, RequestKind, Submission, UpstreamOptions } from './upstream/types.ts';

export { startBystander, type Bystander } from './upstream/bystander.ts';
export { impactBody, payBody, yoeBody, type Overrides } from './upstream/samples.ts';
export * from './upstream/steps.ts';
export { answersKey } from './upstream/types.ts';
export type { Purchase, RecordedRequest, RequestKind, Submission, UpstreamOptions } from './upstream/types.ts';

/** Scripted steps for each kind of request; a request takes the next one of its queue, or else the default. */
export interface Script {
  readonly token: Queue;
  readonly submit: Queue;
  /** The polls of every link for that report. */
  poll(report: WireReportKey): Queue;
  /** Impact, autocomplete, job title match and locations. */
  readonly lookup: Queue;
  readonly status: Queue;
}

/**
 * A fake Jobalyzer for tests, over real HTTP on loopback: correct and fast unless a script says otherwise, and strict
 * about requests. Both the token endpoint and the API are at `url`.
 *
 * Broken rules are recorded in `violations`. Requests that cannot be served, or whose token expired, are refused with
 * 400, 401 or 404 and **take no step from the script**; those that are merely early or break another rule are served
 * anyway.
 */
export class Upstream {
  readonly options: UpstreamOptions;
  readonly script: Script;
  readonly #memory: Memory;
  readonly #listeners = new Set<(request: RecordedRequest) => void>();
  readonly #sockets = new Map<Socket, number>();
  #connections = 0;
  #server: Server | undefined;
  #stopping = new AbortController();

  constructor(options: UpstreamOptions) {
    this.options = options;
    this.#memory = new Memory(options);
    const polls = { pay: new Queue(), yoe: new Queue() };
    this.script = {
      token: new Queue(),
      submit: new Queue(),
      poll: (report) => polls[report],
      lookup: new Queue(),
      status: new Queue(),
    };
  }

  /** The origin, without a trailing slash. It stays the same across `stop()` and `start()`. */
  get url(): string {
    return this.#memory.origin;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Every request whose body arrived completely, in order. */
  get requests(): readonly RecordedRequest[] {
    return this.#memory.requests;
  }

  /** The rules that clients have broken. */
  get violations(): readonly string[] {
    return this.#memory.violations;
  }

  /** The reports that were accepted, and so would be billed. */
  get purchases(): readonly Purchase[] {
    return this.#memory.purchases;
  }

  get tokensIssued(): number {
    return this.#memory.tokensIssued;
  }

  /**
   * When the report of a purchase can be collected, as `performance.now()`. Throws without the option `reportTakesMs`.
   */
  readyAt({ link }: Purchase): number {
    const { readyAt } = this.#memory.link(link);
    if (readyAt === undefined) throw new Error('The option reportTakesMs was not set when this report was bought.');
    return readyAt;
  }

  get maxOpenPollsPerLink(): number {
    return this.#memory.maxOpenPollsPerLink;
  }

  /** The number of open TCP connections. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** How many requests of a kind arrived, including refused ones. */
  count(kind: RequestKind): number {
    return this.requests.filter((request) => request.kind === kind).length;
  }

  /** What each POST requested, accepted or not. */
  submits(): Submission[] {
    return this.requests
      .filter(({ kind }) => kind === 'submit')
      .map(({ body }) => {
        const { requestedReports = [], answers = {} } = (body ?? {}) as Partial<Submission>;
        return { requestedReports, answers } as Submission;
      });
  }

  polls(report?: WireReportKey): RecordedRequest[] {
    return this.requests.filter((request) => request.kind === 'poll' && (!report || request.report === report));
  }

  /** How many reports were accepted. */
  bought(type?: WireReportKey): number {
    return this.purchases.filter((purchase) => !type || purchase.type === type).length;
  }

  /** Makes all tokens issued so far get a 401. */
  revokeTokens(): void {
    this.#memory.revokeTokens();
  }

  /** A valid link without a purchase, for use in scripted bodies. */
  link(report: WireReportKey): string {
    return this.#memory.issueLink(report);
  }

  /** Calls the listener with each request, after it is recorded and before it is answered. Returns an unsubscriber. */
  onRequest(listener: (request: RecordedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts listening; after a `stop()`, on the same port and with the same state. No other process listens on this
   * address, so that none can take the port meanwhile.
   */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#stopping = new AbortController();
    // Disable the server's own timeouts.
    const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.set(socket, ++this.#connections);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.url ? this.port : this.options.port, OWN_HOST, resolve);
    });
    this.#memory.origin = `http://${OWN_HOST}:${(server.address() as AddressInfo).port}`;
  }

  /** Closes every connection immediately, including requests held in gates, and refuses new connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.#stopping.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
    this.#sockets.clear();
    // Give clients in this process a few turns of the event loop to notice that their pooled connections ended, so that
    // their next request is refused instead of using a dead socket.
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  }

  /** Stops and removes all listeners. May be called more than once. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await this.stop();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const memory = this.#memory;
    const method = message.method ?? '';
    const { pathname, searchParams } = URL.parse(this.url + message.url) ?? new URL(this.url);
    const route = routeOf(method, pathname);
    const dropped = () => response.destroyed && !response.writableEnded;
    const poll = route.kind === 'poll' ? memory.openPoll(memory.link(route.link), at, dropped) : undefined;
    const closePoll = poll?.close ?? (() => {});
    response.once('close', closePoll);
    const conversation = { route, response, memory, stopped: this.#stopping.signal, closePoll };
    const complain = (fault: string) => memory.violations.push(`${route.kind} ${method} ${pathname}: ${fault}`);

    let text: string;
    try {
      text = await textOf(message);
    } catch {
      return; // The connection was lost before the body was complete.
    }
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const request: RecordedRequest = {
      at,
      kind: route.kind,
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers,
      body: parsed(text, headers['content-type'] ?? ''),
      connection: this.#sockets.get(message.socket) ?? 0,
      ...(route.kind === 'poll' ? { report: route.report, link: route.link } : {}),
    };
    response.once('finish', () => (request.respondedAt = performance.now()));
    memory.requests.push(request);
    const { faults, refusal } = judge(request, route, memory);
    [...((await poll?.faults()) ?? []), ...faults].forEach(complain);
    try {
      for (const listener of this.#listeners) listener(request);
      await play(refusal ?? this.#nextStep(route), { ...conversation, request });
    } catch (error) {
      if (conversation.stopped.aborted) return;
      complain(`the script threw ${String(error)}`);
      response.destroy();
    }
  }

  #nextStep(route: Route): Step {
    if (route.kind === 'poll') return this.script.poll(route.report).next();
    return route.kind === 'unknown' ? new Queue().next() : this.script[route.kind].next();
  }
}

/**
 * Starts one, by default on a free port of loopback.
 *
 * @example
 * const upstream = await startUpstream({ letterCase: 'camel' });
 * upstream.script.poll('pay').push(pending(20), status(503), ready(payBody({ Report: { ReportRating: 0 } })));
 * …
 * expect(upstream.bought('pay')).toBe(1);
 * expect(upstream.violations).toEqual([]);
 * await upstream.close();
 */
export async function startUpstream(options: Partial<UpstreamOptions> = {}): Promise<Upstream> {
  const clientId = options.clientId ?? 'test-client';
  const upstream = new Upstream({
    port: 0,
    clientId,
    clientSecret: 's3cret&of=the +client%',
    customerId: clientId,
    letterCase: 'pascal',
    wrapper: 'Report',
    linkVersion: 'v1',
    tokenLifeMs: Infinity,
    expiresIn: 3600,
    pendingPolls: 1,
    reportTakesMs: null,
    retryAfterMs: 10,
    longestHintMs: 60_000,
    ...options,
  });
  await upstream.start();
  return upstream;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string, contentType: string): unknown {
  if (text === '') return undefined;
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(text);
    const entries = [...form.keys()].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0] : values] as const;
    });
    return Object.fromEntries(entries);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
