import { z } from 'zod';
import type { State } from '../../datasources/reports/ledger.js';
import type { JournalKind } from '../../datasources/reports/transition.js';

const failure = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
const issues = z.array(
  z.object({
    answerId: z.string().nullable(),
    answerValue: z.string().nullable(),
    message: z.string().nullable(),
    code: z.string().nullable(),
  }),
);
const charge = z.object({ client: z.string(), day: z.string() }).optional();
const warnings = issues.optional();
const unresolved = { failure, response: z.string().nullable(), since: z.number(), charge, warnings };
const doubt = z.object(unresolved).nullable();
const expiresAt = z.number();
const attempt = z.int().min(0);

/** The fields that each state must have. */
const FIELDS: Record<State['state'], z.ZodType> = {
  ABSENT: z.object({ failure: failure.nullable() }),
  ALIAS: z.object({ standsFor: z.string() }),
  INTENT: z.object({ doubt, charge, warnings }),
  SENDING: z.object({ response: z.string().nullable(), doubt, charge, warnings }),
  LINKED: z.object({ link: z.string().startsWith('/'), warnings: issues, attempt, charge }),
  COLLECTED: z.object({ rating: z.number().nullable(), warnings: issues, attempt, expiresAt, charge }),
  REJECTED: z.object({ failure, expiresAt }),
  UNCERTAIN: z.object(unresolved),
  FAILED: z.object({ failure, attempt, expiresAt }),
};

/** Purchases in progress that a line of the journal adds or ends. */
const IN_PROGRESS: Record<JournalKind, number> = {
  SUBMITTED: 1,
  RECOVERED: 1,
  COLLECTED: -1,
  FAILED: -1,
  UNCERTAIN: -1,
  BILLABLE: 0,
  RESOLVED: 0,
};

export const JOURNAL_KINDS: readonly string[] = Object.keys(IN_PROGRESS);

/** What is wrong with the fields of a stored state; null if nothing. */
export function faultOfState(state: State): string | null {
  const fields = (FIELDS as Partial<Record<string, z.ZodType>>)[state.state];
  if (!fields) return `has the state ${JSON.stringify(state.state)}, which this release does not know`;
  const { error } = fields.safeParse(state);
  const [issue] = error?.issues ?? [];
  return issue ? `has a state ${state.state} whose ${issue.path.join('.')} is wrong: ${issue.message}` : null;
}

/**
 * What the journal of one report and type, counted by kind, has that does not go with its state; null if nothing. Each
 * purchase ends exactly once, and only a LINKED one has not ended.
 */
export function faultOfJournal(state: State, counts: Readonly<Partial<Record<JournalKind, number>>>): string | null {
  const kinds = Object.entries(counts) as [JournalKind, number][];
  const open = kinds.reduce((sum, [kind, count]) => sum + IN_PROGRESS[kind] * count, 0);
  const expected = state.state === 'LINKED' ? 1 : 0;
  const collected = counts.COLLECTED ?? 0;
  if (open !== expected) return `is ${state.state}, but its journal has ${open} purchases in progress`;
  if (state.state === 'COLLECTED' && collected === 0) return 'is COLLECTED, but its journal has no collection';
  if ((counts.BILLABLE ?? 0) > collected) return 'has more billable reports than collected ones in its journal';
  return null;
}
