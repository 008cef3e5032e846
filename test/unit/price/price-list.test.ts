import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { priceList } from '../../../src/commands/price/price-list.js';
import type { Progress } from '../../../src/commands/price/progress.js';
import { testDirectory } from '../../fixtures/test-directory.js';

const UNSEEN: Progress = { begin: () => undefined, at: () => undefined, waits: () => undefined, end: () => undefined };
/** Rows of two batches, which are bought at the same time. */
const ROWS = 40;

interface Asked {
  readonly query: string;
  readonly variables: { readonly answers?: readonly unknown[] };
}

/** A server that answers all but the figures: the first who asks for them is refused, the next waits. */
async function server(): Promise<{ readonly url: string; readonly givenUp: Promise<void> }> {
  const { promise: givenUp, resolve } = Promise.withResolvers<void>();
  const { promise: isWaiting, resolve: waits } = Promise.withResolvers<void>();
  let batches = 0;
  const listening = createServer((request, response) => {
    void (async () => {
      const { query, variables } = (await json(request)) as Asked;
      const answer = (body: unknown): void => void response.end(JSON.stringify(body));
      if (query.includes('PriceViewer')) return answer({ data: { viewer: null } });
      if (query.includes('PriceCheck')) return answer({ data: { checkAnswers: null } });
      if (query.includes('PriceStatus')) {
        const status = { pay: 'NOT_REQUESTED', yoe: 'NOT_REQUESTED' };
        return answer({ data: { reports: (variables.answers ?? []).map((_, at) => ({ id: String(at), status })) } });
      }
      batches += 1;
      if (batches === 1) {
        await isWaiting;
        return answer({ errors: [{ message: 'It is broken.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
      }
      response.once('close', resolve);
      waits();
    })();
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => {
    listening.close();
    listening.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, givenUp };
}

it('a command that fails goes on with nothing that is still under way, and leaves nothing', async () => {
  const directory = await testDirectory();
  const [input, output] = [join(directory, 'jobs.csv'), join(directory, 'priced.csv')];
  const rows = Array.from({ length: ROWS }, (_, at) => `Accountant,Canada,${at}`);
  await writeFile(input, ['Title,Country,Years', ...rows].join('\n'));
  const { url, givenUp } = await server();
  const options = {
    input,
    output,
    types: ['PAY'],
    most: null,
    buyUnknown: false,
    url,
    yes: true,
    force: false,
  } as const;
  const priced = priceList(options, { say: () => undefined, progress: UNSEEN }, new AbortController().signal);
  await expect(priced).rejects.toThrow('It is broken. (INTERNAL_SERVER_ERROR)');
  await givenUp;
  expect(await readdir(directory)).toEqual(['jobs.csv']);
});
