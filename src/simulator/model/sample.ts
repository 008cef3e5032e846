import type { PayFactors } from './pay-model.js';

/** The size of a report's sample, and how reliable it is. */
export interface ReportSample {
  /** True if there is too little data: the report has a rating of 0 and nulls, and is not charged. */
  sparse: boolean;
  /** 0 to 1, two decimals; 0 exactly when sparse. */
  rating: number;
  profiles: number;
  companies: number;
  /** The narrowest of City, State and Country that has enough profiles. */
  level: 'City' | 'State' | 'Country';
}

/** With fewer matching profiles than this, the report is sparse. */
const FEWEST_PROFILES = 5;
/** With more skills and certifications than this in total, the report is sparse. */
const MOST_QUALIFICATIONS = 12;
/** With fewer matching profiles than this, the counts are those of the next larger area. */
const ENOUGH_PROFILES = 30;

/**
 * A report is sparse if the title's profiles in the country, times the share of the place, times a factor for each answer
 * that narrows the selection, are fewer than five; or if more than twelve skills and certifications are given. So a rare
 * title in a small place is sparse, a common one in a large place usually is not.
 *
 * Apart from the place, only whether an answer is given matters, not its value: another year of experience never changes
 * the rating.
 */
export function sampleOf(factors: PayFactors): ReportSample {
  const { job, country, state, city } = factors;
  const narrowed =
    job.profiles *
    country.size *
    (factors.years === null ? 1 : 0.45) *
    (factors.degree === null || factors.degree.level === null ? 1 : 0.6) *
    0.85 ** factors.skills.length *
    0.7 ** factors.certifications.length *
    (factors.averageSizeCompetitor === null ? 1 : 0.7) *
    (factors.companySales === null ? 1 : 0.7) *
    (factors.activity === null ? 1 : 0.5);

  const share = (inState: string | null, inCity: string | null) =>
    country.places
      .filter((place) => (inState === null || place.state === inState) && (inCity === null || place.city === inCity))
      .reduce((sum, place) => sum + place.share / 100, 0);
  const levels = [
    ...(city === null ? [] : [{ level: 'City' as const, profiles: narrowed * share(state, city) }]),
    ...(state === null ? [] : [{ level: 'State' as const, profiles: narrowed * share(state, null) }]),
    { level: 'Country' as const, profiles: narrowed },
  ];

  const asked = levels[0]?.profiles ?? 0;
  const used = levels.find(({ profiles }) => profiles >= ENOUGH_PROFILES) ?? levels.at(-1);
  const sparse = asked < FEWEST_PROFILES || factors.skills.length + factors.certifications.length > MOST_QUALIFICATIONS;
  const profiles = Math.floor(sparse ? asked : (used?.profiles ?? 0));
  return {
    sparse,
    rating: sparse ? 0 : Number(Math.min(1, 0.1 + 0.3 * Math.log10(asked / FEWEST_PROFILES)).toFixed(2)),
    profiles,
    companies: Math.ceil(profiles * 0.62),
    level: used?.level ?? 'Country',
  };
}
