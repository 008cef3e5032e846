import { describe, expect, it } from 'vitest';
import { blockAround, blocksOf, instrumented } from './blocks.js';
import { equivalenceOf } from './equivalent.js';
import { mutantsOf, mutated } from './mutants.js';
import { scoreOf, type Verdict } from './report.js';
import { sampleOf } from './sample.js';

/** What takes the place of what. */
function changesOf(source: string): string[] {
  return mutantsOf('a.ts', source).map(({ original, replacement }) => `${original} → ${replacement}`);
}

describe('mutants', () => {
  it.each([
    ['comparisons', 'x(a < b);', ['x(a < b); → ;', 'a < b → (a >= b)', 'a < b → (a <= b)']],
    ['equality', 'y = a === b;', ['y = a === b; → ;', 'a === b → (a !== b)']],
    ['logic', 'const y = a && b;', ['a && b → (a || b)']],
    ['defaults', 'const y = a ?? b;', ['a ?? b → (a)']],
    ['arithmetic', 'const y = a * b;', ['a * b → (a / b)']],
    ['conditions', 'const y = a ? b : c;', ['a → true', 'a → false']],
    ['signs', 'const y = !a;', ['!a → (a)']],
    ['optional chaining', 'const y = a?.b(c?.[0]);', ['?. → .', '?. → ', '0 → (0 + 1)']],
    [
      'literals',
      `const y = [true, 'a', '', 7, 5_000];`,
      ['true → false', "'a' → ''", "'' → 'mutant'", '7 → (7 + 1)', '5_000 → (5_000 * 10)'],
    ],
    ['calls that are awaited', 'await x();', ['await x(); → ;']],
    ['returned values', 'function f() { return a; }', ['{ return a; } → {}', 'return a; → return undefined;']],
    ['arrow functions', 'const f = () => ({ a });', ['({ a }) → (undefined)']],
    ['methods', 'const y = Math.min(a.filter(f));', ['min → max', 'a.filter(f) → a']],
  ])('of %s', (_, source, changes) => {
    expect(changesOf(source).toSorted()).toEqual(changes.toSorted());
  });

  it.each([
    ['types and imports', `import { a } from 'b'; type C = 'd' | 1; let e: 'f';`],
    ['words for people', `throw new Error('a'); throw new ApiError(C, 'A whole sentence.');`],
    ['log lines', `const x = log.info(a, 'said');`],
  ])('are not made of %s', (_, source) => {
    expect(changesOf(source)).toEqual([]);
  });

  it('change what they say, also behind characters of several bytes', () => {
    const source = `/* … → */ const y = a < b;`;
    expect(mutantsOf('a.ts', source).map((mutant) => mutated(source, mutant))).toContain(
      `/* … → */ const y = (a <= b);`,
    );
  });

  it('are known with their line', () => {
    expect(mutantsOf('a.ts', '\n\nconst y = !a;')).toMatchObject([{ file: 'a.ts', line: 3, operator: 'drop sign' }]);
  });
});

describe('blocks', () => {
  const SOURCE = 'const f = (a) => a && { b: 1 }; function g() { if (a) { h(); } return () => ({}); }';

  it('are the file, what is in braces, and the expressions of arrow functions', () => {
    expect(blocksOf('a.ts', SOURCE).map(({ start, end }) => SOURCE.slice(start, end))).toEqual([
      SOURCE,
      'a && { b: 1 }',
      '{ if (a) { h(); } return () => ({}); }',
      '{ h(); }',
      '({})',
    ]);
  });

  it('of a mutant is the smallest around it', () => {
    const at = SOURCE.indexOf('h();');
    expect(blockAround(blocksOf('a.ts', SOURCE), { start: at, end: at + 4 })).toBe(3);
    expect(blockAround(blocksOf('a.ts', SOURCE), { start: 0, end: 5 })).toBe(0);
  });

  it('say that they were executed, and do what they did', () => {
    const executed: number[] = [];
    const source = 'const f = (a) => a + 1; const g = (a) => { if (a) { return f(a); } return () => ({ a }); };';
    // eslint-disable-next-line typescript/no-implied-eval
    const run = new Function('globalThis', `${instrumented('a.ts', source)} return [g(1), g(0)().a];`) as (
      global: object,
    ) => unknown;
    expect(run({ __executed: (_file: string, block: number) => executed.push(block) })).toEqual([2, 0]);
    expect(executed).toEqual([0, 2, 3, 1, 2, 4]);
  });
});

describe('a sample', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);

  it('depends on its seed only, is in order and has no item twice', () => {
    const sample = sampleOf(items, 20, 7);
    expect(sample).toEqual(sampleOf(items, 20, 7));
    expect(sample).toEqual([...new Set(sample)].toSorted((a, b) => a - b));
    expect(sample).toHaveLength(20);
    expect(sample).not.toEqual(sampleOf(items, 20, 8));
  });

  it('of all is all', () => {
    expect(sampleOf(items, 100, 1)).toEqual(items);
  });
});

describe('the score', () => {
  it('is the share of killed mutants among those that are not equivalent', () => {
    const verdicts = (['killed', 'killed', 'survived', 'refused', 'equivalent'] as const).map(
      (status) => ({ status }) as Verdict,
    );
    expect(scoreOf(verdicts)).toEqual({
      killed: 2,
      survived: 1,
      refused: 1,
      equivalent: 1,
      percent: 66.7,
      byTestsAlone: 50,
      interval: [20.8, 93.9],
    });
  });

  it('does not count a mutant as equivalent that nobody has explained', () => {
    expect(equivalenceOf({ file: 'src/a.ts', context: 'a();', replacement: ';' })).toBeNull();
  });
});
