import { randomBytes } from 'node:crypto';
import type { WireAnswers, WireReportKey } from '../contract/wire.js';
import { digest } from './hash.js';

/** All data of an accepted report. It is encoded in the link, so that any simulator can produce the report. */
export interface LinkedReport {
  type: WireReportKey;
  answers: WireAnswers;
  autoResolve: boolean;
  /** The client that bought it; no other client can collect it. */
  clientId: string;
  /** The `customerId` it was bought with, which must be named when it is collected; absent: the client's id. */
  customerId?: string;
  /** True if answers that the simulator does not know were ignored. */
  ignoreUnknown?: boolean;
  /** The affinity cookie without which it is not found. */
  affinity?: string;
  /** True if the link has a signed query. */
  signed?: boolean;
  /** When it can be collected, in milliseconds since 1970. */
  readyAt: number;
}

const LIST_ANSWERS = ['Skills', 'Certifications'] as const;

/** @returns the answers trimmed, lists sorted and without duplicates, null and empty ones omitted, keys sorted. */
export function canonicalAnswers(answers: WireAnswers): WireAnswers {
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(answers).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (LIST_ANSWERS.some((list) => list === name)) {
      const items = [...new Set((value as string[] | null)?.map((item) => item.trim()).filter(Boolean))].toSorted();
      if (items.length > 0) kept.push([name, items]);
    } else if (typeof value === 'string') {
      if (value.trim()) kept.push([name, value.trim()]);
    } else if (value !== null && value !== undefined) {
      kept.push([name, value]);
    }
  }
  return Object.fromEntries(kept) as unknown as WireAnswers;
}

/** @returns a short hash of the answers and the flag. */
export function reportKey(answers: WireAnswers, autoResolve: boolean): string {
  return digest(JSON.stringify([canonicalAnswers(answers), autoResolve]));
}

/** @returns the last part of a report's link. */
export function writeLink(report: LinkedReport): string {
  const payload = Buffer.from(JSON.stringify([report, randomBytes(4).toString('hex')])).toString('base64url');
  return `${payload}.${checksum(payload)}`;
}

/** @returns the report encoded in a link; null if the link was not written by `writeLink` or was altered. */
export function readLink(link: string): LinkedReport | null {
  const [payload, sum, ...rest] = link.split('.');
  if (!payload || rest.length > 0 || sum !== checksum(payload)) return null;
  const [report] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [LinkedReport];
  return report;
}

// Protects against corruption, not forgery: anyone who can reach a simulator may have its invented reports.
function checksum(payload: string): string {
  return digest(`jobalyzer-simulator-link:${payload}`, 12);
}
