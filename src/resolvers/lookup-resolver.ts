import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type * as model from '../model/lookups.js';
import { boundedText, requiredText } from '../model/text.js';
import { AnswerKind } from '../schema/enums.js';
import { ImpactReport } from '../schema/impact.js';
import { JobTitleMatch, LocationSuggestion, Suggestion } from '../schema/suggestions.js';
import type { OperationContext } from './context.js';
import { ChecksArguments } from './check-arguments.js';
import { AUTO_RESOLVE_TITLE } from './argument-descriptions.js';

const FREE = 'Free of charge, returned immediately.';
const NULL = 'Null with an error: it cannot be looked up now (one of `UPSTREAM_…`)';
const UNKNOWN_TITLE = `${NULL}, or upstream does not recognize the title (\`NOT_FOUND\`).`;
const JOB_TITLE = 'The title of the job: 1 to 200 characters.';

/** Upstream's synchronous endpoints, which are free of charge. */
@Resolver()
export class LookupResolver {
  @Query(() => ImpactReport, {
    nullable: true,
    description: `How pay differs between people with and without each skill. ${FREE} ${UNKNOWN_TITLE}`,
  })
  @ChecksArguments(checkTitle)
  skillImpact(
    @Arg('jobTitle', () => String, { description: JOB_TITLE }) jobTitle: string,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE_TITLE })
    autoResolveJobTitle: boolean,
    @Ctx() context: OperationContext,
  ): Promise<model.ImpactReport> {
    return impact('skills', jobTitle, autoResolveJobTitle, context);
  }

  @Query(() => ImpactReport, {
    nullable: true,
    description: `How pay differs between people with and without each certification. ${FREE} ${UNKNOWN_TITLE}`,
  })
  @ChecksArguments(checkTitle)
  certificationImpact(
    @Arg('jobTitle', () => String, { description: JOB_TITLE }) jobTitle: string,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE_TITLE })
    autoResolveJobTitle: boolean,
    @Ctx() context: OperationContext,
  ): Promise<model.ImpactReport> {
    return impact('certs', jobTitle, autoResolveJobTitle, context);
  }

  @Query(() => ImpactReport, {
    nullable: true,
    description: `How pay differs with the highest degree earned. ${FREE} ${UNKNOWN_TITLE}`,
  })
  @ChecksArguments(checkTitle)
  educationImpact(
    @Arg('jobTitle', () => String, { description: JOB_TITLE }) jobTitle: string,
    @Arg('autoResolveJobTitle', () => Boolean, { defaultValue: true, description: AUTO_RESOLVE_TITLE })
    autoResolveJobTitle: boolean,
    @Ctx() context: OperationContext,
  ): Promise<model.ImpactReport> {
    return impact('education', jobTitle, autoResolveJobTitle, context);
  }

  @Query(() => [Suggestion], {
    nullable: true,
    description: `Values upstream accepts for an answer, at most ten, best first. ${FREE} Empty: none found, or the term is too short for upstream. ${NULL}.`,
  })
  @ChecksArguments(checkTerm)
  async suggestAnswers(
    @Arg('kind', () => AnswerKind, { description: 'The kind of answer to suggest values for.' }) kind: AnswerKind,
    @Arg('term', () => String, { description: 'What was typed so far: at most 200 characters.' }) term: string,
    @Ctx() { lookups, signal }: OperationContext,
  ): Promise<readonly model.Suggestion[]> {
    return lookups.suggest(kind, boundedText(term, 'term'), signal);
  }

  @Query(() => JobTitleMatch, {
    nullable: true,
    description: `Titles in upstream's taxonomy similar to a free-text title, with their tasks. ${FREE} ${NULL}, or there is no similar title (\`NOT_FOUND\`).`,
  })
  @ChecksArguments(checkTitle)
  async matchJobTitle(
    @Arg('jobTitle', () => String, { description: JOB_TITLE }) jobTitle: string,
    @Ctx() { lookups, signal }: OperationContext,
  ): Promise<model.JobTitleMatch> {
    return lookups.matchJobTitle(requiredText(jobTitle, 'jobTitle'), signal);
  }

  @Query(() => [LocationSuggestion], {
    nullable: true,
    description: `Places known to upstream that match a term, at most 1000. ${FREE} Empty: none found. ${NULL}.`,
  })
  @ChecksArguments(checkTerm)
  async suggestLocations(
    @Arg('term', () => String, { description: 'What was typed so far: at most 200 characters.' }) term: string,
    @Ctx() { lookups, signal }: OperationContext,
  ): Promise<readonly model.LocationSuggestion[]> {
    return lookups.locations(boundedText(term, 'term'), signal);
  }
}

function checkTitle({ jobTitle }: { readonly jobTitle: string }): void {
  requiredText(jobTitle, 'jobTitle');
}

function checkTerm({ term }: { readonly term: string }): void {
  boundedText(term, 'term');
}

async function impact(
  kind: model.ImpactKind,
  jobTitle: string,
  autoResolveJobTitle: boolean,
  { lookups, signal }: OperationContext,
): Promise<model.ImpactReport> {
  return lookups.impact(kind, requiredText(jobTitle, 'jobTitle'), autoResolveJobTitle, signal);
}
