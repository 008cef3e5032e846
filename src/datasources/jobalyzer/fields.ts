import { ApiError } from '../../errors.js';

type Plain = Readonly<Record<string, unknown>>;

/**
 * Reads one object of an upstream response, field by field, in either letter case. A missing or null field is null (for a
 * list: empty). A field of the wrong type throws UPSTREAM_BAD_RESPONSE naming its path, so that `undefined` or `NaN` is
 * never returned as a value.
 */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;

  private constructor(
    readonly source: Plain,
    private readonly path: string,
  ) {
    const given = Object.entries(source).filter(([, value]) => value !== null);
    // If a field occurs in both letter cases, the first one counts. Null counts as missing.
    this.#fields = new Map(given.toReversed().map(([name, value]) => [name.toLowerCase(), value]));
  }

  static of(value: unknown, path = ''): Fields {
    if (!isPlain(value)) throw unreadable(path || 'The body', 'an object', value);
    return new Fields(value, path);
  }

  /** Parses a JSON object; null if the text is not JSON or not an object. */
  static parse(text: string): Fields | null {
    try {
      return Fields.of(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /** Whether no field has a value. */
  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  holdsObject(name: string): boolean {
    return isPlain(this.#value(name));
  }

  object(name: string): Fields | null {
    const value = this.#value(name);
    return value === null ? null : Fields.of(value, this.#pathOf(name));
  }

  /** The objects of a list; null elements are skipped. */
  objects(name: string): Fields[] {
    return this.#list(name).map(([element, path]) => Fields.of(element, path));
  }

  /** The entries of a map whose keys are data, in the order received. */
  entries(name: string): [key: string, value: unknown, path: string][] {
    const map = this.object(name);
    if (!map) return [];
    return Object.entries(map.source).map(([key, value]) => [
      key,
      value,
      `${this.#pathOf(name)}[${JSON.stringify(key)}]`,
    ]);
  }

  text(name: string): string | null {
    const value = this.#value(name);
    return value === null ? null : asText(value, this.#pathOf(name));
  }

  number(name: string): number | null {
    const value = this.#value(name);
    return value === null ? null : asNumber(value, this.#pathOf(name));
  }

  /** A 32-bit integer, like GraphQL's Int; fractions are rounded. */
  integer(name: string): number | null {
    const value = this.number(name);
    if (value === null) return null;
    const rounded = Math.round(value);
    if ((rounded | 0) !== rounded) throw unreadable(this.#pathOf(name), 'a 32-bit integer', value);
    return rounded;
  }

  #value(name: string): unknown {
    return this.#fields.get(name.toLowerCase()) ?? null;
  }

  #list(name: string): [element: unknown, path: string][] {
    const value = this.#value(name);
    return asList(value, this.#pathOf(name));
  }

  #pathOf(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number. Numeric strings are accepted, because upstream's own samples contain some. */
export function asNumber(value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw unreadable(path, 'a number', value);
  return number;
}

/** The elements with their paths. Null elements are skipped; null is an empty list. */
export function asList(value: unknown, path: string): [element: unknown, path: string][] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw unreadable(path, 'a list', value);
  return value
    .map((element, index): [unknown, string] => [element, `${path}[${index}]`])
    .filter(([element]) => element !== null);
}

export function asText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unreadable(path, 'a string', value);
}

function unreadable(path: string, expected: string, value: unknown): ApiError {
  const found = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a value of type ${typeof value}`;
  return new ApiError(
    'UPSTREAM_BAD_RESPONSE',
    `Jobalyzer's response could not be read: ${path} should be ${expected}.`,
    {
      path,
      expected,
      found: typeof value === 'number' ? `the number ${value}` : found,
    },
  );
}
