import { productActivities } from '../labour-market.js';
import type { Country, Degree, JobTitle } from '../labour-market-schema.js';
import type { PayDistribution } from './distribution.js';

/** The factors of pay: answers that were found in the taxonomy. */
export interface PayFactors {
  job: JobTitle;
  country: Country;
  state: string | null;
  city: string | null;
  years: number | null;
  degree: Degree | null;
  skills: readonly string[];
  certifications: readonly string[];
  averageSizeCompetitor: number | null;
  companySales: number | null;
  activity: string | null;
}

/** The years of experience that `JobTitle.pay` is for. */
const USUAL_YEARS = 6;
/** Time constant, in years, with which growth from experience levels off. */
const GROWTH_YEARS = 12;
/** Beyond this, experience no longer increases pay. */
export const PLATEAU_YEARS = 35;

/** @returns yearly base pay in the country's currency: median and spread. */
export function basePay(factors: PayFactors): PayDistribution {
  const { job, country, years, degree } = factors;
  const median =
    job.pay *
    country.pay *
    country.exchange *
    placeFactor(factors) *
    (years === null ? 1 : experienceFactor(job, years)) *
    (degree === null ? 1 : degreeFactor(job, degree)) *
    premiumFactor(factors.skills, job.skills) *
    premiumFactor(factors.certifications, job.certifications) *
    employerFactor(factors);
  // More known factors narrow the distribution.
  const spread = job.trade.spread * (years === null ? 1 : 0.85) * (factors.city === null ? 1 : 0.94);
  return { median, spread };
}

/** @returns pay after this many years relative to pay after the usual six; rises to a plateau, never decreases. */
export function experienceFactor(job: JobTitle, years: number): number {
  const grown = (after: number) => 1 - Math.exp(-Math.min(after, PLATEAU_YEARS) / GROWTH_YEARS);
  return Math.exp((job.growth / 100) * GROWTH_YEARS * (grown(years) - grown(USUAL_YEARS)));
}

/** @returns pay with this degree relative to pay with the title's usual degree; 1 for Any. */
export function degreeFactor(job: JobTitle, degree: Degree): number {
  if (degree.level === null) return 1;
  return Math.exp((job.trade.degreePremium / 100) * (degree.level - job.degree));
}

function placeFactor({ country, state, city }: PayFactors): number {
  if (city === null && state === null) return 1;
  const places = country.places.filter(
    (place) => (state === null || place.state === state) && (city === null || place.city === city),
  );
  const share = places.reduce((sum, place) => sum + place.share, 0);
  return share === 0 ? 1 : places.reduce((sum, place) => sum + place.pay * place.share, 0) / share;
}

/** Each further skill adds less than the one before, so that long lists do not inflate pay. */
function premiumFactor(names: readonly string[], premiums: Readonly<Record<string, number>>): number {
  const known = names.map((name) => premiums[name] ?? 0).toSorted((a, b) => b - a);
  const percent = known.reduce((sum, premium, place) => sum + (premium > 0 ? premium * 0.75 ** place : premium), 0);
  return 1 + Math.max(percent, -20) / 100;
}

function employerFactor({ averageSizeCompetitor, companySales, activity }: PayFactors): number {
  const size = averageSizeCompetitor === null ? 0 : clamp(Math.log10((averageSizeCompetitor + 1) / 200) * 0.03, 0.08);
  const sales = companySales === null ? 0 : clamp(Math.log10((companySales + 1) / 20_000_000) * 0.015, 0.05);
  return (1 + size) * (1 + sales) * (activity === null ? 1 : (productActivities[activity] ?? 1));
}

function clamp(value: number, bound: number): number {
  return Math.min(bound, Math.max(-bound, value));
}
