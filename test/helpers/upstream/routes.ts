import type { WireReportKey } from '../../../src/contract/wire.ts';
import type { RequestKind } from './types.ts';

export type Lookup =
  | { name: 'impact'; of: string }
  | { name: 'autocomplete'; category: string }
  | { name: 'jobtitlematch' }
  | { name: 'locations'; term: string };

/** The meaning of a method and a path. */
export type Route =
  | { kind: Exclude<RequestKind, 'poll' | 'lookup'> }
  | { kind: 'poll'; report: WireReportKey; link: string }
  | { kind: 'lookup'; lookup: Lookup };

const REPORTS = /^\/jobalyzer\/v[12]\/reports$/;
const LINK = /^\/jobalyzer\/v[12]\/reports\/([^/]+\/(pay|yearsexperience))$/;
const IMPACT = /^\/jobalyzer\/v[12]\/impact\/(skills|certs|education)$/;
const AUTOCOMPLETE =
  /^\/jobalyzer\/v[12]\/autocomplete\/(JobTitle|Skills|Certifications|EmployerProductActivity|HighestDegreeEarned)$/;
const JOB_TITLE_MATCH = /^\/jobalyzer\/v[12]\/jobtitlematch$/;
const LOCATIONS = /^\/jobalyzer\/v[12]\/locations\/([^/]+)$/;

export function routeOf(method: string, path: string): Route {
  if (method === 'POST') {
    if (path === '/connect/token') return { kind: 'token' };
    return { kind: REPORTS.test(path) ? 'submit' : 'unknown' };
  }
  if (method !== 'GET') return { kind: 'unknown' };
  if (path === '/status') return { kind: 'status' };
  const link = LINK.exec(path);
  if (link) return { kind: 'poll', report: link[2] === 'pay' ? 'pay' : 'yoe', link: link[1]! };
  const lookup = lookupOf(path);
  return lookup ? { kind: 'lookup', lookup } : { kind: 'unknown' };
}

function lookupOf(path: string): Lookup | undefined {
  const impact = IMPACT.exec(path);
  if (impact) return { name: 'impact', of: impact[1]! };
  const autocomplete = AUTOCOMPLETE.exec(path);
  if (autocomplete) return { name: 'autocomplete', category: autocomplete[1]! };
  if (JOB_TITLE_MATCH.test(path)) return { name: 'jobtitlematch' };
  const locations = LOCATIONS.exec(path);
  if (!locations) return undefined;
  try {
    return { name: 'locations', term: decodeURIComponent(locations[1]!) };
  } catch {
    return undefined;
  }
}

/** The path of a link, which is the same link in both versions. */
export function pathOfLink(link: string, version: 'v1' | 'v2'): string {
  return `/jobalyzer/${version}/reports/${link}`;
}

export function nameOfLink(submission: string, report: WireReportKey): string {
  return `${submission}/${report === 'pay' ? 'pay' : 'yearsexperience'}`;
}
