import { Int } from 'type-graphql';
import type * as model from '../model/lookups.js';
import { asGiven, nullable, objectType, required } from './declare.js';
import { Degree } from './enums.js';

export const Suggestion = objectType<model.Suggestion>('Suggestion', 'A value that upstream accepts as an answer.', {
  answer: required(String, 'The value to use in `AnswersInput`, exactly as given.'),
  score: asGiven(Int, "Upstream's score of the match; higher is better, the scale is not documented."),
  degree: nullable(
    Degree,
    'Of a degree: its value in `AnswersInput.highestDegreeEarned`. Null: it is no degree, or none that this server knows.',
  ),
});

const JobTitleTasks = objectType<model.JobTitleTasks>('JobTitleTasks', 'The tasks of one job title.', {
  jobTitle: required(String, "The title, from upstream's taxonomy."),
  tasks: required([String], 'The tasks of the job, as sentences. Empty: upstream gave none.'),
});

export const JobTitleMatch = objectType<model.JobTitleMatch>(
  'JobTitleMatch',
  "Titles in upstream's taxonomy that match a free-text job title.",
  {
    matches: required([Suggestion], 'The titles, best first. Empty: upstream found none.'),
    tasks: required(
      [JobTitleTasks],
      'The tasks of the matched jobs, to help choose among them. Empty: upstream gave none.',
    ),
    yearsExperience: asGiven(Int, 'The years of experience upstream returns with the match.'),
  },
);

export const LocationSuggestion = objectType<model.LocationSuggestion>(
  'LocationSuggestion',
  'A place that upstream knows. `city`, `state` and `country` are read from `text`, ready to be used in `AnswersInput`; all of them are null if it can be understood in more than one way.',
  {
    text: required(String, 'The place, as text to display.'),
    city: nullable(String, 'Its city. Null: it is a state or a country, or the text does not tell.'),
    state: nullable(String, 'Its state, province or region. Null: it is a country, or the text does not tell.'),
    country: nullable(String, 'Its country. Null: the text does not tell.'),
    id: asGiven(Int, "Upstream's numeric id of the place."),
    frequency: asGiven(Int, "How often the place occurs in upstream's data, useful for ranking."),
  },
);
