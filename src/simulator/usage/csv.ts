import type { WireAnswers } from '../../contract/wire.js';
import type { UsageRow } from './board.js';
import { USAGE_COLUMNS, type UsageSettings } from './settings.js';

type Column = (typeof USAGE_COLUMNS)[number];
type Cells = Readonly<Record<Column, string>>;

const HUGE = 10_000_000;
const DAY_MS = 86_400_000;
/** A stranger's report, long enough for the log to become large in few steps. */
const PADDING = JSON.stringify({
  Report: { Ranges: Array.from({ length: 40 }, (_, at) => ({ Name: `${at}`, Percent: at })) },
});

/**
 * The usage log, row by row.
 * @param responseOf the JSON of a report.
 */
export function* usageCsv(
  rows: readonly UsageRow[],
  settings: UsageSettings,
  responseOf: (row: UsageRow) => string,
  now: number,
): Generator<string> {
  const { columns, lineBreak, damage } = settings;
  const line = (cells: readonly string[]): string => cells.map(quoted).join(',') + lineBreak;
  const known = columns.map((name) => USAGE_COLUMNS.find((column) => column === name.toUpperCase()) ?? null);
  const write = (cells: Cells): string[] => known.map((column) => (column === null ? 'more' : cells[column]));
  yield (settings.byteOrderMark ? '\uFEFF' : '') + line(columns);
  for (let padded = 0; padded < settings.padBytes;) {
    const text = line(write(foreignCells(settings, now - DAY_MS, padded)));
    padded += text.length;
    yield text;
  }
  for (const row of rows) yield line(write(cellsOf(row, settings, responseOf(row))));
  const last = write(foreignCells(settings, now));
  if (damage === 'unclosed-quote') yield `${last.map(quoted).join(',')},"`;
  if (damage === 'ragged') yield line(last.slice(1));
  if (damage === 'huge') yield line(last.map((cell, at) => (at === 0 ? cell.padEnd(HUGE, '.') : cell)));
}

/** In pieces of some size, since a response that is written row by row is slow. */
export function* encoded(lines: Iterable<string>, encoding: UsageSettings['encoding']): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 65_536) continue;
    yield Buffer.from(text, encoding);
    text = '';
  }
  if (text !== '') yield Buffer.from(text, encoding);
}

function cellsOf(row: UsageRow, settings: UsageSettings, response: string): Cells {
  const { report, recordedAt } = row;
  return {
    ...dateCells(recordedAt, settings),
    CLIENTID: report.clientId,
    REPORTID: settings.reportIds ? row.id : '',
    REPORT_TYPE: typeText(report.type, settings),
    REPORTRATING: String(row.rating),
    REQUEST: row.request,
    SUBMITTED_ANSWERS: JSON.stringify(submitted(report.answers)),
    RESPONSE: response,
    SUCCESSFUL: row.successful ? 'True' : 'False',
    JOBTITLERATING: '',
  };
}

function submitted(answers: WireAnswers): object[] {
  return Object.entries(answers).map(([QuestionId, Value]) => ({ QuestionId, Value: String(Value) }));
}

/** @param number of the report among those of others. */
function foreignCells(settings: UsageSettings, time: number, number = 0): Cells {
  const request = {
    customerId: 'another',
    user: 'another',
    requestedReports: ['yoe'],
    answers: { JobTitle: 'Zookeeper' },
  };
  return {
    ...dateCells(time, settings),
    CLIENTID: 'another',
    REPORTID: settings.reportIds ? `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` : '',
    REPORT_TYPE: typeText('yoe', settings),
    REPORTRATING: '0.5',
    REQUEST: JSON.stringify(request),
    SUBMITTED_ANSWERS: JSON.stringify(submitted({ JobTitle: 'Zoë’s Zookeeper', Country: 'Norge' })),
    RESPONSE: PADDING,
    SUCCESSFUL: 'True',
    JOBTITLERATING: '80',
  };
}

function typeText(type: 'pay' | 'yoe', { types }: UsageSettings): string {
  if (types === 'key') return type;
  return type === 'pay' ? 'PayReport' : 'YearsExperienceReport';
}

function dateCells(time: number, { dates }: UsageSettings): Pick<Cells, 'REPORT_DATE' | 'MONTH' | 'YEAR'> {
  const date = new Date(time);
  const iso = date.toISOString();
  const texts = {
    iso: () => iso,
    sql: () => iso.slice(0, -1).replace('T', ' '),
    us: () => date.toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', ''),
    epoch: () => String(Math.floor(time / 1_000)),
  };
  return { REPORT_DATE: texts[dates](), MONTH: iso.slice(5, 7), YEAR: iso.slice(0, 4) };
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
