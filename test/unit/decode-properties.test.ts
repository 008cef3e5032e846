import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError, type AnswerIssue } from '../../src/errors.js';
import {
  decodeImpact,
  decodeJobTitleMatch,
  decodeLocations,
  decodeReport,
  decodeSuggestions,
} from '../../src/datasources/jobalyzer/decode.js';
import { Fields } from '../../src/datasources/jobalyzer/fields.js';
import { impactBody, payBody, yoeBody } from '../fixtures/upstream/samples.js';

const Warnings = [{ AnswerId: 'City', AnswerValue: 'Sprngfield', Message: 'Ignored.', Code: 'W1' }];
const suggestion = { Answer: 'Nurse', Score: 90 };

/** What is read from names, which say it or not, rather than from a field of its own. */
const READINGS = ['minYears', 'maxYears', 'degree', 'city', 'state', 'country'];
const withoutReadings = (key: string, value: unknown) => (READINGS.includes(key) ? undefined : value);

type Body = Record<string, unknown>;

interface Decoded {
  readonly decoded: unknown;
  /** What is said of the fields that could not be read. */
  readonly unreadable: readonly string[];
}
type Decode = (body: unknown) => Decoded;

function decodesReport(type: 'PAY' | 'YOE'): Decode {
  return (body) => {
    const decoded = decodeReport(type, body, { country: 'United States' });
    return { decoded, unreadable: messagesOf(decoded.warnings) };
  };
}

function decodesLookup(decode: (body: Fields) => unknown): Decode {
  return (body) => {
    const fields = Fields.of(body);
    const decoded = decode(fields);
    return { decoded, unreadable: messagesOf(fields.problems.warnings()) };
  };
}

function messagesOf(warnings: readonly AnswerIssue[]): string[] {
  return warnings.filter(({ code }) => code === 'UNREADABLE').map(({ message }) => message ?? '');
}

/** The complete response of each endpoint, without the parts that are not served. */
const BODIES: [name: string, decode: Decode, full: Body][] = [
  ['a pay report', decodesReport('PAY'), full({ ...payBody(), Warnings })],
  ['a report by years of experience', decodesReport('YOE'), full({ ...yoeBody(), Warnings })],
  ['impacts', decodesLookup(decodeImpact), full(impactBody())],
  ['suggestions', decodesLookup(decodeSuggestions), { Answers: [suggestion] }],
  [
    'a job title match',
    decodesLookup(decodeJobTitleMatch),
    { Answers: [suggestion], Tasks: { Nurse: ['Care'] }, YearsExperience: 4 },
  ],
  ['locations', decodesLookup(decodeLocations), { Results: [{ Text: 'Seattle', Id: 3, Frequency: 9 }] }],
];

/** Warnings are read on their own, by other rules. */
const REMARKS = /^Warnings/;

/** Fields without which there is nothing to decode. */
const INDISPENSABLE = ['Report'];

