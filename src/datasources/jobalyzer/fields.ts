import { parseJson, unmarked } from '../../lib/json.js';
import { Problems, unreadable } from './unreadable.js';

type Plain = Readonly<Record<string, unknown>>;

/** Longer numbers and texts are no figures, names or descriptions of this upstream. */
const LONGEST_NUMBER = 64;
const LONGEST_TEXT = 10_000;
const LONGEST_KEY_IN_PATH = 60;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reads one object of an upstream response, field by field, in either letter case. A missing or null field is null (for a
 * list: empty), and so is one that cannot be read, which is noted in `problems` with its path. `undefined` or `NaN` is never
 * returned as a value.
 */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;

  private constructor(
    readonly source: Plain,
    private readonly path: string,
    /** Of the whole response. */
    readonly problems: Problems,
  ) {
    const given = Object.entries(source).filter(([, value]) => value !== null);
    // If a field occurs in both letter cases, the first one counts. Null counts as missing.
    this.#fields = new Map(given.toReversed().map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** A whole response. Throws UPSTREAM_BAD_RESPONSE if it is not an object. */
  static of(value: unknown): Fields {
    if (!isPlain(value)) throw unreadable('The body', 'an object', value);
    return new Fields(value, '', new Problems());
  }

  /** Parses a JSON object; null if the text is not JSON or not an object. */
  static parse(text: string): Fields | null {
    try {
      return Fields.of(parseJson(text));
    } catch {
      return null;
    }
  }

  /** As received; null if it is missing. */
  raw(name: string): unknown {
    return this.#value(name);
  }

  object(name: string): Fields | null {
    return this.#object(this.#value(name), this.#pathOf(name));
  }

  /** The objects of a list. */
  objects(name: string): Fields[] {
    return this.#list(this.#value(name), this.#pathOf(name)).flatMap(
      ([element, path]) => this.#object(element, path) ?? [],
    );
  }

  /** The numbers of a map whose keys are data. */
  numbers(name: string): [key: string, value: number, path: () => string][] {
    const numbers: [string, number, () => string][] = [];
    for (const [key, value, path] of this.#entries(name)) {
      const number = value === null ? null : (numberOf(value) ?? this.#note(path(), 'a number', value));
      if (number !== null) numbers.push([key, number, path]);
    }
    return numbers;
  }

  /** The objects of a map whose keys are data, in the order received. */
  objectsByKey(name: string): [key: string, value: Fields][] {
    return this.#entries(name).flatMap(([key, value, path]) => {
      const object = this.#object(value, path());
      return object ? [[key, object]] : [];
    });
  }

  /** The lists of texts of a map whose keys are data, in the order received. */
  textsByKey(name: string): [key: string, texts: string[]][] {
    return this.#entries(name).map(([key, value, path]) => [
      key,
      this.#list(value, path()).flatMap(([element, at]) => this.#text(element, at) ?? []),
    ]);
  }

  /** Empty text is text. A number or boolean is read as its text. */
  text(name: string): string | null {
    return this.#text(this.#value(name), this.#pathOf(name));
  }

  /** The same, where a missing text is as good as one that cannot be read. */
  requiredText(name: string): string | null {
    return this.#value(name) === null ? this.#note(this.#pathOf(name), 'a string', null) : this.text(name);
  }

  /** A finite number, also one that is written as a string, because upstream's own samples contain some. */
  number(name: string): number | null {
    return this.#number(this.#value(name), this.#pathOf(name));
  }

  /** A 32-bit integer, like GraphQL's Int; fractions are rounded. */
  integer(name: string): number | null {
    const value = this.number(name);
    if (value === null) return null;
    const rounded = Math.round(value);
    return (rounded | 0) === rounded ? rounded : this.#note(this.#pathOf(name), 'a 32-bit integer', this.#value(name));
  }

  #value(name: string): unknown {
    return this.#fields.get(name.toLowerCase()) ?? null;
  }

  #pathOf(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }

  #note(path: string, expected: string, value: unknown): null {
    this.problems.add(path, expected, value);
    return null;
  }

  #object(value: unknown, path: string): Fields | null {
    if (isPlain(value)) return new Fields(value, path, this.problems);
    return value === null ? null : this.#note(path, 'an object', value);
  }

  /** The elements with their paths. Null elements are skipped. */
  #list(value: unknown, path: string): [element: unknown, path: string][] {
    if (!Array.isArray(value)) return value === null ? [] : (this.#note(path, 'a list', value) ?? []);
    return value
      .slice(0, this.problems.room(path, value.length))
      .map((element: unknown, index): [unknown, string] => [element, `${path}[${index}]`])
      .filter(([element]) => element !== null);
  }

  /** There may be a hundred, and of hardly any the path is needed. */
  #entries(name: string): [key: string, value: unknown, path: () => string][] {
    const [map, mapPath] = [this.#value(name), this.#pathOf(name)];
    if (!isPlain(map)) return map === null ? [] : (this.#note(mapPath, 'an object', map) ?? []);
    const entries = Object.entries(map);
    return entries.slice(0, this.problems.room(mapPath, entries.length)).map(([marked, value]) => {
      const key = unmarked(marked);
      return [key, value, () => `${mapPath}[${JSON.stringify(key.slice(0, LONGEST_KEY_IN_PATH))}]`];
    });
  }

  #text(value: unknown, path: string): string | null {
    if (value === null) return null;
    const given = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
    const text = given ? String(value) : value;
    if (typeof text !== 'string') return this.#note(path, 'a string', value);
    return text.length <= LONGEST_TEXT ? text : this.#note(path, `at most ${LONGEST_TEXT} characters long`, value);
  }

  #number(value: unknown, path: string): number | null {
    if (value === null) return null;
    return numberOf(value) ?? this.#note(path, 'a number', value);
  }
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number, also one that is written as a string; null for anything else. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' ? decimal(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Null for what would have to be guessed: thousands separators, percent signs, hexadecimal. */
function decimal(text: string): number | null {
  const trimmed = text.length <= LONGEST_NUMBER ? text.trim() : '';
  return DECIMAL.test(trimmed) ? Number(trimmed) : null;
}
