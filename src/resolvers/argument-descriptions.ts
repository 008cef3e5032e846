/** Descriptions of arguments that several fields share. */
export const AUTO_RESOLVE =
  "Whether upstream may match a job title it does not recognize to one it does (`context` tells which). Part of the report's identity: true and false are two different reports.";

export const AUTO_RESOLVE_TITLE =
  'Whether upstream may match a job title it does not recognize to one it does; `context` tells which.';

export const WAIT_MS =
  "How long to wait for the report, in milliseconds, from 0 to the server's limit (30000 unless configured). It limits only this wait: on timeout the error is `REPORT_NOT_READY`, and the report is still collected. Null: the limit.";
