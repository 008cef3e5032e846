import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import {
  decodeImpact,
  decodeJobTitleMatch,
  decodeLocations,
  decodeReport,
  decodeSuggestions,
} from '../../src/datasources/jobalyzer/decode.js';
import { impactBody, payBody, yoeBody } from '../fixtures/upstream/samples.js';

const Warnings = [{ AnswerId: 'City', AnswerValue: 'Sprngfield', Message: 'Ignored.', Code: 'W1' }];
const suggestion = { Answer: 'Nurse', Score: 90 };

type Body = Record<string, unknown>;

/** The complete response of each endpoint, without the parts that are not served. */
const BODIES: [name: string, decode: (body: unknown) => unknown, full: Body][] = [
  ['a pay report', (body) => decodeReport('PAY', body), full({ ...payBody(), Warnings })],
  ['a report by years of experience', (body) => decodeReport('YOE', body), full({ ...yoeBody(), Warnings })],
  ['impacts', decodeImpact, full(impactBody())],
  ['suggestions', decodeSuggestions, { Answers: [suggestion] }],
  ['a job title match', decodeJobTitleMatch, { Answers: [suggestion], Tasks: { Nurse: ['Care'] }, YearsExperience: 4 }],
  ['locations', decodeLocations, { Results: [{ Text: 'Seattle', Id: 3, Frequency: 9 }] }],
];

/** Unreadable warnings are omitted and do not make the rest of the report unreadable. */
const REMARKS = /^Warnings/;

/** Fields without which there is nothing to decode. */
const INDISPENSABLE = ['Report'];

describe.each(BODIES)('%s', (_, decode, body) => {
  const fields = countFields(body);

  it('is decoded without undefined or NaN, whatever fields are missing, null or in another letter case', () => {
    const fates = fc.array(fc.constantFrom('as it is', 'camelCase', 'lower case', 'null', 'missing'), {
      minLength: fields,
      maxLength: fields,
    });
    fc.assert(
      fc.property(fates, (fates) => {
        const decoded = decode(befallen(body, fates[Symbol.iterator]()));
        expect(holes(decoded)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is decoded without nulls if no field is missing', () => {
    expect(holes(decode(body))).toEqual([]);
    expect(JSON.stringify(decode(body))).not.toContain('null');
  });

  it.each(wrongKinds(body).filter(({ path }) => !REMARKS.test(path)))(
    'is rejected with the path if $path is $value',
    ({ path, steps, value }) => {
      const error = errorOf(() => decode(replaced(body, steps, value)));
      expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', details: { path } });
      expect(error.message).toContain(path);
    },
  );
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

function errorOf(work: () => unknown): ApiError {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
