import { hash } from 'node:crypto';

/** An API key as it is kept: who reads memory, a dump of it or the settings with `sha256=` has no key. */
export interface ApiKey {
  /** Whose it is. */
  readonly name: string;
  readonly sha256: Buffer;
}

export interface ParsedApiKeys {
  readonly keys: readonly ApiKey[];
  /** What is wrong with each entry that cannot be used. None of them quotes a key. */
  readonly problems: readonly string[];
}

/** More would be slow to compare with, since every request is compared with all. */
export const MOST_KEYS = 1_000;
const NAME = /^[\w.@-]{1,100}$/;
/** What a header can transport, without blanks. */
const KEY = /^[\x21-\x7e]+$/;
const HASHED = 'sha256=';

/** Reads `name:key` pairs between commas. Keys have at least `leastLength` characters; of one that is hashed nobody can tell. */
export function parseApiKeys(list: string, leastLength: number): ParsedApiKeys {
  return parseEntries(list.split(','), 'entry', leastLength);
}

/** The same, one a line. Blank lines and those that begin with `#` are skipped. */
export function parseApiKeysFile(text: string, leastLength: number): ParsedApiKeys {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  return parseEntries(
    lines.map((line) => (/^\s*(#|$)/.test(line) ? null : line)),
    'line',
    leastLength,
  );
}

function parseEntries(entries: readonly (string | null)[], unit: string, leastLength: number): ParsedApiKeys {
  const keys: ApiKey[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry === null) continue;
    const parsed = parseEntry(entry.trim(), leastLength);
    if (typeof parsed === 'string') problems.push(`${unit} ${index + 1} ${parsed}`);
    else keys.push(parsed);
  }
  const repeated = repeatedKey(keys);
  if (repeated) problems.push(repeated);
  if (keys.length > MOST_KEYS) problems.push(`has ${keys.length} keys; at most ${MOST_KEYS} are allowed`);
  return { keys, problems };
}

/** The key, or what is wrong with it. */
function parseEntry(entry: string, leastLength: number): ApiKey | string {
  const colon = entry.indexOf(':');
  if (colon < 0) return 'is not of the form name:key';
  const name = entry.slice(0, colon).trim();
  const key = entry.slice(colon + 1).trim();
  if (!NAME.test(name)) {
    return 'has a name that is not 1 to 100 letters, digits and characters of "_.@-"';
  }
  if (key === '') return `(${name}) has an empty key`;
  if (key.toLowerCase().startsWith(HASHED)) {
    const digest = key.slice(HASHED.length);
    return /^[\da-f]{64}$/i.test(digest)
      ? { name, sha256: Buffer.from(digest, 'hex') }
      : `(${name}) has no SHA-256 of 64 hexadecimal digits`;
  }
  if (!KEY.test(key)) return `(${name}) has a key with characters that are not visible ASCII`;
  if (key.length < leastLength) {
    return `(${name}) has a key of ${key.length} characters; at least ${leastLength} are needed`;
  }
  return { name, sha256: sha256Of(key) };
}

/** What is wrong if the same key is there twice: whose it is could not be told. Null: it is not. */
export function repeatedKey(keys: readonly ApiKey[]): string | null {
  const owners = new Map<string, string>();
  for (const { name, sha256 } of keys) {
    const digest = sha256.toString('hex');
    const owner = owners.get(digest);
    if (owner !== undefined) return `has one key twice (${owner} and ${name})`;
    owners.set(digest, name);
  }
  return null;
}

export function sha256Of(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
