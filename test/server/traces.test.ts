import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'vitest';
import { numbered, SEATTLE } from '../fixtures/answers/answers.js';
import { newDirectory } from '../fixtures/directory.js';
import { loadedSources, TELLS_WHAT_IS_LOADED } from '../fixtures/server/loaded-sources.js';
import { launchServer } from '../fixtures/server/server-process.js';
import { serverSettings } from '../fixtures/server/settings.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { codes } from '../fixtures/server/responses.js';
import { asUsual, rejected } from '../fixtures/upstream/upstream.js';

const PAY = 'query Pay($answers: AnswersInput!) { report(answers: $answers) { pay { basePay { percentile50 } } } }';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

describe.concurrent('traces', () => {
  useServers({ pendingPolls: 0 });

  it('have operation, field, purchase and poll as spans of the trace of the client, and go on upstream', async (context) => {
    const { start, upstream, expect } = context;
    const { endpoint, spans } = await collector(context);
    const passedOn: unknown[] = [];
    for (const queue of [upstream.script.submit, upstream.script.poll('pay')]) {
      queue.push(({ headers }) => {
        passedOn.push(headers['traceparent']);
        return asUsual();
      });
    }
    const server = await start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${TRACE}-${PARENT}-01`,
        'x-request-id': 'request-1',
      },
      body: JSON.stringify({ query: PAY, variables: { answers: numbered(1) } }),
    });
    expect(await response.json()).toMatchObject({ data: { report: { pay: { basePay: {} } } } });
    upstream.script.submit.push(rejected());
    const refused = await server.run(PAY.replace('Pay', 'Refused'), { answers: SEATTLE });
    expect(codes(refused)).toEqual({ 'report.pay': 'UNCONFIRMED_ANSWER' });
    await server.stop();

    const named = (name: string): Span | undefined => spans.find((span) => span.name === name);
    const operation = named('query Pay');
    expect(operation).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    const field = named('field Report.pay');
    expect(field).toMatchObject({ traceId: TRACE, parentSpanId: operation?.spanId });
    for (const name of ['purchase', 'poll']) expect(named(name)).toMatchObject({ traceId: TRACE });
    const textOf = (span: Span | undefined, key: string): string | undefined =>
      span?.attributes.find((each) => each.key === key)?.value.stringValue;
    expect(textOf(operation, 'request.id')).toBe('request-1');
    expect(textOf(named('purchase'), 'report.id')).toMatch(/^[\w-]{16,}$/);
    expect(textOf(named('poll'), 'report.id')).toBe(textOf(named('purchase'), 'report.id'));
    expect(textOf(named('poll'), 'poll.outcome')).toBe('ready');
    const said = spans.flatMap(({ status: { message } }) => message ?? []);
    expect(new Set(said), 'of an error no more than what it is').toEqual(new Set(['ApiError']));
    expect(passedOn).toEqual(['purchase', 'poll'].map((name) => `00-${TRACE}-${named(name)?.spanId}-01`));
    // Neither answers nor secrets.
    expect(JSON.stringify(spans)).not.toMatch(/Seattle|access-token-|s3cret/);
  });

  it.for([undefined, 'nonsense', `00-${'0'.repeat(32)}-${PARENT}-01`])(
    'begin anew for a request that names none: %s',
    async (traceparent, context) => {
      const { start, expect } = context;
      const { endpoint, spans } = await collector(context);
      const server = await start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
      await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(traceparent !== undefined && { traceparent }) },
        body: JSON.stringify({ query: 'query Mine { __typename }' }),
      });
      await server.stop();
      const [operation] = spans.filter(({ name }) => name === 'query Mine');
      expect(operation?.traceId).toMatch(/^(?!0{32})[\da-f]{32}$/);
      expect(operation?.parentSpanId ?? '').toBe('');
    },
  );

  it('stop nothing if nobody collects them', async (context) => {
    const { start, expect } = context;
    const server = await start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
    expect((await server.run(PAY, { answers: numbered(1) })).errors).toEqual([]);
    await server.stop();
  });

  it('load nothing where they are off', async (context) => {
    const { upstream, expect, atEnd } = context;
    const { path, remove } = await newDirectory();
    atEnd(remove);
    const settings = serverSettings(upstream.url, path, upstream.options);
    const server = launchServer({ settings, nodeArguments: TELLS_WHAT_IS_LOADED, channel: true });
    atEnd(() => server.end('SIGKILL'));
    await server.listening;
    const loaded = await loadedSources(server);
    expect(loaded.filter((path) => /@opentelemetry\/(?!api\/)/.test(path))).toEqual([]);
    expect(loaded).toContain('src/telemetry/metrics.ts');
  });
});

/** A receiver of OTLP over HTTP, with all the spans that it was sent. */
async function collector({ atEnd }: TestContext): Promise<{ endpoint: string; spans: Span[] }> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { resourceSpans } = (await readJson(request)) as Export;
      if (request.url === '/v1/traces') {
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}
