import type { AnswerName } from '../answers.js';

/** What a column of a list of jobs may hold: an answer, or all of a place in one text. */
export type JobField = AnswerName | 'place';

/** In the order in which the fields are offered, each with what it is called where people read it. */
export const JOB_FIELD_LABELS: Readonly<Record<JobField, string>> = {
  jobTitle: 'Job title',
  country: 'Country',
  state: 'State',
  city: 'City',
  place: 'Place',
  yearsExperience: 'Years of experience',
  highestDegreeEarned: 'Degree',
  skills: 'Skills',
  certifications: 'Certifications',
  averageSizeCompetitor: 'Size of competitors',
  companySales: 'Company sales',
  employerProductActivity: 'Industry',
};

/** What each column holds, from left to right. Null: it is none of a job, and is left as it is. */
export type JobColumns = readonly (JobField | null)[];

/**
 * Other names of the columns, without blanks and signs, the plainest first: where two columns may be meant, the one that is
 * called more plainly is. `Role` beside `Job title` is then none.
 */
const OTHER_NAMES: Readonly<Record<JobField, string>> = {
  jobTitle: 'title jobname job position positiontitle role occupation',
  country: 'countryname nation',
  state: 'stateprovince stateorprovince province stateregion region',
  city: 'cityname town cityortown',
  place: 'location joblocation worklocation placeofwork',
  yearsExperience:
    'yearsofexperience experienceyears experienceinyears yearsexp yoe experience workexperience years yrs',
  highestDegreeEarned: 'degree highestdegree educationlevel levelofeducation education',
  skills: 'skill skillset',
  certifications: 'certification certificates certificate certs licenses',
  averageSizeCompetitor: 'sizeofcompetitors competitorsize averagecompetitorsize',
  companySales: 'annualsales companyrevenue annualrevenue',
  employerProductActivity: 'industry employerindustry companyindustry sector',
};

/** The fields whose answers are lists: `Skill 1` and `Skill 2` are one answer. */
const LISTS: ReadonlySet<JobField> = new Set<JobField>(['skills', 'certifications']);

interface Meaning {
  readonly field: JobField;
  /** The lower, the plainer. */
  readonly rank: number;
}

const MEANINGS = new Map<string, Meaning>(
  (Object.keys(JOB_FIELD_LABELS) as JobField[]).flatMap((field) =>
    [field, JOB_FIELD_LABELS[field], ...OTHER_NAMES[field].split(' ')].map(
      (name, rank) => [plainName(name), { field, rank }] as const,
    ),
  ),
);

/**
 * What the columns of a list hold, by the names in its first row: those of `AnswersInput`, or what they are usually called, in any
 * letter case, with or without blanks and signs. A column that is called less plainly than another of the same field is null.
 */
export function recognizeColumns(header: readonly string[]): JobColumns {
  const meanings = header.map(meaningOf);
  return meanings.map((meaning) => {
    if (!meaning) return null;
    const { field, rank } = meaning;
    const plainer = meanings.some((other) => other?.field === field && other.rank < rank);
    return plainer && !LISTS.has(field) ? null : field;
  });
}

/** Why nothing can be priced with these columns, in words. Null: it can. */
export function columnsProblem(columns: JobColumns): string | null {
  if (!columns.includes('jobTitle')) return 'No column is called Job title.';
  if (!columns.includes('country') && !columns.includes('place'))
    return 'No column is called Country, and none Place, such as Seattle, Washington, United States.';
  const twice = columns.find((field, at) => field && !LISTS.has(field) && columns.indexOf(field) !== at);
  return twice ? `Two columns are called ${JOB_FIELD_LABELS[twice]}, and only one can be meant.` : null;
}

function meaningOf(header: string): Meaning | null {
  const name = plainName(header);
  const [, list = ''] = /^(.*\p{L})\d{1,3}$/u.exec(name) ?? [];
  const numbered = MEANINGS.get(list);
  return MEANINGS.get(name) ?? (numbered && LISTS.has(numbered.field) ? numbered : null);
}

/** Of a name its letters and digits alone, in lower case. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
