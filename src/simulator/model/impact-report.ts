import type { WireImpact, WireImpactReport } from '../../contract/wire.js';
import { fraction } from '../hash.js';
import { degrees } from '../labour-market.js';
import type { JobTitle } from '../labour-market-schema.js';
import { degreeFactor } from './pay-model.js';

export type ImpactKind = 'skills' | 'certs' | 'education';

/** @returns what each answer of the kind adds to base pay in the United States, in US dollars per year. */
export function impactAnswers(job: JobTitle, kind: ImpactKind): NonNullable<WireImpactReport['Answers']> {
  return Object.fromEntries(premiums(job, kind).map(([answer, percent]) => [answer, impact(job, answer, percent)]));
}

function premiums(job: JobTitle, kind: ImpactKind): [string, number][] {
  if (kind === 'skills') return Object.entries(job.skills);
  if (kind === 'certs') return Object.entries(job.certifications);
  // Degrees far from the usual one hardly occur for a title.
  return degrees
    .filter(({ level }) => level !== null && Math.abs(level - job.degree) <= 2.1)
    .map((degree) => [degree.name, 100 * (degreeFactor(job, degree) - 1)]);
}

function impact(job: JobTitle, answer: string, percent: number): WireImpact {
  const reporting = Number((4 + 32 * fraction(`${job.title}|${answer}`)).toFixed(1));
  const differential = Math.round((job.pay * percent) / 100);
  return {
    ProfileCount: Math.round((job.profiles * reporting) / 100),
    PercentReporting: reporting,
    MedianBasePay: job.pay + differential,
    PayDifferential: differential,
    PayDifferentialPercentage: Number(percent.toFixed(2)),
  };
}
