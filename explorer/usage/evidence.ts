import type { UsageOverviewQuery } from '../generated/operations.ts';

type Uncertain = NonNullable<UsageOverviewQuery['uncertainReports']>['edges'][number]['node'];

/** What upstream's usage log says of a doubt, as sentences. Null: it was not looked for yet, or no log is read. */
export function evidenceText(
  { evidence, candidates }: Pick<Uncertain, 'evidence' | 'candidates'>,
  timeOf: (time: string) => string,
): string | null {
  if (!evidence) return null;
  const { readAt, accepted, inLog } = evidence;
  const read = `The usage log was read ${timeOf(readAt)}.`;
  const others =
    accepted === 0
      ? 'There is no other purchase of that half hour to tell by.'
      : `It has ${inLog} of ${accepted} other purchases of that half hour.`;
  if (candidates.length === 0) return `${read} It is not there. ${others}`;
  const rows = candidates.map(
    ({ upstreamReportId, recordedAt }) =>
      `${upstreamReportId ?? 'one without a REPORTID'}${recordedAt === null ? '' : ` (${timeOf(recordedAt)})`}`,
  );
  return `${read} It may be there, as ${rows.join(' or ')}. ${others}`;
}
