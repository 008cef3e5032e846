import { expect, it } from 'vitest';
import { remembered } from '../../src/lib/remembered.js';

function counted() {
  const asked: string[] = [];
  const lengthOf = remembered((text) => {
    asked.push(text);
    return text === '' ? undefined : text.length;
  });
  return { lengthOf, asked };
}

it('a result is made once, also one that is undefined', () => {
  const { lengthOf, asked } = counted();
  expect(['abc', '', 'abc', ''].map(lengthOf)).toEqual([3, undefined, 3, undefined]);
  expect(asked).toEqual(['abc', '']);
});

it('what is long is not kept', () => {
  const { lengthOf, asked } = counted();
  const long = 'x'.repeat(257);
  expect([lengthOf(long), lengthOf(long)]).toEqual([257, 257]);
  expect(asked).toHaveLength(2);
});

it('any number of texts leaves a bounded number of results', () => {
  const { lengthOf, asked } = counted();
  const texts = Array.from({ length: 1_000 }, (_, index) => String(index));
  texts.forEach(lengthOf);
  asked.length = 0;
  texts.forEach(lengthOf);
  expect(asked.length).toBeGreaterThanOrEqual(900);
});
