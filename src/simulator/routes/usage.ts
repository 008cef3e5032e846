import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { deliver, NO_RESPONSE, replacesWork } from '../delivery.js';
import type { FaultRule } from '../fault-rule.js';
import { bearerOf } from '../identify.js';
import { toCamelCase } from '../letter-case.js';
import { prepareReport } from '../report-body.js';
import type { SimulatorState } from '../state.js';
import type { UsageRow } from '../usage/board.js';
import { encoded, usageCsv } from '../usage/csv.js';

/** The usage log, of which the documents say that it is a CSV of every logged request, and its counts. */
export function usageRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.get('/usage', async (request, reply) => {
    state.counters.add('usageReads');
    const fault = state.faults.strike({ on: 'usage', types: [], done: null });
    if (replacesWork(fault)) return deliver(state, reply, NO_RESPONSE, fault);
    const bearer = bearerOf(state, request);
    if ('refused' in bearer) return deliver(state, reply, bearer.refused);
    await sendLog(state, reply, fault);
    return reply;
  });

  app.get('/usagestats', async (request, reply) => {
    const bearer = bearerOf(state, request);
    if ('refused' in bearer) return deliver(state, reply, bearer.refused);
    const rows = state.usage.rows(state.settings.usage, Date.now());
    const successful = rows.filter((row) => row.successful).length;
    return deliver(state, reply, { status: 200, body: { Reports: rows.length, Successful: successful } });
  });
}

/** As fast as it is read. */
async function sendLog(state: SimulatorState, reply: FastifyReply, fault: FaultRule | null): Promise<void> {
  const { usage } = state.settings;
  const now = Date.now();
  const rows = state.usage.rows(usage, now);
  const sent = fault?.kind === 'truncated' ? rows.slice(0, Math.ceil(rows.length / 2)) : rows;
  const lines = usageCsv(sent, usage, (row) => responseOf(row, state), now);
  if (fault) state.counters.add('faults');
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/csv' });
  try {
    for (const bytes of encoded(lines, usage.encoding)) {
      if (raw.destroyed) return;
      if (!raw.write(bytes)) await once(raw, 'drain', { signal: state.closing.signal });
    }
    if (fault?.kind === 'slow') await sleep(fault.slowMs ?? 2_000, undefined, { signal: state.closing.signal });
  } catch {
    // The reader has left, or the simulator is closed.
    return void raw.destroy();
  }
  // Without the last chunk, after what is sent has been taken over.
  if (fault?.kind === 'truncated') raw.write('', () => raw.socket?.destroySoon());
  else raw.end();
}

function responseOf({ report, successful }: UsageRow, { settings }: SimulatorState): string {
  const prepared = prepareReport(report, settings);
  const body =
    prepared.ok && successful
      ? prepared.bodyOf(report.type)
      : { Report: null, Warnings: null, Errors: [{ Message: 'There is no report.' }] };
  return JSON.stringify(settings.letterCase === 'camel' ? toCamelCase(body) : body);
}
