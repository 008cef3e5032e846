import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from './stage.ts';

/** The history of one report at an upstream with exact retry hints. Times are `performance.now()` values. */
export interface Passage {
  /** From this moment on a poll received the report. */
  readonly readyAt: number;
  polls: number;
  /** When the successful poll arrived, and when its response had been written. */
  askedAt: number;
  handedOverAt: number;
}

export interface ExactUpstream {
  readonly origin: string;
  /** Looked up by the `AverageSizeCompetitor` of the answers. */
  passage(number: number): Passage;
}

/**
 * Unlike the simulator, it gives the exact remaining time as its retry hint, and records when each report became
 * available. Every report has the same figures, taken from the simulator.
 */
export async function startExactUpstream(stage: Stage, delayOf: (number: number) => number): Promise<ExactUpstream> {
  const simulator = await stage.simulate({ delayMs: { min: 0, max: 0 } });
  const body = await payReportBody(simulator.origin);
  const passages = new Map<number, Passage>();
  const server = createServer((request, response) => void answer(request, response));
  let origin = '';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAt = performance.now();
    const path = new URL(request.url ?? '/', origin).pathname;
    const send = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    if (path === '/connect/token') {
      return send(200, JSON.stringify({ access_token: 'bench', expires_in: 3600, token_type: 'Bearer' }));
    }
    if (request.method === 'POST') {
      const asked = JSON.parse(await textOf(request)) as { answers: { AverageSizeCompetitor: number } };
      const number = asked.answers.AverageSizeCompetitor;
      passages.set(number, { readyAt: performance.now() + delayOf(number), polls: 0, askedAt: 0, handedOverAt: 0 });
      const link = `${origin}/jobalyzer/v1/reports/pay/${number}`;
      return send(200, JSON.stringify({ Links: { Self: origin, PayReport: link }, Warnings: null, Errors: null }));
    }
    const passage = passages.get(Number(path.split('/').at(-1)));
    if (!passage) return send(404, '{}');
    passage.polls += 1;
    const leftMs = passage.readyAt - performance.now();
    if (leftMs > 0) return send(202, JSON.stringify({ RetryAfterMilliseconds: Math.ceil(leftMs) }));
    passage.askedAt = arrivedAt;
    response.once('finish', () => (passage.handedOverAt = performance.now()));
    return send(200, body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stage.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin,
    passage(number) {
      const passage = passages.get(number);
      if (!passage) throw new Error(`Report ${number} was never requested upstream.`);
      return passage;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The body of a pay report from the simulator. */
async function payReportBody(origin: string): Promise<string> {
  const client = { client_id: 'bench', client_secret: 'bench' };
  const token = await fetch(`${origin}/connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'jobalyzer', ...client }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const caller = { customerId: client.client_id, user: client.client_id };
  const submitted = await fetch(`${origin}/jobalyzer/v1/reports`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      ...caller,
      requestedReports: ['pay'],
      answers: { JobTitle: 'Software Developer', Country: 'United States' },
    }),
  });
  const { Links } = (await submitted.json()) as { Links: { PayReport: string } };
  const report = await fetch(`${Links.PayReport}?${new URLSearchParams(caller)}`, { headers });
  if (report.status !== 200) throw new Error(`The simulator answered ${report.status}.`);
  return report.text();
}
