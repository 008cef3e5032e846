import { describe, expect, it } from 'vitest';
import { createReportCache } from '../../src/datasources/reports/cache.js';
import type { EntryIn } from '../../src/datasources/reports/ledger.js';
import { canonicalAnswers } from '../../src/model/answers.js';
import type { ReportKey } from '../../src/model/report.js';
import { NURSE } from '../fixtures/answers/answers.js';
import type { Ledger } from '../../src/datasources/reports/ports.js';
import { payBody } from '../fixtures/upstream/upstream.js';

const HOUR = 60 * 60_000;
const MEGACHARACTER = 1024 * 1024;

describe('the collected reports in memory', () => {
  it('are read once, and then served from there, for each type', async () => {
    const { cache, reads } = caching();
    const [first, second] = await Promise.all([
      cache.fetch(keyOf('a'), 'PAY', collected('a')),
      cache.fetch(keyOf('a'), 'PAY', collected('a')),
    ]);
    expect(second).toBe(first);
    expect(await cache.fetch(keyOf('a'), 'PAY', collected('a'))).toBe(first);
    expect(cache.get('a', 'PAY', Date.now())?.report).toBe(first);
    expect([cache.has('a', 'PAY', Date.now()), cache.has('a', 'YOE', Date.now())]).toEqual([true, false]);
    expect(reads).toEqual(['a']);
  });

  it('are not served once they have expired, and then read anew', async () => {
    const { cache, reads } = caching();
    const expiresAt = Date.now() + HOUR;
    await cache.fetch(keyOf('a'), 'PAY', collected('a', expiresAt));
    expect([expiresAt - 1, expiresAt].map((now) => cache.has('a', 'PAY', now))).toEqual([true, false]);
    expect([expiresAt - 1, expiresAt].map((now) => cache.get('a', 'PAY', now) !== null)).toEqual([true, false]);
    await cache.fetch(keyOf('b'), 'PAY', collected('b', Date.now() - 1));
    await cache.fetch(keyOf('b'), 'PAY', collected('b', expiresAt));
    expect(reads).toEqual(['a', 'b', 'b']);
    expect(cache.has('b', 'PAY', Date.now())).toBe(true);
  });

  it('are at most 64 million characters; those that were not used for longest go first', async () => {
    const { cache } = caching(30 * MEGACHARACTER);
    const kept = (): string[] => ['a', 'b', 'c'].filter((id) => cache.has(id, 'PAY', Date.now()));
    await cache.fetch(keyOf('a'), 'PAY', collected('a'));
    await cache.fetch(keyOf('b'), 'PAY', collected('b'));
    expect(kept()).toEqual(['a', 'b']);
    cache.get('a', 'PAY', Date.now());
    await cache.fetch(keyOf('c'), 'PAY', collected('c'));
    expect(kept()).toHaveLength(2);
    expect(kept()).toContain('c');
  });

  it('say which answers were bought in another spelling than they were asked for', async () => {
    const { cache } = caching();
    const bought = keyOf('a').request;
    const asked = { ...bought, answers: { ...bought.answers, jobTitle: bought.answers.jobTitle.toUpperCase() } };
    const { warnings } = await cache.fetch({ id: 'b', request: asked }, 'PAY', collected('a'), bought);
    expect(warnings).toMatchObject([{ answerId: 'JobTitle', code: 'CORRECTED_ANSWER' }]);
    expect((await cache.fetch({ id: 'a', request: bought }, 'PAY', collected('a'))).warnings).toEqual([]);
  });

  it('are in a place until they expire, are pushed out, or are read anew', async () => {
    const { cache } = caching(30 * MEGACHARACTER);
    const expiresAt = Date.now() + HOUR;
    const placeOf = async (id: string, until = expiresAt) => {
      await cache.fetch(keyOf(id), 'PAY', collected(id, until));
      const kept = cache.get(id, 'PAY', -Infinity);
      if (!kept) throw new Error('It is not in memory.');
      return kept.place;
    };
    const place = await placeOf('a');
    expect([expiresAt - 1, expiresAt].map((now) => cache.isCurrent(place, now))).toEqual([true, false]);
    // While the clock is in doubt, nothing has expired.
    expect(cache.isCurrent(place, -Infinity)).toBe(true);
    const other = await placeOf('b');
    cache.isCurrent(place, expiresAt - 1);
    await placeOf('c');
    expect([place, other].map((each) => cache.isCurrent(each, expiresAt - 1))).toEqual([true, false]);

    const expired = await placeOf('d', Date.now() - 1);
    const again = await placeOf('d');
    expect(again.key).toBe(expired.key);
    expect([expired, again].map((each) => cache.isCurrent(each, -Infinity))).toEqual([false, true]);
  });

  it('have each warning of the purchase and of the report once, and the time of their collection', async () => {
    const Warnings = [
      { AnswerId: 'City', Message: 'Odd.' },
      { AnswerId: 'Skills', Message: 'Odd.' },
    ];
    const body = JSON.stringify({ ...payBody({}), Warnings });
    const cache = createReportCache({ body: async () => body } as unknown as Ledger);
    const warning = { answerId: 'City', answerValue: null, message: 'Odd.', code: null };
    const other = { ...warning, message: 'Other.' };
    const entry = { ...collected('a'), warnings: [other, warning, warning] };
    const { warnings, collectedAt } = await cache.fetch(keyOf('a'), 'PAY', entry);
    expect(warnings).toEqual([other, warning, { ...warning, answerId: 'Skills' }]);
    expect(collectedAt).toEqual(new Date(1));
  });

  it('have the currency of the country that they were asked for, where they do not name it', async () => {
    const body = JSON.stringify(payBody({ Report: { BasePayReport: { CurrencyName: 'Dollar' } } }));
    const cache = createReportCache({ body: async () => body } as unknown as Ledger);
    const { id, request } = keyOf('a');
    const inCanada = { id, request: { ...request, answers: { ...request.answers, country: 'Canada' } } };
    expect((await cache.fetch(inCanada, 'PAY', collected('a'))).basePay?.currencyCode).toBe('CAD');
  });

  it('are not read from the ledger if they were decoded while they were stored, as this very entry', async () => {
    const { cache, reads } = caching();
    const entry = collected('a');
    const body = JSON.stringify(payBody({ Report: { LevelUsed: 'Ahead' } }));
    cache.readAhead(keyOf('a').request, entry, body);
    expect(cache.has('a', 'PAY', Date.now())).toBe(false);
    expect(await cache.fetch(keyOf('a'), 'PAY', entry)).toMatchObject({ levelUsed: 'Ahead' });
    expect(reads).toEqual([]);
    // Another process may have stored another body as the same version.
    const other = collected('b');
    cache.readAhead(keyOf('b').request, other, body);
    expect(await cache.fetch(keyOf('b'), 'PAY', { ...other })).not.toMatchObject({ levelUsed: 'Ahead' });
    expect(reads).toEqual(['b']);
    // It was bought for another country, on which what is decoded depends.
    const abroad = collected('c');
    const { request } = keyOf('c');
    cache.readAhead({ ...request, answers: { ...request.answers, country: 'Canada' } }, abroad, body);
    await cache.fetch(keyOf('c'), 'PAY', abroad);
    expect(reads).toEqual(['b', 'c']);
  });

  it('that cannot be decoded ahead are read, and refused, once they are asked for', async () => {
    const { cache, reads } = caching();
    const entry = collected('a');
    cache.readAhead(keyOf('a').request, entry, '{');
    await cache.fetch(keyOf('a'), 'PAY', entry);
    expect(reads).toEqual(['a']);
  });

  it('are not served if what is stored is damaged', async () => {
    const cache = createReportCache({ body: async () => '{' } as unknown as Ledger);
    await expect(cache.fetch(keyOf('a'), 'PAY', collected('a'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: expect.any(SyntaxError) as SyntaxError,
    });
    expect(cache.has('a', 'PAY', Date.now())).toBe(false);
  });

  it('are not read if the body is gone', async () => {
    const cache = createReportCache({ body: async () => null } as unknown as Ledger);
    await expect(cache.fetch(keyOf('a'), 'PAY', collected('a'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(cache.has('a', 'PAY', Date.now())).toBe(false);
  });
});

function keyOf(id: string): ReportKey {
  return { id, request: { answers: canonicalAnswers(NURSE, 'answers'), autoResolveJobTitle: true } };
}

function collected(reportId: string, expiresAt = Date.now() + HOUR) {
  const entry = { state: 'COLLECTED', reportId, type: 'PAY', version: 4, at: 1, expiresAt, rating: 5, warnings: [] };
  return entry as unknown as EntryIn<'COLLECTED'>;
}

/** A cache over a ledger whose bodies have about so many characters. */
function caching(characters = 0) {
  const body = JSON.stringify(payBody({ Report: { LevelUsed: 'x'.repeat(characters) } }));
  const reads: string[] = [];
  const ledger = {
    async body({ reportId }: EntryIn<'COLLECTED'>) {
      reads.push(reportId);
      return body;
    },
  };
  return { cache: createReportCache(ledger as unknown as Ledger), reads };
}
