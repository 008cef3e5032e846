import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { Degree } from './enums.js';

/** Shared by the input and the output type; only the nullability of the lists differs. */
const meaning = {
  jobTitle: 'The title of the job, such as `Software Developer`.',
  country: 'The country of the job: its full name, such as `United States`.',
  state: 'The state, province or region of the job: its full name, such as `Washington`. Null: any.',
  city: 'The city of the job, such as `Seattle`. Null: any.',
  yearsExperience: 'Years of experience in the job: whole years, 0 to 80. Null: not given.',
  highestDegreeEarned: 'The highest degree earned. `ANY`: it does not matter. Null: not given.',
  averageSizeCompetitor:
    'Average size of the employers competing for the same people, in employees, 0 or more. Null: not given.',
  companySales:
    "The employer's estimated sales this year, 0 or more. Upstream documents no currency; the value is passed on unchanged. Null: not given.",
  employerProductActivity: 'The industry of the employer, such as `Software Development`. Null: not given.',
};

const suggested = (kind: string) => ` \`suggestAnswers(kind: ${kind})\` lists values that upstream accepts.`;

@InputType({
  description:
    "The answers that describe a job; they determine the report. The same answers always mean the same report: surrounding spaces, the order of lists, duplicates in lists, and null instead of an omitted field make no difference. Strings have at most 200 characters, lists at most 100 entries. An invalid value is rejected with `BAD_USER_INPUT` and a message that says what is allowed. A value that upstream does not recognize is rejected when the report is bought, with `UNCONFIRMED_ANSWER` and, if available, suggestions in the error's extensions.",
})
export class AnswersInput {
  @Field(() => String, {
    description: `${meaning.jobTitle}${suggested('JOB_TITLE')} With \`autoResolveJobTitle\`, upstream tries to match a title it does not recognize.`,
  })
  jobTitle!: string;

  @Field(() => String, { description: meaning.country })
  country!: string;

  @Field(() => String, { nullable: true, description: meaning.state })
  state?: string | null;

  @Field(() => String, { nullable: true, description: `${meaning.city} \`suggestLocations\` lists known places.` })
  city?: string | null;

  @Field(() => Int, { nullable: true, description: meaning.yearsExperience })
  yearsExperience?: number | null;

  @Field(() => Degree, { nullable: true, description: meaning.highestDegreeEarned })
  highestDegreeEarned?: Degree | null;

  @Field(() => [String], {
    nullable: true,
    description: `Skills required for the job, such as \`Python\`.${suggested('SKILLS')} Null or empty: none given.`,
  })
  skills?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `Certifications required for the job, such as \`Notary Public\`.${suggested('CERTIFICATIONS')} Null or empty: none given.`,
  })
  certifications?: string[] | null;

  @Field(() => Int, { nullable: true, description: meaning.averageSizeCompetitor })
  averageSizeCompetitor?: number | null;

  @Field(() => Float, { nullable: true, description: meaning.companySales })
  companySales?: number | null;

  @Field(() => String, {
    nullable: true,
    description: `${meaning.employerProductActivity}${suggested('EMPLOYER_PRODUCT_ACTIVITY')}`,
  })
  employerProductActivity?: string | null;
}

@ObjectType({
  description:
    'The answers of a report in canonical form: strings trimmed, lists sorted and without duplicates. `PayReport.context` tells how upstream matched the job title.',
})
export class Answers {
  @Field(() => String, { description: meaning.jobTitle })
  jobTitle!: string;

  @Field(() => String, { description: meaning.country })
  country!: string;

  @Field(() => String, { nullable: true, description: meaning.state })
  state!: string | null;

  @Field(() => String, { nullable: true, description: meaning.city })
  city!: string | null;

  @Field(() => Int, { nullable: true, description: meaning.yearsExperience })
  yearsExperience!: number | null;

  @Field(() => Degree, { nullable: true, description: meaning.highestDegreeEarned })
  highestDegreeEarned!: Degree | null;

  @Field(() => [String], { description: 'Skills required for the job. Empty: none given.' })
  skills!: readonly string[];

  @Field(() => [String], { description: 'Certifications required for the job. Empty: none given.' })
  certifications!: readonly string[];

  @Field(() => Int, { nullable: true, description: meaning.averageSizeCompetitor })
  averageSizeCompetitor!: number | null;

  @Field(() => Float, { nullable: true, description: meaning.companySales })
  companySales!: number | null;

  @Field(() => String, { nullable: true, description: meaning.employerProductActivity })
  employerProductActivity!: string | null;
}
