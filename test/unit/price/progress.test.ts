import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../src/commands/price/progress.js';

function progressOn(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  let now = 0;
  const output = { isTTY, columns, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const progress = createProgress(output, () => now);
  return { progress, written, pass: (ms: number) => void (now += ms) };
}

describe('progress', () => {
  it('is a line now and then where there is no terminal', () => {
    const { progress, written, pass } = progressOn(false);
    progress.begin('Buying', 2_000);
    progress.at(10);
    pass(10_000);
    progress.at(500);
    progress.at(600);
    pass(10_000);
    progress.waits('The client asks too often.', 30_000);
    progress.at(2_000);
    progress.end();
    progress.end();
    expect(written).toEqual([
      'Buying 25 % 500 of 2,000, 30 s left\n',
      'Buying 30 % 600 of 2,000, 47 s left (waiting 30 s: The client asks too often.)\n',
      'Buying 100 % 2,000 of 2,000\n',
    ]);
  });

  it('says nothing of what is over, and not how long it takes before that can be told', () => {
    const { progress, written, pass } = progressOn(true, 100);
    progress.begin('Buying', 100);
    progress.waits('Busy.', 5_000);
    pass(3_000);
    progress.at(25);
    pass(1_000);
    progress.at(25);
    pass(4_000);
    progress.at(50);
    progress.waits('Busy.', 60_000);
    progress.begin('Writing', 100);
    progress.end();
    const bar = '[############············]';
    expect(written.map((text) => text.replaceAll('\u001b[K', '').trim())).toEqual([
      'Buying [######··················] 25 % 25 of 100 (waiting 2 s: Busy.)',
      'Buying [######··················] 25 % 25 of 100, 12 s left (waiting 1 s: Busy.)',
      `Buying ${bar} 50 % 50 of 100, 8 s left`,
      'Writing [························] 0 % 0 of 100',
    ]);
  });

  it.each([
    [89, '89 s'],
    [90, '2 min'],
    [89 * 60, '89 min'],
    [90 * 60, '1 h 30 min'],
  ])('tells %i seconds as %s', (seconds, told) => {
    const { progress, written, pass } = progressOn(false);
    progress.begin('Buying', 2);
    pass(seconds * 1_000);
    progress.at(1);
    expect(written).toEqual([`Buying 50 % 1 of 2, ${told} left\n`]);
  });

  it('is a bar on a terminal, no longer than a line of it', () => {
    const { progress, written, pass } = progressOn(true, 40);
    progress.begin('Looking', null);
    pass(1_000);
    progress.at(0.5);
    progress.at(0.6);
    pass(1_000);
    progress.at(1);
    progress.end();
    expect(written).toEqual([
      '\rLooking [############···········] 50 %\u001b[K',
      '\rLooking [#######################] 100 %\u001b[K',
      '\rLooking [#######################] 100 %\u001b[K\n',
    ]);
  });

  it.each([
    [34, '\rBuying [###··] 50 % 500 of 1,000\u001b[K\n'],
    [33, '\rBuying 50 % 500 of 1,000\u001b[K\n'],
    [10, '\rBuying 50\u001b[K\n'],
  ])('has its figures before it has a bar where a line has %i columns', (columns, line) => {
    const { progress, written } = progressOn(true, columns);
    progress.begin('Buying', 1_000);
    progress.at(500);
    progress.end();
    expect(written).toEqual([line]);
  });

  it('says why nothing happens in one line that moves no cursor', () => {
    const { progress, written, pass } = progressOn(true, 80);
    progress.begin('Buying', 1);
    pass(1_000);
    progress.waits('Too\nmuch\u001b[2J\u202e.', 5_000);
    expect(written).toEqual([expect.stringContaining('(waiting 5 s: Too much[2J.)')]);
  });

  it('of nothing is done at once', () => {
    const { progress, written } = progressOn(false);
    progress.begin('Writing', 0);
    progress.end();
    expect(written).toEqual(['Writing 100 % 0 of 0\n']);
  });
});
