import type { WireAnswers, WireContext, WireIssue } from '../../contract/wire.js';
import { countries, degrees, jobTitles } from '../labour-market.js';
import type { Country } from '../labour-market-schema.js';
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

/** What a report is about if its job title or country is ignored: the most frequent title, and the first country. */
const ANY_JOB = jobTitles.reduce((most, job) => (job.profiles > most.profiles ? job : most));
const ANY_COUNTRY = countries[0] as Country;

/**
 * Looks up the answers in the taxonomy. An unknown title, country, state or city is an error; an unknown degree, skill,
 * certification or product activity is ignored with a warning. The documentation describes both, on different pages.
 * @param ignoreUnknown ignore an unknown title, country, state or city too.
 */
export function confirmAnswers(answers: WireAnswers, autoResolve: boolean, ignoreUnknown = false): ConfirmedAnswers {
  const errors: WireIssue[] = [];
  const warnings: WireIssue[] = [];
  const refuse = (id: string, value: string) => {
    if (ignoreUnknown) warnings.push(unconfirmed(id, value, 'It was ignored.'));
    else errors.push(unconfirmed(id, value));
  };

  const known = findTitle(answers.JobTitle);
  const match = known ? { job: known, score: 100 } : autoResolve ? resolveTitle(answers.JobTitle) : null;
  if (!match) refuse('JobTitle', answers.JobTitle);

  const country = findCountry(answers.Country);
  if (!country) refuse('Country', answers.Country);
  const ofState = country && answers.State ? placesOfState(country, answers.State) : [];
  if (country && answers.State && ofState.length === 0) refuse('State', answers.State);
  const places = ofState.length > 0 || (answers.State && !ignoreUnknown) ? ofState : (country?.places ?? []);
  const city = answers.City ? findCity(places, answers.City) : null;
  if (country && places.length > 0 && answers.City && !city) refuse('City', answers.City);

  const confirm = <T>(id: string, names: readonly string[], find: (name: string) => T | null | undefined): T[] =>
    names.flatMap((name) => {
      const found = find(name);
      if (!found) warnings.push(unconfirmed(id, name, 'It was ignored.'));
      return found ? [found] : [];
    });
  const skills = confirm('Skills', answers.Skills ?? [], (name) => skillNames.find(name));
  const certifications = confirm('Certifications', answers.Certifications ?? [], (name) =>
    certificationNames.find(name),
  );
  const degreeName = answers.HighestDegreeEarned ? [answers.HighestDegreeEarned] : [];
  // Case-sensitive, as documented.
  const [degree] = confirm('HighestDegreeEarned', degreeName, (name) => degrees.find((known) => known.name === name));
  const activities = answers.EmployerProductActivity ? [answers.EmployerProductActivity] : [];
  const [activity] = confirm('EmployerProductActivity', activities, (name) => activityNames.find(name));

  if (errors.length > 0) return { ok: false, errors };
  const state = ofState[0]?.state ?? null;
  const factors: PayFactors = {
    job: match?.job ?? ANY_JOB,
    country: country ?? ANY_COUNTRY,
    state: state ?? city?.state ?? null,
    city: city?.city ?? null,
    years: answers.YearsExperience ?? null,
    degree: degree ?? null,
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
  match: { job: { title: string }; score: number } | null,
  factors: PayFactors,
): WireContext {
  return {
    MatchedFactors: {
      JobTitle: match?.job.title ?? null,
      Country: factors.country.name,
      State: factors.state,
      City: factors.city,
      YearsExperience: factors.years,
      HighestDegreeEarned: factors.degree?.name ?? null,
      Skills: factors.skills,
      Certifications: factors.certifications,
    },
    JobTitleRating: Math.round((match?.score ?? 0) / 10) * 10,
    MatchedJobTitle: match?.job.title ?? null,
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
