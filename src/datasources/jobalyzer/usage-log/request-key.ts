import { hash } from 'node:crypto';
import { parseJson } from '../../../lib/json.js';

/** Upstream documents them as numbers and as text. */
const NUMBERS: ReadonlySet<string> = new Set(['yearsexperience', 'averagesizecompetitor', 'companysales']);
const NUMBER = /^\d+(?:\.\d+)?$/;

type Plain = Readonly<Record<string, unknown>>;

/**
 * The same for two requests for reports that ask the same: of the same customer, with the same answers, whose order, letter
 * case of names and way to say nothing (absent, null, blank, an empty list) do not matter, and the same AutoResolveJobTitle,
 * which is false if it is absent. Which types were requested is no part of it. Null for a text that is no such request.
 * `customerId`: whose it is if it does not say.
 */
export function requestKeyOf(json: string, customerId: string): string | null {
  const request = fieldsOf(parsed(json));
  const answers = fieldsOf(request?.get('answers'));
  const flag = flagOf(request?.get('autoresolvejobtitle'));
  const customer = request?.get('customerid') ?? customerId;
  if (!answers || flag === null || (typeof customer !== 'string' && typeof customer !== 'number')) return null;
  const given = [...answers].flatMap(([name, value]) => {
    const canonical = canonicalAnswer(name, value);
    return canonical === null ? [] : [[name, canonical] as const];
  });
  const sorted = given.sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([String(customer).trim(), flag, sorted]), 'base64url');
}

function parsed(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return null;
  }
}

/** By their names in lower case; null if it is not an object, or says something twice, so that it is unknown what counts. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value as Plain);
  const fields = new Map(entries.map(([name, field]) => [name.toLowerCase(), field]));
  return fields.size === entries.length ? fields : null;
}

function flagOf(value: unknown): boolean | null {
  const given = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (given === undefined || given === null || given === false || given === 'false') return false;
  return given === true || given === 'true' ? true : null;
}

/** Null: it says nothing. */
function canonicalAnswer(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) {
    const members = [...new Set(value.flatMap((member) => canonicalAnswer('', member) ?? []).map(asText))];
    return members.length > 0 ? members.sort() : null;
  }
  if (typeof value !== 'string') return value;
  const text = value.trim().normalize('NFC');
  if (text === '') return null;
  return NUMBERS.has(name) && NUMBER.test(text) ? Number(text) : text;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
