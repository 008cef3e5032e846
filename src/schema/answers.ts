import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { Degree } from './enums.js';

/** What each answer means is the same whether it is given or told back; only the nullability of the lists differs. */
const meaning = {
  jobTitle: 'The title of the job, such as `Software Developer`.',
  country: 'The country of the job, by its full name, such as `United States`.',
  state: 'The state, province or region of the job, by its full name, such as `Washington`. Null: not narrowed to one.',
  city: 'The city of the job, such as `Seattle`. Null: not narrowed to one.',
  yearsExperience: 'Years of experience in the job, in whole years, 0 to 80. Null: not given.',
  highestDegreeEarned: 'The highest degree earned. Null: not given; `ANY` says that it does not matter.',
  averageSizeCompetitor:
    'How large the employers are that compete for the same person, as a number of employees, 0 or more. Null: not given.',
  companySales:
    "The employer's estimated sales this year, 0 or more. Upstream names no currency for it, so it goes there as it is. Null: not given.",
  employerProductActivity: 'The industry of the employer, such as `Software Development`. Null: not given.',
};

const suggested = (kind: string) => ` \`suggestAnswers(kind: ${kind})\` knows the wordings upstream accepts.`;

@InputType({
  description:
    "The question a report answers. The same answers are the same report: spaces around a text, the order of a list and its repetitions, and null instead of leaving out make no difference. Texts have at most 200 characters, lists at most 100 entries; a value out of bounds is refused with `BAD_USER_INPUT`, and the message says what is allowed; a wording that upstream does not know is refused by upstream when the report is bought, with `UNCONFIRMED_ANSWER` and, where there are any, suggestions in the error's extensions.",
})
export class AnswersInput {
  @Field(() => String, {
    description: `${meaning.jobTitle}${suggested('JOB_TITLE')} With \`autoResolveJobTitle\` upstream tries to match a title that it does not know.`,
  })
  jobTitle!: string;

  @Field(() => String, { description: meaning.country })
  country!: string;

  @Field(() => String, { nullable: true, description: meaning.state })
  state?: string | null;

  @Field(() => String, { nullable: true, description: `${meaning.city} \`suggestLocations\` helps to spell it.` })
  city?: string | null;

  @Field(() => Int, { nullable: true, description: meaning.yearsExperience })
  yearsExperience?: number | null;

  @Field(() => Degree, { nullable: true, description: meaning.highestDegreeEarned })
  highestDegreeEarned?: Degree | null;

  @Field(() => [String], {
    nullable: true,
    description: `Skills the job asks for, such as \`Python\`.${suggested('SKILLS')} Null and empty mean the same: none given.`,
  })
  skills?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `Certifications the job asks for, such as \`Notary Public\`.${suggested('CERTIFICATIONS')} Null and empty mean the same: none given.`,
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
    'The answers a report was asked with, in canonical form: texts trimmed, lists sorted and without repetitions. `PayReport.context` says what upstream made of the job title.',
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

  @Field(() => [String], { description: 'Skills the job asks for. Empty: none given.' })
  skills!: readonly string[];

  @Field(() => [String], { description: 'Certifications the job asks for. Empty: none given.' })
  certifications!: readonly string[];

  @Field(() => Int, { nullable: true, description: meaning.averageSizeCompetitor })
  averageSizeCompetitor!: number | null;

  @Field(() => Float, { nullable: true, description: meaning.companySales })
  companySales!: number | null;

  @Field(() => String, { nullable: true, description: meaning.employerProductActivity })
  employerProductActivity!: string | null;
}
