import { Degree } from '../answers.js';
import { plainName } from './columns.js';

/** What degrees are called in lists, without blanks and signs: upstream's names, and abbreviations. */
const NAMES: Readonly<Record<Degree, string>> = {
  ANY: 'anydegree notrequired',
  HIGH_SCHOOL: 'gedorhighschooldiploma highschool highschooldiploma highschoolorged highschooldiplomaorged ged',
  ASSOCIATES: 'associatesdegree associatedegree associate associateofarts associateofscience aa as aas',
  BACHELORS:
    'bachelorsdegree bachelordegree bachelor bachelorofarts bachelorofscience undergraduate ba bs bsc beng bba',
  MASTERS: 'mastersdegreenonmba mastersdegree masterdegree master masterofarts masterofscience ma ms msc meng',
  MBA: 'masterofbusinessadministrationmba masterofbusinessadministration',
  LAW: 'jurisdoctorjdmasterofjurisprudenceormasteroflawllm jurisdoctor jd llm lawdegree',
  DOCTORATE: 'doctoratephd doctoratedegree doctoral doctorofphilosophy phd dphil',
  MEDICINE: 'doctorofmedicinemd doctorofmedicine md medicaldegree',
};

const DEGREES = new Map<string, Degree>(
  Object.values(Degree).flatMap((degree) =>
    [degree, ...NAMES[degree].split(' ')].map((name) => [plainName(name), degree] as const),
  ),
);

/**
 * The degree that a cell names: by the value of `Degree`, upstream's name or a usual abbreviation, in any letter case, with or
 * without blanks and signs. Null for any other text.
 */
export function degreeInList(text: string): Degree | null {
  return DEGREES.get(plainName(text)) ?? null;
}
