import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawResults } from '../../bench/support/picture.ts';
import { withResults, type Figure, type Results } from '../../bench/support/results.ts';

const README = readFileSync('bench/README.md', 'utf8');
const RESULTS = JSON.parse(readFileSync('bench/results.json', 'utf8')) as Results;

describe('the results of the benchmarks', () => {
  it('are those in the table of bench/README.md', async () => {
    expect(await withResults(README, RESULTS)).toBe(README);
  });

  it('are those in the picture', () => {
    expect(drawResults(RESULTS)).toBe(readFileSync('bench/results.svg', 'utf8'));
  });
});

describe('a table of results', () => {
  const written = async (figure: Figure): Promise<string> => {
    const scenarios = { hot: { date: '2026-01-02', figures: [figure] } };
    return (await withResults(README, { machine: 'a machine', scenarios })).replaceAll(/ +/g, ' ');
  };

  it('has each figure with its goal', async () => {
    const text = await written({ what: 'a delay', value: 4.9, unit: 'ms', atMost: 5 });
    expect(text).toContain('| `hot`, 2026-01-02 | a delay | ≤ 5 ms | 4.90 ms |');
  });

  it('says where a goal was missed', async () => {
    const text = await written({ what: 'a ratio', value: 0.8, unit: 'ratio', atLeast: 0.9 });
    expect(text).toContain('| a ratio | ≥ 0.9 | **0.80**, missed |');
  });

  it('has no figure that was never measured as reached', async () => {
    const text = await written({ what: 'a delay', value: Number.NaN, unit: 'ms', atMost: 5 });
    expect(text).toContain('missed');
  });

  it('replaces what was there, and nothing else', async () => {
    const once = await withResults(README, { machine: 'a machine', scenarios: {} });
    expect(await withResults(once, RESULTS)).toBe(README);
  });

  it('needs its place', async () => {
    await expect(withResults('# Benchmarks\n', RESULTS)).rejects.toThrow('no place');
  });
});

describe('a picture of results', () => {
  const picture = (...figures: Figure[]): string =>
    drawResults({ machine: 'a < b', scenarios: { start: { date: '2026-01-02', figures } } });
  const width = (text: string): number => Number(/<rect class="\w+" [^>]*width="([\d.]+)"/.exec(text)?.[1]);

  it('shows a figure farther to the right the better it is, whichever way that is', () => {
    const small = width(picture({ what: 'a time', value: 10, unit: 'ms', atMost: 20 }));
    const large = width(picture({ what: 'a time', value: 15, unit: 'ms', atMost: 20 }));
    expect(small).toBeGreaterThan(large);
    const slow = width(picture({ what: 'a rate', value: 1, unit: 'ratio', atLeast: 1 }));
    const fast = width(picture({ what: 'a rate', value: 2, unit: 'ratio', atLeast: 1 }));
    expect(fast).toBeCloseTo(2 * slow, 0);
  });

  it('keeps its bars within its width', () => {
    expect(width(picture({ what: 'a time', value: 0, unit: 'ms', atMost: 20 }))).toBeLessThan(600);
  });

  it('escapes text', () => {
    expect(picture()).toContain('a &lt; b');
  });
});
