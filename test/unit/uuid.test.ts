import { expect, it } from 'vitest';
import { timeOrderedUuid } from '../../src/lib/uuid.js';

it('a UUID that begins with the time is one of version 7, another one each time, and later than those of earlier times', () => {
  const ids = [1_000, 1_001, Date.now(), Date.now()].map((time) => timeOrderedUuid(time));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.slice(0, 3).toSorted()).toEqual(ids.slice(0, 3));
  expect(Number.parseInt(timeOrderedUuid(1_700_000_000_123).replaceAll('-', '').slice(0, 12), 16)).toBe(
    1_700_000_000_123,
  );
});
