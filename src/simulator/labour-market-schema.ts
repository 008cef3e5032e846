import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .refine((text) => text === text.trim(), 'must not begin or end with a space');
const positive = z.number().positive();
const percent = z.number().min(0).max(100);
/** Percent that an answer adds to pay; may be negative. */
const premium = z.number().gt(-100).max(1_000);

const degree = z.strictObject({
  /** As the service spells it, case-sensitive. */
  name,
  /** Steps above secondary school; null for Any. */
  level: z.number().min(0).nullable(),
});

const extraPay = z.strictObject({
  /** The percentage of people who get any. */
  reporting: percent,
  /** Its typical size, in percent of base pay. */
  ofBase: positive,
});

const trade = z.strictObject({
  /** Percent of pay that a step of education adds. */
  degreePremium: premium,
  /** Standard deviation of the logarithm of pay: 0.2 is narrow, 0.4 wide. */
  spread: positive.max(2),
  bonus: extraPay.nullable(),
  commission: extraPay.nullable(),
  profitShare: extraPay.nullable(),
});

const jobTitle = z.strictObject({
  title: name,
  /** One of the names in `trades`. */
  trade: name,
  /** Median base pay in the United States after six years, in US dollars per year. */
  pay: positive,
  /** Growth of pay in the first year of experience, in percent; it slows from there. */
  growth: percent,
  /** Profiles in the United States. Under 1,500 is a rare title. */
  profiles: z.int().positive(),
  /** The level of the usual degree; one of those in `degrees`. */
  degree: z.number(),
  aliases: z.array(name),
  /** From a skill to the percent that knowing it adds to pay. */
  skills: z.record(name, premium),
  certifications: z.record(name, premium),
  tasks: z.array(name),
});

const place = z.strictObject({
  city: name,
  state: name,
  /** Pay here, relative to the whole country. */
  pay: positive,
  /** Percent of the country's profiles. */
  share: percent,
});

const country = z.strictObject({
  name,
  currency: z.strictObject({
    name,
    id: z.int(),
    abbreviation: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters'),
    /** A spreadsheet pattern. */
    format: name,
  }),
  /** Units of its currency per US dollar. */
  exchange: positive,
  /** Pay relative to the United States after currency conversion. */
  pay: positive,
  /** Profiles relative to the United States. */
  size: positive,
  places: z.array(place).min(1),
});

const file = z
  .strictObject({
    /** Says that every figure is invented. */
    notice: name,
    degrees: z.array(degree).min(1),
    trades: z.record(name, trade),
    jobTitles: z.array(jobTitle).min(1),
    countries: z.array(country).min(1),
    /** From what an employer makes or does to pay there, relative to all employers. */
    productActivities: z.record(name, positive),
  })
  .superRefine(({ degrees, trades, jobTitles, countries }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const unique = unambiguous(complain);
    for (const [at, { title, trade: of, degree: level, aliases }] of jobTitles.entries()) {
      if (!Object.hasOwn(trades, of)) complain(['jobTitles', at, 'trade'], `there is no trade ${JSON.stringify(of)}`);
      if (!degrees.some((one) => one.level === level))
        complain(['jobTitles', at, 'degree'], `there is no degree of level ${level}`);
      unique('a title or an alias', title, ['jobTitles', at, 'title']);
      for (const [number, alias] of aliases.entries())
        unique('a title or an alias', alias, ['jobTitles', at, 'aliases', number]);
    }
    for (const [at, { name: countryName, places }] of countries.entries()) {
      unique('a country', countryName, ['countries', at, 'name']);
      for (const [number, { city, state }] of places.entries())
        unique(`a place of ${countryName}`, `${city}, ${state}`, ['countries', at, 'places', number]);
      const shares = places.reduce((sum, { share }) => sum + share, 0);
      if (shares > 100) complain(['countries', at, 'places'], `the shares add up to ${shares} percent`);
    }
  })
  .transform(({ jobTitles, trades, ...rest }) => ({
    ...rest,
    trades,
    jobTitles: jobTitles.map((job) => ({ ...job, trade: tradeOf(trades, job.trade) })),
  }));

export type Degree = Readonly<z.infer<typeof degree>>;
export type ExtraPay = Readonly<z.infer<typeof extraPay>>;
type Trade = Readonly<z.infer<typeof trade>>;
export type JobTitle = Readonly<Omit<z.infer<typeof jobTitle>, 'trade'> & { trade: Trade }>;
export type Place = Readonly<z.infer<typeof place>>;
export type Country = Readonly<z.infer<typeof country>>;
export type LabourMarket = Readonly<z.infer<typeof file>>;

/** The data of the labour market is invalid; the message names each place in it and what is wrong there. */
export class LabourMarketError extends Error {
  override readonly name = 'LabourMarketError';
}

/** @throws LabourMarketError if the data is not that of a labour market, naming it by `source`. */
export function readLabourMarket(data: unknown, source: string): LabourMarket {
  const parsed = file.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new LabourMarketError(`${source} is not valid: ${faults.join('; ')}`);
}

/** Complains of names that are looked up in any letter case and occur twice. */
function unambiguous(complain: (path: PropertyKey[], message: string) => void) {
  const seen = new Set<string>();
  return (kind: string, text: string, path: PropertyKey[]): void => {
    const key = `${kind}: ${text.toLowerCase()}`;
    if (seen.has(key)) complain(path, `${JSON.stringify(text)} is ${kind} twice`);
    seen.add(key);
  };
}

function tradeOf(trades: Readonly<Record<string, Trade>>, of: string): Trade {
  const found = trades[of];
  if (!found) throw new Error(`There is no trade ${JSON.stringify(of)}.`);
  return found;
}
