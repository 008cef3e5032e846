import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { FaultRule } from './fault-rule.js';

/** A response of which only the body matters here. */
interface Altered {
  body: unknown;
  otherType?: () => unknown;
}

/** Writes a body as JSON, in the configured letter case. */
type Spell<R> = (response: R) => string;

const DEFAULT_BYTES = 8 * 1024 * 1024 + 1;
const ISSUE = { AnswerId: null, AnswerValue: null, Message: 'A part could not be computed.', Code: 'SimulatedFault' };
const WRAPPERS = ['Report', 'Reports'];

const ENCODERS: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: (text) => gzipSync(text),
  // Raw, as some servers send it, though the standard's deflate has a zlib header.
  deflate: (text) => deflateRawSync(text),
  br: (text) => brotliCompressSync(text),
  zstd: (text) => zstdCompressSync(text),
};

/** @returns the body of `encoded`: encoded if the encoding exists, otherwise as it is. */
export function encode(text: string, encoding = ''): Buffer {
  return (Object.hasOwn(ENCODERS, encoding) ? ENCODERS[encoding] : undefined)?.(text) ?? Buffer.from(text);
}

/** @returns the body of `altered`. */
export function altered<R extends Altered>(response: R, fault: FaultRule, spell: Spell<R>): string {
  const body = alter(response, fault);
  const raw = Object.entries(fault.replace ?? {});
  const marked = replaceFields(body, new Map(raw.map(([name], index) => [name.toLowerCase(), marker(index)])));
  return raw.reduce(
    (text, [, value], index) => text.replaceAll(`"${marker(index)}"`, value),
    spell({ ...response, body: marked }),
  );
}

/** @returns the body of `padded`: JSON with blanks behind it, or a large token. */
export function padded<R extends Altered>(response: R, fault: FaultRule, spell: Spell<R>): string {
  const bytes = fault.bytes ?? DEFAULT_BYTES;
  if (fault.on !== 'token') {
    const text = spell(response);
    return text + ' '.repeat(Math.max(0, bytes - Buffer.byteLength(text)));
  }
  return spell({ ...response, body: { ...(response.body as object), access_token: 'x'.repeat(bytes) } });
}

/** @returns the Retry-After header. */
export function retryAfterText(retryAfter: NonNullable<FaultRule['retryAfter']>, now: number): string {
  if (typeof retryAfter !== 'object') return String(retryAfter);
  const date = new Date(now + retryAfter.seconds * 1_000);
  const [short = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /);
  switch (retryAfter.form) {
    case 'imf-fixdate':
      return date.toUTCString();
    case 'rfc850': {
      const long = date.toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' });
      return `${long}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
    }
    case 'asctime':
      return `${short} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
  }
}

function alter({ body, otherType }: Altered, { alter: what, errors }: FaultRule): unknown {
  const given = body as Record<string, unknown>;
  switch (what) {
    case undefined:
      return given;
    case 'other-type':
      return otherType ? otherType() : given;
    case 'no-figures':
      return Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, WRAPPERS.includes(name) ? {} : value]),
      );
    case 'other-title':
      return {
        ...given,
        Context: { ...(given['Context'] as object | undefined), SubmittedJobTitle: 'Lighthouse Keeper' },
      };
    case 'errors':
      return { ...given, Errors: errors ?? [ISSUE] };
  }
}

function replaceFields(body: unknown, markers: ReadonlyMap<string, string>): unknown {
  if (markers.size === 0 || typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((item) => replaceFields(item, markers));
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      markers.get(name.toLowerCase()) ?? replaceFields(value, markers),
    ]),
  );
}

/** What stands for a text that need not be JSON until the rest has been written as JSON. */
function marker(index: number): string {
  return `<<in place of this: ${index}>>`;
}
