import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema, isObjectType } from 'graphql';
import { describe, expect, it, vi, type TestContext } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { asked } from '../fixtures/server/responses.js';
import type { TestServer } from '../fixtures/server/server.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { gate, payBody, ready, yoeBody, type Upstream } from '../fixtures/upstream/upstream.js';
import { openApollo } from './apollo.js';
import type { Component, OpenClient, Shown } from './page.js';
import { openRelay } from './relay.js';
import { openUrql } from './urql.js';

const answers = numbered();

/** What libraries have written to the console of a developer. */
const warnings: unknown[][] = [];

for (const level of ['warn', 'error'] as const) {
  vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void warnings.push(words));
}

const CLIENTS: readonly { readonly name: string; readonly open: OpenClient }[] = [
  { name: 'Apollo Client', open: openApollo },
  { name: 'urql with Graphcache', open: openUrql },
  { name: 'Relay', open: openRelay },
];

/** Of the schema itself, with an id, or of operators. */
const NO_PART = /^(_.*|Query|Mutation|Subscription|Report|Uncertain.*|PageInfo|Usage.*)$/;

describe.concurrent.for(CLIENTS)('the cache of $name, set up as its page says,', ({ open }) => {
  useServers();

  it('puts together what components select, so that none is fetched twice', async (context) => {
    const { start, upstream, expect } = context;
    const Warnings = [{ AnswerId: 'Skills', AnswerValue: 'Weaving', Message: 'It is ignored.', Code: 'IGNORED' }];
    upstream.script.poll('pay').push(ready(payBody({ Warnings })));
    upstream.script.poll('yoe').push(ready(yoeBody({ Warnings })));
    const server = await start();
    const client = await open(context, server);
    for (let round = 0; round < 2; round++) {
      for (const name of ['PageFirstQuery', 'PageSecondQuery'] as const) {
        await showing(context, client.mount(name, { answers }));
      }
    }
    expect(await askedUntilNow(server)).toEqual(['PageFirstQuery', 'PageSecondQuery']);
    expect(upstream.bought()).toBe(2);
  });

  it('has a report that was asked for by its answers also by its id', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const client = await open(context, server);
    const { report } = await showing(context, client.mount('PageFirstQuery', { answers }));
    const { reportById } = await showing(context, client.mount('PageByIdQuery', { id: report?.id }));
    const { node } = await showing(context, client.mount('PageByNodeQuery', { id: report?.id }));
    expect(reportById).toEqual(report);
    expect(node).toEqual(report);
    expect(await askedUntilNow(server)).toEqual(['PageFirstQuery']);
  });

  it('asks once for an id that it does not know', async (context) => {
    const { start, expect } = context;
    const before = await start();
    const { report } = await showing(context, (await open(context, before)).mount('PageShownQuery', { answers }));
    const server = await start();
    const client = await open(context, server);
    const component = client.mount('PageByIdQuery', { id: report?.id });
    expect(await showing(context, component)).toEqual({ reportById: null });
    expect(await askedUntilNow(server)).toEqual(['PageByIdQuery']);
  });

  it('takes the events of a subscription for what is shown, without a refetch', async (context) => {
    const { start, upstream, expect } = context;
    const letGo = holdPurchase(upstream);
    const server = await start();
    const client = await open(context, server);
    const component = client.mount('PageShownQuery', { answers });
    expect(await showing(context, component)).toMatchObject({
      report: { status: { pay: 'NOT_REQUESTED' }, pay: null },
    });
    const followed = client.follow('PageFollowSubscription', { answers });
    await showing(context, component, ({ report }) => report?.status?.pay === 'SUBMITTING');
    letGo();
    await followed;
    const last = await showing(context, component, ({ report }) => report?.status?.yoe === 'READY');
    expect(last).toMatchObject({ report: { status: { pay: 'READY' }, pay: { basePay: { percentile50: 104_300 } } } });
    expect(await askedUntilNow(server)).toEqual(['PageShownQuery', 'PageFollowSubscription']);
    expect(upstream.bought()).toBe(2);
  });

  it('goes on waiting for a report while its events arrive', async (context) => {
    const { start, upstream, expect } = context;
    const letGo = holdPurchase(upstream);
    const server = await start();
    const client = await open(context, server);
    const component = client.mount('PageBoughtQuery', { answers });
    await expect.poll(() => upstream.requests.some(({ kind }) => kind === 'submit')).toBe(true);
    const followed = client.follow('PageFollowSubscription', { answers });
    await expect.poll(() => asked(server)).toEqual(['PageFollowSubscription']);
    letGo();
    await followed;
    expect(await showing(context, component)).toMatchObject({
      report: { pay: { basePay: { percentile50: 104_300 } } },
    });
    expect(await askedUntilNow(server)).toEqual(['PageFollowSubscription', 'PageBoughtQuery']);
  });

  it('does not take what was not bought for what a component would buy', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const client = await open(context, server);
    expect(await showing(context, client.mount('PageShownQuery', { answers }))).toMatchObject({
      report: { pay: null },
    });
    const bought = await showing(context, client.mount('PageBoughtQuery', { answers }));
    expect(bought).toMatchObject({ report: { pay: { basePay: { percentile50: 104_300 } } } });
    expect(await askedUntilNow(server)).toEqual(['PageShownQuery', 'PageBoughtQuery']);
    expect(upstream.bought('pay')).toBe(1);
  });

  it('shows what there is beside an error, and does not ask for the rest again', async (context) => {
    const { start, upstream, expect } = context;
    const server = await start({ env: { BUDGET_REPORTS_PER_DAY: '1' } });
    const client = await open(context, server);
    const component = client.mount('PageBothQuery', { answers });
    const shown = await showing(context, component);
    expect(shown).toMatchObject({ report: { pay: { basePay: { percentile50: 104_300 } }, yoe: null } });
    await showing(context, client.mount('PageShownQuery', { answers }));
    expect(await askedUntilNow(server)).toEqual(['PageBothQuery', 'PageShownQuery']);
    expect(component.shown.at(-1)).toEqual(shown);
    expect(upstream.bought()).toBe(1);
  });

  it('has one report for every value of waitMs and buy', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const client = await open(context, server);
    for (const name of ['PageBoughtQuery', 'PagePatientQuery', 'PageStoredQuery'] as const) {
      const shown = await showing(context, client.mount(name, { answers }));
      expect(shown, name).toMatchObject({ report: { pay: { basePay: { percentile50: 104_300 } } } });
    }
    expect(await askedUntilNow(server)).toEqual(['PageBoughtQuery']);
  });
});

