import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { WireReportKey } from '../../src/datasources/jobalyzer/wire.js';
import { Memory } from './upstream/memory.js';
import { play } from './upstream/play.js';
import { routeOf, type Route } from './upstream/routes.js';
import { judge } from './upstream/rules.js';
import { Queue, type Step } from './upstream/steps.js';
import type { Purchase, RecordedRequest, RequestKind, Submission, UpstreamOptions } from './upstream/types.js';

export { startBystander, type Bystander } from './upstream/bystander.js';
export { impactBody, payBody, yoeBody, type Overrides } from './upstream/samples.js';
export * from './upstream/steps.js';
export { answersKey } from './upstream/types.js';
export type { Purchase, RecordedRequest, RequestKind, Submission, UpstreamOptions } from './upstream/types.js';

/** The steps that wait for each kind of request; a request takes the next one of its queue, else what is usual. */
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
 * A Jobalyzer for tests, over real HTTP on loopback: correct and quick until a script says otherwise, and strict about
 * what it is asked. Both the token endpoint and the API are at `url`.
 *
 * What breaks a rule is written into `violations`. What could not be served is refused with a 400, 401 or 404, as is a
 * token that is over, and **takes no step from the script**; what is only unmannerly or early is served all the same.
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

  /** The origin, without a slash at the end. The same after `stop()` and `start()`. */
  get url(): string {
    return this.#memory.origin;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Every request whose body arrived whole, in order. */
  get requests(): readonly RecordedRequest[] {
    return this.#memory.requests;
  }

  /** What a well-behaved client would not have done. */
  get violations(): readonly string[] {
    return this.#memory.violations;
  }

  /** What was accepted, and so would be charged. */
  get purchases(): readonly Purchase[] {
    return this.#memory.purchases;
  }

  get tokensIssued(): number {
    return this.#memory.tokensIssued;
  }

  get maxOpenPollsPerLink(): number {
    return this.#memory.maxOpenPollsPerLink;
  }

  /** TCP connections that are open now. */
  get openConnections(): number {
    return this.#sockets.size;
  }

  /** How many requests of a kind arrived, refused ones included. */
  count(kind: RequestKind): number {
    return this.requests.filter((request) => request.kind === kind).length;
  }

  /** What each POST asked for, bought or not. */
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

  /** From now on all tokens issued so far are answered with 401. */
  revokeTokens(): void {
    this.#memory.revokeTokens();
  }

  /** A good link that nobody bought, to be written into scripted bodies. */
  link(report: WireReportKey): string {
    return this.#memory.issueLink(report);
  }

  /** Calls the listener with each request, once it is recorded and before it is answered. Returns the way to stop that. */
  onRequest(listener: (request: RecordedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listens, after a `stop()` on the same port and with the same memory. */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#stopping = new AbortController();
    // No timer of the server's own may end a connection or a request.
    const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.set(socket, ++this.#connections);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.url ? this.port : this.options.port, '127.0.0.1', resolve);
    });
    this.#memory.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Ends every connection at once, also with requests held in gates; from then on connecting is refused. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.#stopping.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
    this.#sockets.clear();
    // A few turns of the event loop, in which clients in this process see their pooled connections end: what they ask
    // next meets a refused connect, and not a dead socket.
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  }

  /** Ends everything. May be called more than once. */
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
    const poll = route.kind === 'poll' ? memory.openPoll(memory.link(route.link), at) : undefined;
    const closePoll = poll?.close ?? (() => {});
    response.once('close', closePoll);
    const exchange = { route, response, memory, stopped: this.#stopping.signal, closePoll };
    const complain = (fault: string) => memory.violations.push(`${route.kind} ${method} ${pathname}: ${fault}`);

    let text: string;
    try {
      text = await textOf(message);
    } catch {
      return; // It broke off before its body was whole.
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
      ...(route.kind === 'poll' ? { report: route.report } : {}),
    };
    memory.requests.push(request);
    const { faults, refusal } = judge(request, route, memory);
    [...(poll?.faults ?? []), ...faults].forEach(complain);
    try {
      for (const listener of this.#listeners) listener(request);
      await play(refusal ?? this.#nextStep(route), { ...exchange, request });
    } catch (error) {
      if (exchange.stopped.aborted) return;
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
 * Starts one on a free port of loopback.
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
