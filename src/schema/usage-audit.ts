import { Int } from 'type-graphql';
import type * as model from '../model/usage-audit.js';
import { connectionType } from './connection.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';
import { ReportType } from './enums.js';
import { Report } from './report.js';
import { UsageLogRow } from './usage-log.js';

const UsageDifference = objectType<model.UsageDifference>(
  'UsageDifference',
  "What only one side has, or what the two differ in: upstream's usage log and this server's ledger.",
  {
    at: required(DateTime, 'When the row was recorded or, without one, when the purchase was sent.'),
    theirs: nullable(UsageLogRow, 'The row of the usage log. Null: it has none.'),
    ours: nullable(
      Report,
      'The report that was bought. Null: no purchase of this server can be the row, or what was asked for cannot be told any more.',
    ),
    type: nullable(ReportType, 'Which of the two reports it is. Null: only upstream has it, and does not say.'),
    reason: required(String, 'How the two sides differ.'),
  },
);

export const UsageDifferenceConnection = connectionType('UsageDifference', UsageDifference, {
  page: 'A page of differences.',
  edge: 'A difference and its place in the list.',
  edges: 'The oldest come first, by `at`.',
  cursor: 'Its place, for `after`. It stays valid, also when the difference is no longer one.',
  node: 'The difference.',
  totalCount: 'How many differences there are in all.',
});

/** Its other field is resolved in `resolvers/usage-audit-resolver.ts`. */
export const UsageAudit = objectType<model.UsageAuditSums>(
  'UsageAudit',
  "Upstream's usage log of a UTC month beside this server's ledger. A row counts when it was recorded; a purchase at its row's time or, if it has none, when it was sent.",
  {
    month: required(String, 'The month, as `YYYY-MM`.'),
    theirs: required(Int, 'Reports that upstream bills: the rows that were successful.'),
    ours: required(
      Int,
      'Reports that this server bought and expects on the bill: those that upstream accepted, and delivered or is about to.',
    ),
  },
);
