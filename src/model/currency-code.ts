import { COUNTRIES_OF, OTHER_COUNTRY_NAMES, OTHER_CURRENCY_NAMES } from './currencies.js';

/**
 * The ISO 4217 code of a currency, where its name tells it (`US Dollar`, `euros`, `GBP`), or its name and the country do
 * (`Dollar` in Canada), or it has no name and the country has one currency. Null where neither does: a name that is not known,
 * or that is not what the country pays in, says nothing.
 */
export function currencyCode(name: string | null, country: string): string | null {
  const given = normalized(name ?? '');
  const byName = codeNamed(name ?? '') ?? currencies().get(given) ?? currencies().get(singular(given));
  if (byName !== undefined) return byName;
  const ofCountry = currenciesOfCountries().get(normalized(country)) ?? null;
  if (ofCountry === null || given === '') return ofCountry;
  const kind = englishNames('currency')(ofCountry)?.split(' ').at(-1);
  return kind === singular(given) ? ofCountry : null;
}

/** Whether this is the name of a country, as far as they are known here. */
export function isCountry(name: string): boolean {
  return currenciesOfCountries().has(normalized(name));
}

function codeNamed(name: string): string | undefined {
  const code = name.trim();
  return /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code) ? code : undefined;
}

/** Codes of currencies by their names, also of former ones: no two have the same. */
const currencies = once(() => {
  const nameOf = englishNames('currency');
  const named = Intl.supportedValuesOf('currency').map((code) => [nameOf(code) ?? '', code] as const);
  return new Map([...named, ...Object.entries(OTHER_CURRENCY_NAMES)]);
});

/** Codes of currencies by the names of the countries that have no other. */
const currenciesOfCountries = once(() => {
  const byCode = new Map<string, string>();
  for (const [currency, list] of Object.entries(COUNTRIES_OF)) {
    for (const country of list.split(' ')) byCode.set(country, currency);
  }
  const nameOf = englishNames('region');
  const named = [...byCode].map(([code, currency]) => [nameOf(code) ?? '', currency] as const);
  const others = Object.entries(OTHER_COUNTRY_NAMES).map(([name, code]) => [name, byCode.get(code) ?? ''] as const);
  return new Map([...named, ...others]);
});

/** The names of codes, as Unicode's CLDR has them. */
function englishNames(type: 'currency' | 'region'): (code: string) => string | undefined {
  const names = new Intl.DisplayNames('en', { type, fallback: 'none' });
  return (code) => {
    const name = names.of(code);
    return name === undefined ? undefined : normalized(name);
  };
}

function normalized(name: string): string {
  return name.normalize('NFC').replaceAll('&', ' and ').replace(/\s+/gu, ' ').trim().toLowerCase();
}

function singular(name: string): string {
  return name.replace(/s$/u, '');
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
