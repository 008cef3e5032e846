import { afterEach, describe, expect, it, vi } from 'vitest';
import data from '../../src/simulator/labour-market.json' with { type: 'json' };
import { LabourMarketError, readLabourMarket } from '../../src/simulator/labour-market-schema.js';

type File = typeof data;

const FILE = '../../src/simulator/labour-market.json';

describe('the data file of the labour market', () => {
  it('is read with the trade of each title in place of its name', () => {
    const { jobTitles, trades } = readLabourMarket(data, 'the file');
    expect(jobTitles).toHaveLength(data.jobTitles.length);
    expect(jobTitles[0]?.trade).toBe(trades[data.jobTitles[0]?.trade ?? '']);
  });

  it('says that it is invented', () => {
    expect(data.notice).toMatch(/invented.*PayScale/);
  });

  it.each<[string, (file: File) => void]>([
    ['jobTitles.0.trade: there is no trade "alchemy"', ({ jobTitles: [first] }) => (first!.trade = 'alchemy')],
    ['jobTitles.0.trade: there is no trade "toString"', ({ jobTitles: [first] }) => (first!.trade = 'toString')],
    ['jobTitles.1.degree: there is no degree of level 2.5', ({ jobTitles: [, second] }) => (second!.degree = 2.5)],
    ['jobTitles.1.pay:', ({ jobTitles: [, second] }) => (second!.pay = -1)],
    ['jobTitles.0.skills.Python:', ({ jobTitles: [first] }) => Object.assign(first!.skills, { Python: '4' })],
    ['jobTitles.0: Unrecognized key: "salary"', ({ jobTitles: [first] }) => Object.assign(first!, { salary: 1 })],
    [
      'jobTitles.1.aliases.0: "SOFTWARE DEVELOPER" is a title or an alias twice',
      ({ jobTitles: [, second] }) => (second!.aliases = ['SOFTWARE DEVELOPER']),
    ],
    ['countries.0.places: the shares add up to 1', ({ countries: [first] }) => (first!.places[0]!.share = 100)],
    [
      'countries.0.places.1: "Seattle, Washington" is a place of United States twice',
      ({ countries: [first] }) => (first!.places[1] = first!.places[0]!),
    ],
    ['countries.0.currency.abbreviation:', ({ countries: [first] }) => (first!.currency.abbreviation = 'usd')],
    ['productActivities.Banking:', ({ productActivities }) => (productActivities.Banking = 0)],
  ])('is rejected with the place and the fault: %s', (message, spoil) => {
    const spoilt = structuredClone(data);
    spoil(spoilt);
    expect(() => readLabourMarket(spoilt, 'the file')).toThrow(LabourMarketError);
    expect(() => readLabourMarket(spoilt, 'the file')).toThrow(`the file is not valid: ${message}`);
  });

  it.each([null, [], 'text', {}])('is rejected if it is %j', (file) => {
    expect(() => readLabourMarket(file, 'the file')).toThrow('the file is not valid: ');
  });
});

describe('a simulator', () => {
  afterEach(() => {
    vi.doUnmock(FILE);
    vi.resetModules();
  });

  it('cannot be loaded with an invalid data file, whose name and fault it says', async () => {
    vi.doMock(FILE, () => ({ default: { ...data, countries: [] } }));
    vi.resetModules();
    await expect(import('../../src/simulator/simulator.js')).rejects.toThrow(
      'labour-market.json is not valid: countries: ',
    );
  });
});
