import { ReportType } from '../../../model/report.js';
import { recordedAt } from './recorded-at.js';
import { requestKeyOf } from './request-key.js';
import { UsageLogUnreadable, type LoggedReport, type UsageLogQuery } from './usage-log.js';

const COLUMNS = ['REPORTID', 'REPORT_DATE', 'REPORT_TYPE', 'REQUEST', 'RESPONSE', 'SUCCESSFUL'] as const;
/** No purchase is recognized by these. */
const FURTHER_COLUMNS = ['CLIENTID', 'REPORTRATING'] as const;
type Column = (typeof COLUMNS)[number] | (typeof FURTHER_COLUMNS)[number];

/** As upstream calls the types in requests, links and reports, without regard to letter case, blanks and underscores. */
const TYPES: Readonly<Record<string, ReportType>> = {
  pay: ReportType.PAY,
  payreport: ReportType.PAY,
  yoe: ReportType.YOE,
  yoereport: ReportType.YOE,
  yearsexperience: ReportType.YOE,
  yearsexperiencereport: ReportType.YOE,
  yearsofexperience: ReportType.YOE,
  yearsofexperiencereport: ReportType.YOE,
};

export interface RowReader {
  /** When the row was recorded, epoch ms; null: it does not say. Throws UsageLogUnreadable if it says so in another form. */
  timeOf(cells: readonly string[]): number | null;
  /** The row that was recorded at `time`, epoch ms; null: unknown. */
  read(cells: readonly string[], time: number | null): LoggedReport;
}

/** Reads the rows below this header. Throws UsageLogUnreadable if a column is missing, or is there twice. */
export function rowReader(
  header: readonly string[],
  { wanted, customerId }: Pick<UsageLogQuery, 'wanted'> & { readonly customerId: string },
): RowReader {
  const names = header.map((name) => name.trim().toUpperCase());
  const places = new Map<Column, number>([
    ...COLUMNS.map((column) => [column, placeOf(column, names)] as const),
    ...FURTHER_COLUMNS.map((column) => [column, names.indexOf(column)] as const),
  ]);
  const cell = (cells: readonly string[], column: Column): string | null => given(cells[places.get(column) ?? -1]);

  return {
    timeOf(cells) {
      const text = cell(cells, 'REPORT_DATE');
      const time = text === null ? null : recordedAt(text);
      if (text === null || time !== null) return time;
      throw new UsageLogUnreadable('A REPORT_DATE is not written as YYYY-MM-DD HH:MM:SS, in UTC or with its offset.');
    },

    read(cells, time) {
      const requestKey = requestKeyOf(cell(cells, 'REQUEST') ?? '', customerId);
      return {
        upstreamReportId: cell(cells, 'REPORTID'),
        recordedAt: time === null ? null : new Date(time),
        type: TYPES[(cell(cells, 'REPORT_TYPE') ?? '').toLowerCase().replace(/[^a-z]/g, '')] ?? null,
        successful: booleanOf(cell(cells, 'SUCCESSFUL')),
        requestKey,
        response: requestKey !== null && wanted?.has(requestKey) ? cell(cells, 'RESPONSE') : null,
        clientId: cell(cells, 'CLIENTID'),
        rating: ratingOf(cell(cells, 'REPORTRATING')),
      };
    },
  };
}

function placeOf(column: Column, names: readonly string[]): number {
  const place = names.indexOf(column);
  if (place === -1) throw new UsageLogUnreadable(`It has no column ${column}.`);
  if (names.includes(column, place + 1)) throw new UsageLogUnreadable(`It has more than one column ${column}.`);
  return place;
}

/** Null for nothing, and for how databases write it. */
function given(cell: string | undefined): string | null {
  const text = cell?.trim() ?? '';
  return text === '' || /^null$/i.test(text) ? null : text;
}

function booleanOf(text: string | null): boolean | null {
  const lower = text?.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : null;
}

function ratingOf(text: string | null): number | null {
  const rating = text !== null && /^\d*\.?\d+$/.test(text) ? Number(text) : null;
  return rating !== null && rating <= 1 ? rating : null;
}