describe.each(BODIES)('%s', (name, decode, body) => {
  const fields = countFields(body);

  it('is decoded without undefined or NaN, whatever fields are missing, null or in another letter case', () => {
    const fates = fc.array(fc.constantFrom('as it is', 'camelCase', 'lower case', 'null', 'missing'), {
      minLength: fields,
      maxLength: fields,
    });
    fc.assert(
      fc.property(fates, (fates) => {
        const { decoded } = decode(befallen(body, fates[Symbol.iterator]()));
        expect(holes(decoded)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is decoded without nulls if no field is missing', () => {
    const { decoded, unreadable } = decode(body);
    expect(holes(decoded)).toEqual([]);
    expect(JSON.stringify(decoded, withoutReadings)).not.toContain('null');
    expect(unreadable).toEqual([]);
  });

  const wrong = wrongKinds(body).filter(({ path }) => !REMARKS.test(path));
  const indispensable = [...INDISPENSABLE, ...(name === 'impacts' ? [] : ['Answers', 'Results'])];

  it.each(wrong.filter(({ path }) => !indispensable.includes(path)))(
    'is served without $path if that is $value, and says so',
    ({ path, steps, value }) => {
      const { decoded, unreadable } = decode(replaced(body, steps, value));
      expect(holes(decoded)).toEqual([]);
      expect(unreadable).toEqual([expect.stringContaining(`${path} could not be read`)]);
    },
  );

  it('is UPSTREAM_BAD_RESPONSE without what it is about', () => {
    for (const { steps, value } of wrong.filter(({ path }) => indispensable.includes(path))) {
      expect(() => decode(replaced(body, steps, value))).toThrow(
        expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE' }),
      );
    }
  });

  it('is decoded without undefined or NaN, whatever is in its place', () => {
    const places = placesOf(body).filter(({ path }) => path !== 'Report');
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        '',
        ' ',
        'NaN',
        '1,234',
        Infinity,
        -Infinity,
        3e9,
        1e300,
        1.5,
        '0x10',
        '\ud800',
        'x'.repeat(20_000),
      ),
    );
    const changes = fc.array(fc.tuple(fc.nat(places.length - 1), anything), { maxLength: 6 });
    fc.assert(
      fc.property(changes, (changes) => {
        // The deepest first, so that the others still have a place.
        const wrong = changes
          .toSorted(([a], [b]) => b - a)
          .reduce((changed, [place, value]) => replaced(changed, places[place]?.steps ?? [], value), body);
        expect(holes(decodedOrRefused(() => decode(wrong).decoded))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

function full(body: object): Body {
  const { Errors: _errors, ...rest } = body as Body;
  const { MatchedFactors: _factors, ...Context } = rest['Context'] as Body;
  return { ...rest, Context };
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countFields(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, element) => sum + countFields(element), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + 1 + countFields(inner), 0);
}

/** The body with a fate applied to each field. */
function befallen(value: unknown, fates: Iterator<string>): unknown {
  if (Array.isArray(value)) return value.map((element) => befallen(element, fates));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const fate = INDISPENSABLE.includes(name) ? 'camelCase' : String(fates.next().value);
      const kept = befallen(inner, fates);
      if (fate === 'missing') return [];
      if (fate === 'camelCase') return [[name.charAt(0).toLowerCase() + name.slice(1), kept]];
      if (fate === 'lower case') return [[name.toLowerCase(), kept]];
      return [[name, fate === 'null' ? null : kept]];
    }),
  );
}

/** The paths in a decoded response that are undefined or not finite. */
function holes(value: unknown, path = ''): string[] {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return [`${path}: ${value}`];
  if (Array.isArray(value)) return value.flatMap((element, index) => holes(element, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => holes(inner, `${path}.${name}`));
}

interface Place {
  readonly path: string;
  readonly steps: readonly string[];
  readonly value: unknown;
}

/** Every place in the body with values of a wrong type for it. */
function wrongKinds(body: Body): Place[] {
  return placesOf(body).flatMap(({ value, ...place }) => wrongFor(value).map((wrong) => ({ ...place, value: wrong })));
}

function wrongFor(value: unknown): unknown[] {
  if (Array.isArray(value)) return [{}, 'text', 3];
  if (isObject(value)) return [[], 'text', 3, true];
  return typeof value === 'number' ? [{}, [], true, 'text', ''] : [{}, []];
}

const DATA_MAPS = ['FullPercentiles', 'Answers', 'Tasks'];

/** All places below; only the first ones of lists and of maps whose keys are data. */
function placesOf(value: unknown, path = '', steps: readonly string[] = []): Place[] {
  if (!isObject(value) && !Array.isArray(value)) return [];
  const keysAreData = !Array.isArray(value) && DATA_MAPS.includes(steps.at(-1) ?? '');
  return Object.entries(value)
    .slice(0, keysAreData || Array.isArray(value) ? 2 : Infinity)
    .flatMap(([name, inner]) => {
      const key = keysAreData ? `[${JSON.stringify(name)}]` : Array.isArray(value) ? `[${name}]` : `.${name}`;
      const at = path ? path + key : name;
      return [{ path: at, steps: [...steps, name], value: inner }, ...placesOf(inner, at, [...steps, name])];
    });
}

function replaced(body: Body, steps: readonly string[], value: unknown): Body {
  const copy = structuredClone(body);
  let at: Body = copy;
  for (const step of steps.slice(0, -1)) at = at[step] as Body;
  at[steps.at(-1) ?? ''] = value;
  return copy;
}

/** Null if it is refused with the error for it; any other error is thrown. */
function decodedOrRefused(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ApiError && error.code === 'UPSTREAM_BAD_RESPONSE') return null;
    throw error;
  }
}
