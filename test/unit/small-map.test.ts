import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SmallMap } from '../../src/lib/small-map.js';

it('a small map has what a Map has, whatever is set and deleted', () => {
  const steps = fc.array(
    fc.record({
      key: fc.constantFrom('', 'a', 'b', 'c', '__proto__'),
      value: fc.option(fc.nat(), { nil: null }),
      act: fc.constantFrom('set', 'delete'),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (steps) => {
      const map = new Map<string, number | null>();
      const small = new SmallMap<number | null>();
      for (const { key, value, act } of steps) {
        if (act === 'set') {
          map.set(key, value);
          small.set(key, value);
        } else {
          map.delete(key);
          small.delete(key);
        }
        expect(small.keys().sort()).toEqual([...map.keys()].sort());
        for (const each of ['', 'a', 'b', 'c', '__proto__']) {
          expect([small.has(each), small.get(each)]).toEqual([map.has(each), map.get(each)]);
        }
      }
    }),
  );
});
