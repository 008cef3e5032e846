import { beforeEach, describe, it, vi } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { BODIES, DOOR_NAMES, DOORS } from './doors.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { useSockets } from '../fixtures/sockets/use-sockets.js';

/** The texts of all validated documents, by a rule that finds no fault. */
const { validated } = vi.hoisted(() => ({ validated: [] as (string | undefined)[] }));
vi.mock(import('../../src/graphql/validation-rules.js'), async (original) => {
  const { validationRules } = await original();
  return {
    validationRules: (options) => [
      ...validationRules(options),
      (context) => {
        validated.push(context.getDocument().loc?.source.body);
        return {};
      },
    ],
  };
});

beforeEach(() => void (validated.length = 0));

describe('a document', () => {
  useServers();
  useSockets();

  it('is validated once for all doors, whichever comes first', async (context) => {
    const { start, expect } = context;
    const server = await start();
    for (const first of DOOR_NAMES) {
      const query = `query From${first.replaceAll(/\W/g, '')} { __typename }`;
      for (const door of [first, ...DOOR_NAMES, ...DOOR_NAMES]) {
        expect(await DOORS[door](server, { query }, context)).toEqual({ data: { __typename: 'Query' } });
      }
      expect(validated.splice(0), `first over ${first}`).toEqual([query]);
    }
  });

  it('that is not valid is validated each time', async (context) => {
    const { start, expect } = context;
    const server = await start();
    for (const door of DOOR_NAMES) await DOORS[door](server, { query: '{ nonsense }' }, context);
    expect(validated).toEqual(DOOR_NAMES.map(() => '{ nonsense }'));
  });
});

/** Fragments that each spread the next, the last one on a report's pay. */
function chain(length: number): string {
  const links = Array.from({ length }, (_, index) => `fragment F${index} on PayReport { ...F${index + 1} }`);
  return `${links.join(' ')} fragment F${length} on PayReport { levelUsed }`;
}

/** Fields under so many aliases. */
function aliases(count: number, field: string): string {
  return Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
}

const REPORT = 'query ($answers: AnswersInput!) { report(answers: $answers)';

describe('a document of which the response cannot be written', () => {
  useServers({ pendingPolls: 0 });
  useSockets();

  it.for<[string, string]>([
    ['selections nested too deeply', `${REPORT} { ${'... {'.repeat(100)} id ${'}'.repeat(100)} pay { levelUsed } } }`],
    ['10,000 levels of selections', `{ ${'... {'.repeat(10_000)} __typename ${'}'.repeat(10_000)} }`],
    ['10,000 levels of a list', `{ usage(since: ${'['.repeat(10_000)}${']'.repeat(10_000)}) { submitted } }`],
    ['a chain of 1,000 fragments', `${REPORT} { pay { ...F0 } } } ${chain(1_000)}`],
    [
      'fragments that multiply',
      `${REPORT} { ...R } } fragment R on Report { ${aliases(50, 'pay { ...P }')} }
        fragment P on PayReport { ${aliases(50, 'basePay { ...S }')} }
        fragment S on PayStatistics { ${aliases(50, 'percentileRank(amount: 1)')} }`,
    ],
    [
      'thousands of aliases in a list',
      `{ skillImpact(jobTitle: "Nurse") { impacts { ${aliases(4_000, 'answer')} } } }`,
    ],
  ])('buys nothing and is refused alike at every door: %s', async ([, query], context) => {
    const { start, upstream, expect } = context;
    const server = await start();
    const results = [];
    for (const door of BODIES) {
      results.push(await DOORS[door](server, { query, variables: { answers: numbered() } }, context));
    }
    expect(results[0]?.errors).toMatchObject([
      {
        message: expect.stringMatching(/nested too deeply|too l/),
        extensions: { code: 'OPERATION_TOO_LARGE', limit: expect.any(Number) },
      },
    ]);
    for (const result of results) expect(result).toEqual(results[0]);
    expect(upstream.submits()).toEqual([]);
  });

  it('is not one with brackets in its strings and comments, or with 99 levels', async (context) => {
    const { start, expect } = context;
    const server = await start();
    const query = `{ a: suggestLocations(term: ${JSON.stringify('.'.repeat(9))}) { text } __typename # ${'{'.repeat(200)}
      b: suggestLocations(term: """${'.'.repeat(9)}""") { text } ${'... {'.repeat(98)} __typename ${'}'.repeat(98)}
      reportById(id: "${'['.repeat(200)}") { id } }`;
    for (const door of DOOR_NAMES) {
      const { data } = await DOORS[door](server, { query }, context);
      expect(data, door).toMatchObject({ a: [], b: [], __typename: 'Query' });
    }
  });
});
