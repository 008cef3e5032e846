import { Kind, OperationTypeNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createRepeatedAnswers, storedAnswer } from '../../src/graphql/stored/repeated.js';

function answerOf(length: number) {
  return storedAnswer(
    {
      definition: {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [] },
      },
      json: 'x'.repeat(length),
      reports: 0,
      parts: [],
      safelist: null,
    },
    'made',
  );
}

describe('repeated answers', () => {
  it('are kept from the second time on', () => {
    const repeated = createRepeatedAnswers();
    const answer = answerOf(10);
    repeated.offer('a', answer);
    expect([repeated.has('a'), repeated.get('a')]).toEqual([false, undefined]);
    repeated.offer('a', answer);
    expect(repeated.get('a')).toMatchObject({ json: answer.json, outcome: { refused: null, stored: 'repeated' } });
    expect(repeated.has('b')).toBe(false);
  });

  it('are replaced at once by newer ones', () => {
    const repeated = createRepeatedAnswers();
    repeated.offer('a', answerOf(10));
    repeated.offer('a', answerOf(10));
    repeated.offer('a', answerOf(11));
    expect(repeated.get('a')?.json).toHaveLength(11);
  });

  it('stay while any number of other requests is received once, however large they are', () => {
    const repeated = createRepeatedAnswers();
    repeated.offer('hot', answerOf(10));
    repeated.offer('hot', answerOf(10));
    const large = 'y'.repeat(100_000);
    const answer = answerOf(1_000);
    for (let number = 0; number < 1_000; number++) repeated.offer(`${number} ${large}`, answer);
    expect(repeated.has('hot')).toBe(true);
  });

  it('stay, if they are used, while others are repeated', () => {
    const repeated = createRepeatedAnswers({ most: 50_000 });
    repeated.offer('hot', answerOf(10));
    repeated.offer('hot', answerOf(10));
    for (let number = 0; number < 1_000; number++) {
      repeated.get('hot');
      repeated.offer(`${number}`, answerOf(10_000));
      repeated.offer(`${number}`, answerOf(10_000));
    }
    expect([repeated.has('hot'), repeated.has('0'), repeated.has('999')]).toEqual([true, false, true]);
  });

  it('have bounds: so much of all, of one, and of what was received once', () => {
    const repeated = createRepeatedAnswers({ most: 10_000 });
    const names = Array.from({ length: 20 }, (_, index) => `request ${index}`);
    for (const name of names) for (let time = 0; time < 2; time++) repeated.offer(name, answerOf(1_000));
    expect(names.filter((name) => repeated.has(name)).length).toBe(6);

    const large = createRepeatedAnswers();
    const longest = 256 * 1024;
    for (const length of [longest - 1, longest]) {
      for (let time = 0; time < 2; time++) large.offer(`${length % 2}`, answerOf(length));
    }
    expect([large.has('1'), large.has('0')]).toEqual([true, false]);

    const forgetful = createRepeatedAnswers({ seenPlaces: 1 });
    for (const name of ['first', 'b', 'first']) forgetful.offer(name, answerOf(1));
    expect(forgetful.has('first')).toBe(false);
  });
});
