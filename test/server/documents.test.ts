import { beforeEach, describe, it, vi } from 'vitest';
import { DOOR_NAMES, DOORS } from './doors.js';
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
