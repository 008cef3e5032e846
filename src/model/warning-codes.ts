/** The codes of a report's warnings that are this server's own, each with its meaning for clients. All others are upstream's. */
export const WARNING_CODES = {
  CORRECTED_ANSWER: "bought in upstream's spelling",
  UNKNOWN_ANSWER: 'upstream was expected to ignore it',
  OTHER_JOB_TITLE: 'the report says that it is about another job title than was asked for',
  LINK_SHARED: 'upstream gave another report the same link, so this one may be about other answers',
  UNREADABLE: 'a figure could not be read and is null or left out (its path is in the message)',
  TRUNCATED: 'of a list that is too long only the first part is given',
  NO_FIGURES: 'there is no figure in the report',
  OTHER_REPORT_TYPE: 'the report is of the other type and has no figures of this one',
} as const;

export type WarningCode = keyof typeof WARNING_CODES;