describe.concurrent.for(CLIENTS.slice(0, 2))('the cache of $name', ({ open }) => {
  useServers();

  it('shows what was bought also where it was not to be bought', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const client = await open(context, server);
    const component = client.mount('PageShownQuery', { answers });
    expect(await showing(context, component)).toMatchObject({ report: { pay: null } });
    client.mount('PageBoughtQuery', { answers });
    await showing(context, component, ({ report }) => report?.pay?.basePay?.percentile50 === 104_300);
    expect(await askedUntilNow(server)).toEqual(['PageShownQuery', 'PageBoughtQuery']);
  });
});

it('the page about urql names every type without an id, but for those of operators', () => {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const parts = types.map(({ name }) => name).filter((name) => !NO_PART.test(name));
  const [, named = ''] = /const parts = (\[.*?\]);/s.exec(readFileSync('docs/clients/urql.md', 'utf8')) ?? [];
  expect(parts.filter((name) => !named.includes(`'${name}'`))).toEqual([]);
});

it('no library has warned of anything in these tests', () => {
  expect(warnings).toEqual([]);
});

/** Waits until a component shows something, or such a thing, and returns what it shows then. */
async function showing(
  { expect }: TestContext,
  { shown }: Component,
  such: (shown: Shown) => boolean = () => true,
): Promise<Shown> {
  await expect.poll(() => shown.some(such)).toBe(true);
  return shown.at(-1) as Shown;
}

/** What was asked by now, and what a client asks at once because of what it was told last. */
async function askedUntilNow(server: TestServer): Promise<unknown[]> {
  await delay(100);
  return asked(server);
}

/** Holds the purchase until it is let go, so that its reports are SUBMITTING. */
function holdPurchase(upstream: Upstream): () => void {
  const held = gate();
  upstream.script.submit.push(held);
  return () => held.release();
}
