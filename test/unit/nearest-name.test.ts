import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestName } from '../../src/settings/nearest-name.js';

it.each([
  ['PORT', ['HOST', 'PORT'], 'PORT', 0],
  ['prot', ['HOST', 'PORT'], 'PORT', 1],
  ['PORTS', ['HOST', 'PORT'], 'PORT', 1],
  ['RATE_LIMIT', ['RATE_LIMIT_MAX', 'LIMIT'], 'RATE_LIMIT_MAX', 4],
  ['AB', ['CD', 'EF'], 'CD', 2],
])('the nearest name to %s among %j is %s', (name, names, nearest, changes) => {
  expect(nearestName(name, names)).toEqual({ name: nearest, changes });
});

it('is none where there are no names', () => {
  expect(nearestName('PORT', [])).toBeNull();
});

it('is the first of those with the fewest changes, whichever others were compared before', () => {
  const word = fc.string({ unit: fc.constantFrom('A', 'B', 'C', '_'), maxLength: 8 });
  fc.assert(
    fc.property(word, fc.array(word, { minLength: 1 }), (name, names) => {
      // Alone, each is compared to the end.
      const each = names.map((candidate) => nearestName(name, [candidate])?.changes ?? Infinity);
      const fewest = Math.min(...each);
      expect(nearestName(name, names)).toEqual({ name: names[each.indexOf(fewest)], changes: fewest });
    }),
  );
});
