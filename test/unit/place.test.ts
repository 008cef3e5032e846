import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeNamed } from '../../src/model/place.js';

const UNKNOWN = { city: null, state: null, country: null };

describe('the place that a text names', () => {
  it.each([
    ['Seattle, Washington, United States', { city: 'Seattle', state: 'Washington', country: 'United States' }],
    [' New York ,New York, United States', { city: 'New York', state: 'New York', country: 'United States' }],
    ['Berlin, Berlin, Germany', { city: 'Berlin', state: 'Berlin', country: 'Germany' }],
    ['New York, United States', { city: null, state: 'New York', country: 'United States' }],
    ['Ontario, Canada', { city: null, state: 'Ontario', country: 'Canada' }],
    ['York, Pennsylvania', { city: 'York', state: 'Pennsylvania', country: 'United States' }],
    ['Seattle, WA', { city: 'Seattle', state: 'Washington', country: 'United States' }],
    ['Los Angeles, CA', { city: 'Los Angeles', state: 'California', country: 'United States' }],
    ['Toronto, ON, Canada', { city: 'Toronto', state: 'Ontario', country: 'Canada' }],
    ['Germany', { city: null, state: null, country: 'Germany' }],
  ])('is taken apart: %s', (text, place) => {
    expect(placeNamed(text)).toEqual(place);
  });

  it.each([
    'London, United Kingdom',
    'Seattle, United States',
    'Ontario, United States',
    'Georgia',
    'Toronto, ON, Germany, x',
    'Tbilisi, Georgia',
    'Atlantis, Ocean, Nowhere',
    'Seattle',
    'a, b, c, United States',
    'Seattle, , United States',
    ', Germany',
    '',
  ])('is none where it may mean two: %j', (text) => {
    expect(placeNamed(text)).toEqual(UNKNOWN);
  });

  it('has parts of the text, and always a country, whatever the text', () => {
    const known = ['Seattle', 'Washington', 'washington', 'United States', 'Canada', 'Ontario', ' Georgia ', ''];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known)), (parts) => {
        const { city, state, country } = placeNamed(parts.join(','));
        const given = parts.map((part) => part.trim());
        const smaller = [city, state].filter((each) => each !== null);
        expect(given).toEqual(expect.arrayContaining(smaller));
        expect(smaller.length === 0 || country !== null).toBe(true);
      }),
    );
  });
});
