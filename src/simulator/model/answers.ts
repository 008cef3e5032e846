import type { WireAnswers, WireContext, WireIssue } from '../../contract/wire.js';
import { degrees } from '../labour-market.js';
import {
  activityNames,
  certificationNames,
  findCity,
  findCountry,
  findTitle,
  placesOfState,
  skillNames,
} from './market.js';
import type { PayFactors } from './pay-model.js';
import { resolveTitle } from './title-match.js';

export type ConfirmedAnswers =
  { ok: true; factors: PayFactors; warnings: WireIssue[]; context: WireContext } | { ok: false; errors: WireIssue[] };

/**
 * Looks up the answers in the taxonomy. An unknown title, country, state or city is an error; an unknown skill,
 * certification or product activity is ignored with a warning. The documentation describes both, on different pages.
 */
export function confirmAnswers(answers: WireAnswers, autoResolve: boolean): ConfirmedAnswers {
  const errors: WireIssue[] = [];
  const warnings: WireIssue[] = [];

  const known = findTitle(answers.JobTitle);
  const match = known ? { job: known, score: 100 } : autoResolve ? resolveTitle(answers.JobTitle) : null;
  if (!match) errors.push(unconfirmed('JobTitle', answers.JobTitle));

  const country = findCountry(answers.Country);
  if (!country) errors.push(unconfirmed('Country', answers.Country));
  const places = country && answers.State ? placesOfState(country, answers.State) : (country?.places ?? []);
  if (country && answers.State && places.length === 0) errors.push(unconfirmed('State', answers.State));
  const city = answers.City ? findCity(places, answers.City) : null;
  if (country && places.length > 0 && answers.City && !city) errors.push(unconfirmed('City', answers.City));

  const confirm = (id: string, names: readonly string[], find: (name: string) => string | null) =>
    names.flatMap((name) => {
      const found = find(name);
      if (!found) warnings.push(unconfirmed(id, name, 'It was ignored.'));
      return found ? [found] : [];
    });
  const skills = confirm('Skills', answers.Skills ?? [], (name) => skillNames.find(name));
  const certifications = confirm('Certifications', answers.Certifications ?? [], (name) =>
    certificationNames.find(name),
  );
  const activities = answers.EmployerProductActivity ? [answers.EmployerProductActivity] : [];
  const [activity] = confirm('EmployerProductActivity', activities, (name) => activityNames.find(name));

  if (errors.length > 0 || !match || !country) return { ok: false, errors };
  const state = answers.State ? (places[0]?.state ?? null) : null;
  const factors: PayFactors = {
    job: match.job,
    country,
    state: state ?? city?.state ?? null,
    city: city?.city ?? null,
    years: answers.YearsExperience ?? null,
    degree: degrees.find((degree) => degree.name === answers.HighestDegreeEarned) ?? null,
    skills: [...new Set(skills)],
    certifications: [...new Set(certifications)],
    averageSizeCompetitor: answers.AverageSizeCompetitor ?? null,
    companySales: answers.CompanySales ?? null,
    activity: activity ?? null,
  };
  return { ok: true, factors, warnings, context: contextOf(answers.JobTitle, match, factors) };
}

function contextOf(
  submitted: string,
  match: { job: { title: string }; score: number },
  factors: PayFactors,
): WireContext {
  return {
    MatchedFactors: {
      JobTitle: match.job.title,
      Country: factors.country.name,
      State: factors.state,
      City: factors.city,
      YearsExperience: factors.years,
      HighestDegreeEarned: factors.degree?.name ?? null,
      Skills: factors.skills,
      Certifications: factors.certifications,
    },
    JobTitleRating: Math.round(match.score / 10) * 10,
    MatchedJobTitle: match.job.title,
    SubmittedJobTitle: submitted,
  };
}

function unconfirmed(id: string, value: string, consequence = ''): WireIssue {
  return {
    AnswerId: id,
    AnswerValue: value,
    Message: `The answer "${value}" for ${id} could not be confirmed. ${consequence}`.trim(),
    Code: 'UnconfirmedAnswer',
  };
}
