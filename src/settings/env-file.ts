/** What a `.env` file says. Nothing in it but names, and never a value, is meant to be shown. */
export interface EnvFile {
  /** The last one counts, if a name is there several times. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly EnvFileFault[];
}

/** Something that is written, but not what was meant, or perhaps not. */
export interface EnvFileFault {
  /** The setting that it concerns, as far as the line has a name. */
  readonly name: string | null;
  /** Counts from 1. */
  readonly line: number;
  readonly kind: 'unreadable' | 'cut-off' | 'comment' | 'unclosed-quote' | 'after-quote' | 'repeated';
}

const ASSIGNMENT = /^\s*(?:export\s+)?([^\s=#'"`]+)[ \t]*=[ \t]*(.*)$/;
const BEGINNING = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)/;
const QUOTES = ['"', "'", '`'];

/**
 * Reads `NAME=value` lines as Node and its `dotenv` do: `export` may precede the name, quotes may surround the value, then
 * over several lines too, and `#` begins a comment outside quotes. Unlike them, it says where that was perhaps not meant.
 */
export function parseEnvFile(bytes: Uint8Array): EnvFile {
  const lines = decoded(bytes).split(/\r\n|\n|\r/);
  const values: Record<string, string> = {};
  const faults: EnvFileFault[] = [];

  for (let index = 0; index < lines.length; index++) {
    const text = lines[index] ?? '';
    const line = index + 1;
    if (/^\s*(#|$)/.test(text)) continue;
    const [, name, rest = ''] = ASSIGNMENT.exec(text) ?? [];
    if (name === undefined) {
      faults.push({ name: BEGINNING.exec(text)?.[1] ?? null, line, kind: 'unreadable' });
      continue;
    }
    const { value, fault, more } = QUOTES.includes(rest[0] ?? '')
      ? quoted([rest, ...lines.slice(index + 1)])
      : { ...unquoted(rest, text), more: 0 };
    if (fault !== null) faults.push({ name, line, kind: fault });
    if (Object.hasOwn(values, name) && values[name] !== value) faults.push({ name, line, kind: 'repeated' });
    Object.defineProperty(values, name, { value, enumerable: true, writable: true, configurable: true });
    index += more;
  }
  return { values, faults };
}

interface Value {
  readonly value: string;
  readonly fault: EnvFileFault['kind'] | null;
  /** How many further lines it has. */
  readonly more: number;
}

function quoted(lines: readonly string[]): Value {
  const text = lines.join('\n');
  const quote = text.charAt(0);
  const end = text.indexOf(quote, 1);
  if (end < 0) return { value: lines[0]?.trim() ?? '', fault: 'unclosed-quote', more: 0 };
  const inside = text.slice(1, end);
  const after = /^.*/.exec(text.slice(end + 1))?.[0] ?? '';
  return {
    value: quote === '"' ? inside.replaceAll(String.raw`\n`, '\n') : inside,
    fault: /^\s*(#|$)/.test(after) ? null : 'after-quote',
    more: inside.split('\n').length - 1,
  };
}

/** `text`: the whole line, which shows what is in front of an empty value. */
function unquoted(rest: string, text: string): Pick<Value, 'value' | 'fault'> {
  const hash = rest.indexOf('#');
  if (hash < 0) return { value: rest.trim(), fault: null };
  const before = text.slice(0, text.length - rest.length + hash);
  return { value: rest.slice(0, hash).trim(), fault: /\s$/.test(before) ? 'comment' : 'cut-off' };
}

/** UTF-8 or, as its first bytes show, UTF-16, which some editors and shells of Windows write. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
