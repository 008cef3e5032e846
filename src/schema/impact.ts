import { Float, Int } from 'type-graphql';
import type * as model from '../model/lookups.js';
import { AnswerIssue } from './answer-issue.js';
import { asGiven, objectType, required } from './declare.js';
import { SHARE_SCALE } from './scales.js';
import { MatchContext } from './match-context.js';

const Impact = objectType<model.Impact>(
  'Impact',
  'How one skill, certification or degree affects the pay of a job. All figures are as reported by upstream, which does not state the currency of the amounts.',
  {
    answer: required(String, 'The skill, certification or degree.'),
    profileCount: asGiven(Int, 'Number of profiles of this job that report it.'),
    percentReporting: asGiven(Float, `Share of the job's profiles that report it. ${SHARE_SCALE}`),
    medianBasePay: asGiven(Float, 'Median base pay of people who have it, in a currency that upstream does not state.'),
    payDifferential: asGiven(
      Float,
      'Difference in pay of people who have it, as an amount in the same currency; negative means less.',
    ),
    payDifferentialPercentage: asGiven(
      Float,
      'The same difference as a percentage of the pay of people who do not have it, negative if it is less. In the samples that are known `4.12` is 4.12 %; nothing is rescaled.',
    ),
  },
);

export const ImpactReport = objectType<model.ImpactReport>(
  'ImpactReport',
  'How skills, certifications or degrees affect the pay of a job title. Free of charge and available immediately.',
  {
    impacts: required(
      [Impact],
      'One per skill, certification or degree, in upstream order, at most 1000. Empty: upstream gave none.',
    ),
    context: asGiven(MatchContext, 'How the job title was matched.'),
    warnings: required(
      [AnswerIssue],
      'Figures that could not be read and are null or left out, with the code `UNREADABLE` and their path in the message, and lists of which only the first part is given, with the code `TRUNCATED`; at most 50.',
    ),
  },
);
