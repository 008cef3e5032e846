import { registerEnumType } from 'type-graphql';

// Constant objects, not TypeScript enums: their types are plain unions of strings, so the rooms below, which know nothing
// of GraphQL, can hand over words of their own without a cast.

export const ReportType = { PAY: 'PAY', YOE: 'YOE' } as const;
export type ReportType = (typeof ReportType)[keyof typeof ReportType];

registerEnumType(ReportType, {
  name: 'ReportType',
  description: 'The two reports upstream makes. Each is bought, collected and billed on its own.',
  valuesConfig: {
    PAY: { description: 'What the job pays: `Report.pay`.' },
    YOE: { description: 'How its base pay moves with years of experience: `Report.yoe`.' },
  },
});

export const ReportStatus = {
  NOT_REQUESTED: 'NOT_REQUESTED',
  SUBMITTING: 'SUBMITTING',
  PENDING: 'PENDING',
  READY: 'READY',
  FAILED: 'FAILED',
} as const;
export type ReportStatus = (typeof ReportStatus)[keyof typeof ReportStatus];

registerEnumType(ReportStatus, {
  name: 'ReportStatus',
  description: 'Where one report stands on its way from not bought to held here. Asking for it buys nothing.',
  valuesConfig: {
    NOT_REQUESTED: {
      description: 'Nothing was bought, or what was bought has outlived its keeping. Selecting the report buys it.',
    },
    SUBMITTING: { description: 'The request is on its way upstream; whether it was accepted is not known yet.' },
    PENDING: { description: 'Accepted upstream and being made. It is collected here whether or not anyone waits.' },
    READY: { description: 'Collected and held here. Selecting it answers at once and buys nothing.' },
    FAILED: {
      description:
        'It will not come: upstream refused or ended it, or the outcome of the purchase is unknown. Selecting the report says which, as an error with `REPORT_FAILED`, `UNCONFIRMED_ANSWER` or `SUBMISSION_UNCERTAIN` in `extensions.code`. In an event also: its purchase was given up before anything was accepted, with one of `UPSTREAM_…`; `Report.status` calls that `NOT_REQUESTED`, and selecting the report buys it anew.',
    },
  },
});

export const Degree = {
  ANY: 'ANY',
  HIGH_SCHOOL: 'HIGH_SCHOOL',
  ASSOCIATES: 'ASSOCIATES',
  BACHELORS: 'BACHELORS',
  MASTERS: 'MASTERS',
  MBA: 'MBA',
  LAW: 'LAW',
  DOCTORATE: 'DOCTORATE',
  MEDICINE: 'MEDICINE',
} as const;
export type Degree = (typeof Degree)[keyof typeof Degree];

registerEnumType(Degree, {
  name: 'Degree',
  description: "The highest degree earned. Every value names one of upstream's own answers; there are no others.",
  valuesConfig: {
    ANY: { description: 'Upstream\'s "Any": whatever the degree.' },
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

export const AnswerKind = {
  JOB_TITLE: 'JOB_TITLE',
  SKILLS: 'SKILLS',
  CERTIFICATIONS: 'CERTIFICATIONS',
  EMPLOYER_PRODUCT_ACTIVITY: 'EMPLOYER_PRODUCT_ACTIVITY',
  HIGHEST_DEGREE_EARNED: 'HIGHEST_DEGREE_EARNED',
} as const;
export type AnswerKind = (typeof AnswerKind)[keyof typeof AnswerKind];

registerEnumType(AnswerKind, {
  name: 'AnswerKind',
  description:
    'The answers whose wording upstream can suggest. Locations have a query of their own, `suggestLocations`.',
  valuesConfig: {
    JOB_TITLE: { description: 'For `AnswersInput.jobTitle`. Upstream suggests from four characters on.' },
    SKILLS: { description: 'For `AnswersInput.skills`. Upstream suggests from two characters on.' },
    CERTIFICATIONS: { description: 'For `AnswersInput.certifications`.' },
    EMPLOYER_PRODUCT_ACTIVITY: {
      description: 'For `AnswersInput.employerProductActivity`. Upstream suggests from two characters on.',
    },
    HIGHEST_DEGREE_EARNED: {
      description: "For `AnswersInput.highestDegreeEarned`, in upstream's words; the input itself takes a `Degree`.",
    },
  },
});
