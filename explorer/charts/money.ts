/** Writes amounts of one currency. */
export interface Money {
  /** `$123,683`; cents where they count, as in hourly pay. */
  readonly exact: (amount: number) => string;
  /** `$124K`, where there is little room. */
  readonly short: (amount: number) => string;
}

const BELOW_THIS_CENTS_COUNT = 1_000;

/** A table has hundreds of amounts, and formats take long to make. */
const KNOWN = new Map<string | null, Money>();

/** By its ISO 4217 code. Null, or no code at all: it is not known, and amounts are written without a currency. */
export function moneyOf(code: string | null): Money {
  const money = KNOWN.get(code) ?? createMoney(code);
  KNOWN.set(code, money);
  return money;
}

function createMoney(code: string | null): Money {
  const isCode = code !== null && /^[A-Z]{3}$/.test(code);
  const style = isCode ? ({ style: 'currency', currency: code } as const) : {};
  const whole = new Intl.NumberFormat(undefined, { ...style, maximumFractionDigits: 0 });
  const cents = new Intl.NumberFormat(undefined, { ...style, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(undefined, { ...style, notation: 'compact', maximumSignificantDigits: 3 });
  const isSmall = (amount: number): boolean => Math.abs(amount) < BELOW_THIS_CENTS_COUNT && amount % 1 !== 0;
  return {
    exact: (amount) => (isSmall(amount) ? cents : whole).format(amount),
    short: (amount) => (isSmall(amount) ? cents : compact).format(amount),
  };
}

const plain = new Intl.NumberFormat();
export const count = (value: number): string => plain.format(value);

const hundredths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** `0.50`, from a number of 0 to 1. */
export const rating = (value: number): string => hundredths.format(value);

/** `62 %`, from a number of 0 to 100. */
export function percent(value: number, digits = 0): string {
  return new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: digits }).format(value / 100);
}

/** `+7 %`, `−5.8 %`. */
export function difference(value: number): string {
  const format = { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' } as const;
  return new Intl.NumberFormat(undefined, format).format(value / 100);
}
