import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inTurn, neverTheSame } from '../../bench/support/contest.ts';
import { pressure, type Exchange } from '../../bench/support/pressure.ts';

const EXCHANGE: Exchange = { body: '{"a":1}', expected: '{"data":1}' };
const EXTENT = { connections: 2, seconds: 0.1 };

describe('the load of a benchmark', () => {
  it('is sent and counted request by request, over so many connections', async () => {
    const bodies: string[] = [];
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      request.setEncoding('utf8').once('data', (body: string) => {
        bodies.push(body);
        response.end(EXCHANGE.expected);
      });
    });
    const { requests, perSecond } = await pressure(url, () => EXCHANGE, EXTENT);
    expect(bodies).toHaveLength(requests);
    expect(new Set(bodies)).toEqual(new Set([EXCHANGE.body]));
    expect(ports.size).toBe(EXTENT.connections);
    expect(perSecond).toBeGreaterThan(0);
  });

  it.each<[string, RequestListener]>([
    ['other text', (_, response) => response.end('{"data":2}')],
    ['another status', (_, response) => response.writeHead(500).end(EXCHANGE.expected)],
    ['more text', (_, response) => response.end(`{"errors":[]}${EXCHANGE.expected}`)],
    ['no length', (_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(EXCHANGE.expected)],
  ])('is given up at a response with %s', async (_, answer) => {
    const url = await serve((request, response) => request.resume().once('end', () => answer(request, response)));
    await expect(pressure(url, () => EXCHANGE, EXTENT)).rejects.toThrow('An unexpected response');
  });

  it('is given up if the server hangs up', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(pressure(url, () => EXCHANGE, EXTENT)).rejects.toThrow('closed');
  });

  it('takes requests in turn', () => {
    const [a, b] = [EXCHANGE, { ...EXCHANGE, body: '{"b":1}' }];
    const next = inTurn([a, b]);
    expect([next(), next(), next()]).toEqual([a, b, a]);
  });

  it('can have other bytes each time that mean the same', () => {
    const next = neverTheSame([EXCHANGE, { ...EXCHANGE, body: '{"b":1}' }]);
    const bodies = Array.from({ length: 20_000 }, () => next().body);
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(new Set(bodies.map((body) => body.length)).size).toBe(1);
    expect(bodies.slice(-2).map((body): unknown => JSON.parse(body))).toEqual([{ a: 1 }, { b: 1 }]);
  });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
