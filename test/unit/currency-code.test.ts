import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCode, isCountry } from '../../src/model/currency-code.js';
import { COUNTRIES_OF, OTHER_COUNTRY_NAMES, OTHER_CURRENCY_NAMES } from '../../src/model/currencies.js';

const CODES = Intl.supportedValuesOf('currency');

describe('the code of a currency', () => {
  it.each([
    ['US Dollar', 'Canada', 'USD'],
    ['us  dollars ', 'Canada', 'USD'],
    ['United States Dollar', 'United States', 'USD'],
    ['Euro', 'Germany', 'EUR'],
    ['Euros', 'Germany', 'EUR'],
    ['British Pound', 'United Kingdom', 'GBP'],
    ['Pound Sterling', 'United Kingdom', 'GBP'],
    ['Swiss Franc', 'Switzerland', 'CHF'],
    ['Indian Rupee', 'India', 'INR'],
    ['South African Rand', 'South Africa', 'ZAR'],
    ['Croatian Kuna', 'Croatia', 'HRK'],
    ['AUD', 'Canada', 'AUD'],
  ])('is told by its name, whatever the country: %s in %s', (name, country, code) => {
    expect(currencyCode(name, country)).toBe(code);
  });

  it.each([
    ['Dollar', 'Canada', 'CAD'],
    ['dollars', 'united states', 'USD'],
    ['Rupees', 'India', 'INR'],
    ['Pound', 'United Kingdom', 'GBP'],
    [null, 'United States', 'USD'],
    ['', 'Czech Republic', 'CZK'],
    [' ', 'Trinidad and Tobago', 'TTD'],
  ])('is told by the country where the name leaves it open: %s in %s', (name, country, code) => {
    expect(currencyCode(name, country)).toBe(code);
  });

  it.each([
    ['Dollar', 'Germany'],
    ['Doubloon', 'United States'],
    ['$', 'United States'],
    ['ZZZ', 'United States'],
    [null, 'Narnia'],
    ['Dollar', 'Narnia'],
    // More than one legal tender.
    [null, 'Panama'],
  ])('is null where neither tells it: %s in %s', (name, country) => {
    expect(currencyCode(name, country)).toBeNull();
  });

  it('is a code of ISO 4217, or null, for whatever name and country', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('Dollar', 'Franc', 'US Dollar', 'Peso', '__proto__'));
    const country = fc.oneof(fc.string(), fc.constantFrom('Mexico', 'Japan', 'constructor'));
    fc.assert(
      fc.property(fc.option(name), country, (given, where) => {
        const code = currencyCode(given, where);
        expect([null, ...CODES]).toContain(code);
      }),
    );
  });
});

describe('the tables of currencies', () => {
  it('have known currencies only, and each country once', () => {
    const countries = Object.values(COUNTRIES_OF).flatMap((list) => list.split(' '));
    expect(Object.keys(COUNTRIES_OF).filter((code) => !CODES.includes(code))).toEqual([]);
    expect(new Set(countries).size).toBe(countries.length);
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    expect(countries.filter((code) => names.of(code) === undefined)).toEqual([]);
  });

  it('have other names only for what is known', () => {
    for (const [name, code] of Object.entries(OTHER_CURRENCY_NAMES)) expect(currencyCode(name, ''), name).toBe(code);
    for (const name of Object.keys(OTHER_COUNTRY_NAMES)) expect(isCountry(name), name).toBe(true);
    expect(currencyCode(null, 'Turkey')).toBe('TRY');
  });
});
