import { registerEnumType } from 'type-graphql';
import { Degree } from '../model/answers.js';
import { AnswerVerdict } from '../model/answers-check.js';
import { AnswerKind } from '../model/lookups.js';
import { ReportStatus, ReportType } from '../model/report.js';

/** Registers the enums of the model with type-graphql. Modules of the schema and resolvers import them from here. */
export { AnswerKind, AnswerVerdict, Degree, ReportStatus, ReportType };

registerEnumType(ReportType, {
  name: 'ReportType',
  description: 'The two kinds of report. Each is bought, collected and billed separately.',
  valuesConfig: {
    PAY: { description: 'What the job pays: `Report.pay`.' },
    YOE: { description: 'How its base pay changes with years of experience: `Report.yoe`.' },
  },
});

registerEnumType(ReportStatus, {
  name: 'ReportStatus',
  description: 'Status of one report, from not bought to collected. Reading it buys nothing.',
  valuesConfig: {
    NOT_REQUESTED: {
      description:
        'Not bought, or the stored report has expired. Selecting the report buys it, unless it turns out to be stored in another spelling of its answers.',
    },
    SUBMITTING: { description: 'The purchase request is in flight; whether upstream accepts it is not known yet.' },
    PENDING: {
      description: 'Accepted and being prepared by upstream. It will be collected whether or not anyone waits for it.',
    },
    READY: { description: 'Collected and stored. Selecting it returns at once and buys nothing.' },
    FAILED: {
      description:
        'Will not be delivered: upstream rejected the request, repeatedly refused to produce the report or did not deliver it in time, or the outcome of the purchase is unknown. A report that was bought and failed is polled again, at no extra cost, when it is requested. Selecting the report returns an error with `REPORT_FAILED`, `UNCONFIRMED_ANSWER` or `SUBMISSION_UNCERTAIN` in `extensions.code`. In an event it can also mean that the purchase was given up before upstream accepted it, with an `UPSTREAM_…` code; `Report.status` is then `NOT_REQUESTED`, and selecting the report buys it again.',
    },
  },
});

registerEnumType(Degree, {
  name: 'Degree',
  description: "The highest degree earned. The values correspond one to one to upstream's answers.",
  valuesConfig: {
    ANY: { description: 'Upstream\'s "Any": the degree does not matter.' },
    HIGH_SCHOOL: { description: 'Upstream\'s "GED or High School Diploma".' },
    ASSOCIATES: { description: 'Upstream\'s "Associate\'s Degree".' },
    BACHELORS: { description: 'Upstream\'s "Bachelor\'s Degree".' },
    MASTERS: { description: 'Upstream\'s "Master\'s Degree (non-MBA)".' },
    MBA: { description: 'Upstream\'s "Master of Business Administration (MBA)".' },
    LAW: { description: 'Upstream\'s "Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)".' },
    DOCTORATE: { description: 'Upstream\'s "Doctorate (PhD)".' },
    MEDICINE: { description: 'Upstream\'s "Doctor of Medicine (MD)".' },
  },
});

registerEnumType(AnswerKind, {
  name: 'AnswerKind',
  description: 'The answers that upstream can suggest values for. For locations, use `suggestLocations`.',
  valuesConfig: {
    JOB_TITLE: { description: 'For `AnswersInput.jobTitle`. Upstream needs at least four characters.' },
    SKILLS: { description: 'For `AnswersInput.skills`. Upstream needs at least two characters.' },
    CERTIFICATIONS: { description: 'For `AnswersInput.certifications`.' },
    EMPLOYER_PRODUCT_ACTIVITY: {
      description: 'For `AnswersInput.employerProductActivity`. Upstream needs at least two characters.',
    },
    HIGHEST_DEGREE_EARNED: {
      description: "For `AnswersInput.highestDegreeEarned`, in upstream's wording; the input itself takes a `Degree`.",
    },
  },
});

registerEnumType(AnswerVerdict, {
  name: 'AnswerVerdict',
  description: 'Whether upstream has an answer in its taxonomy, as its look-ups tell.',
  valuesConfig: {
    EXACT: { description: 'Upstream has it, spelled as it was given.' },
    CORRECTED: {
      description:
        'Upstream has it in another letter case, which is in `spelling`: exactly one of its answers differs in nothing else.',
    },
    UNKNOWN: {
      description:
        'Upstream does not have it and would ignore it: it is not among the few answers that it suggests for it. Of a place that it does not have, the city is.',
    },
    UNCHECKED: {
      description:
        'It could not be told: a number, a term that is too short for upstream, a place without a city, an answer with too many similar ones, or a look-up that failed or took too long.',
    },
  },
});
