/** Descriptions of arguments that several fields share. */
export const AUTO_RESOLVE =
  "Whether upstream may match a job title it does not recognize to one it does (`context` tells which). Part of the report's identity: true and false are two different reports.";

export const AUTO_RESOLVE_TITLE =
  'Whether upstream may match a job title it does not recognize to one it does; `context` tells which.';

export const WAIT_MS =
  "How long to wait for the report, in milliseconds, from 0 to the server's limit (30000 unless configured). It limits only this wait: on timeout the error is `REPORT_NOT_READY`, and the report is still collected. Null: the limit.";

export const BUY =
  'Whether it is bought if it is not stored or under way. False costs nothing: what is stored, under way or has failed is answered as with true, and what was never requested, or has expired, is null without an error.';

export const FOLLOW_BUY =
  'Whether what is not stored or under way is bought. False costs nothing: a type that was never requested is sent as `NOT_REQUESTED` and followed until some client buys it.';
