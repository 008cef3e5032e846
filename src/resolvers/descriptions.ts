/** Descriptions of arguments that several fields share. */
export const AUTO_RESOLVE =
  "Whether upstream may match a job title it does not know to one it does (`context` tells which). A part of the report's identity: with and without are two reports.";

export const AUTO_RESOLVE_TITLE =
  'Whether upstream may match a job title it does not know to one it does; `context` tells which.';

export const WAIT_MS =
  "The longest to wait for the report, in milliseconds, from 0 to the server's limit (30000 unless configured). It bounds this wait, not the report: when it is over, the error is `REPORT_NOT_READY`, and the report is collected all the same. Null: the limit.";
