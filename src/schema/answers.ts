import { Float, Int } from 'type-graphql';
import * as model from '../model/answers.js';
import { inputType, nullable, objectType, required, type FieldsOf, type GraphQLTypeOf } from './declare.js';
import { Degree, type AnswerKind } from './enums.js';

/** What an answer means, in `AnswersInput` and in `Answers`. */
interface Meaning {
  readonly input: string;
  readonly output: string;
}

const DESCRIPTIONS: Readonly<Record<model.AnswerName, Meaning>> = {
  jobTitle: described(
    'The title of the job, such as `Software Developer`.',
    `${suggested('JOB_TITLE')} With \`autoResolveJobTitle\`, upstream tries to match a title it does not recognize.`,
  ),
  country: described('The country of the job: its full name, such as `United States`.'),
  state: described('The state, province or region of the job: its full name, such as `Washington`. Null: any.'),
  city: described('The city of the job, such as `Seattle`. Null: any.', '`suggestLocations` lists known places.'),
  yearsExperience: described('Years of experience in the job: whole years, 0 to 80. Null: not given.'),
  highestDegreeEarned: described('The highest degree earned. `ANY`: it does not matter. Null: not given.'),
  skills: describedList('Skills required for the job', 'Python', suggested('SKILLS')),
  certifications: describedList('Certifications required for the job', 'Notary Public', suggested('CERTIFICATIONS')),
  averageSizeCompetitor: described(
    'Average size of the employers competing for the same people, in employees, 0 or more. Null: not given.',
  ),
  companySales: described(
    "The employer's estimated sales this year, 0 or more. Upstream documents no currency; the value is passed on unchanged. Null: not given.",
  ),
  employerProductActivity: described(
    'The industry of the employer, such as `Software Development`. Null: not given.',
    suggested('EMPLOYER_PRODUCT_ACTIVITY'),
  ),
};

const TYPES: { readonly [K in model.AnswerValueKind]: GraphQLTypeOf<NonNullable<model.AnswerValue<K>>> } = {
  requiredText: String,
  text: String,
  years: Int,
  count: Int,
  amount: Float,
  degree: Degree,
  texts: [String],
};

export const AnswersInput = inputType<model.GivenAnswers>(
  'AnswersInput',
  "The answers that describe a job; they determine the report. The same answers always mean the same report: surrounding, doubled and no-break spaces, line breaks at the ends, invisible characters (such as zero-width characters, direction marks and soft hyphens), the order of lists, duplicates in lists, and null instead of an omitted field make no difference; letter case and letters that look alike do. Strings have at most 200 characters and none that was lost in a conversion (U+FFFD), lists at most 100 entries. An invalid value is rejected with `BAD_USER_INPUT` and a message that says what is allowed. A value that upstream does not recognize is rejected when the report is bought, with `UNCONFIRMED_ANSWER` and, if available, suggestions in the error's extensions.",
  eachAnswer((kind, { input }) => (kind === 'requiredText' ? required : nullable)(TYPES[kind], input)),
);

export const Answers = objectType<model.Answers>(
  'Answers',
  'The answers of a report in canonical form: strings trimmed, with single spaces, without invisible characters and in Unicode NFC, lists sorted and without duplicates. `PayReport.context` tells how upstream matched the job title.',
  eachAnswer((kind, { output }) =>
    (kind === 'requiredText' || kind === 'texts' ? required : nullable)(TYPES[kind], output),
  ) as FieldsOf<model.Answers>,
);

function eachAnswer<F>(declare: (kind: model.AnswerValueKind, meaning: Meaning) => F): Record<model.AnswerName, F> {
  const fields = model.ANSWER_NAMES.map((name) => [name, declare(model.ANSWERS[name], DESCRIPTIONS[name])]);
  return Object.fromEntries(fields) as Record<model.AnswerName, F>;
}

function described(meaning: string, hint = ''): Meaning {
  return { input: `${meaning} ${hint}`.trim(), output: meaning };
}

function describedList(meaning: string, example: string, hint: string): Meaning {
  return {
    input: `${meaning}, such as \`${example}\`. ${hint} Null or empty: none given.`,
    output: `${meaning}. Empty: none given.`,
  };
}

function suggested(kind: AnswerKind): string {
  return `\`suggestAnswers(kind: ${kind})\` lists values that upstream accepts.`;
}
