import { format } from 'prettier';
import { count, ms } from './figures.ts';

/** One measured number, with what it should be. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: keyof typeof SHOWN;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Contest {
  /** What is asked for. */
  readonly about: string;
  /** Requests per second of each contender, beside those of the bare route. */
  readonly rates: Readonly<Record<string, number>>;
}

/** What a scenario found. */
export interface Result {
  readonly figures: readonly Figure[];
  readonly contest?: Contest;
}

/** The latest results of each scenario, as they are kept in `results.json`. */
export interface Results {
  readonly machine: string;
  readonly scenarios: Readonly<Record<string, Result & { readonly date: string }>>;
}

const SHOWN = {
  ratio: (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1)),
  count,
  ms,
  KB: (value: number) => `${value.toFixed(1)} KB`,
  MB: (value: number) => `${value.toFixed(1)} MB`,
};

const START = '<!-- Written by `npm run bench -- --write`. -->';
const END = '<!-- The end of what is written. -->';

/** A count that must not vary. */
export function exactly(what: string, value: number, expected: number): Figure {
  return { what, value, unit: 'count', atLeast: expected, atMost: expected };
}

export function isMet({
  value,
  atLeast = Number.NEGATIVE_INFINITY,
  atMost = Number.POSITIVE_INFINITY,
}: Figure): boolean {
  return value >= atLeast && value <= atMost;
}

export function shown({ value, unit }: Figure): string {
  return SHOWN[unit](value);
}

/** What a figure should be; empty if any value will do. */
export function goalOf({ unit, atLeast, atMost }: Figure): string {
  if (atLeast !== undefined && atLeast === atMost) return goal(unit, atLeast);
  if (atLeast !== undefined) return `≥ ${goal(unit, atLeast)}`;
  return atMost === undefined ? '' : `≤ ${goal(unit, atMost)}`;
}

function goal(unit: Figure['unit'], value: number): string {
  return unit === 'ratio' || unit === 'count' ? value.toLocaleString('en') : `${value.toLocaleString('en')} ${unit}`;
}

/** `readme` with the table of the results between its two marks. Throws if it has none. */
export async function withResults(readme: string, results: Results): Promise<string> {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start === -1 || end < start) throw new Error('The document has no place for the results.');
  const text = `${readme.slice(0, start)}${START}\n\n${tableOf(results)}\n\n${readme.slice(end)}`;
  return format(text, { parser: 'markdown', singleQuote: true, printWidth: 120 });
}

function tableOf({ machine, scenarios }: Results): string {
  const rows = Object.entries(scenarios).flatMap(([name, { date, figures }]) =>
    figures.map((figure, at) => {
      const measured = isMet(figure) ? shown(figure) : `**${shown(figure)}**, missed`;
      return `| ${at === 0 ? `\`${name}\`, ${date}` : ''} | ${figure.what} | ${goalOf(figure)} | ${measured} |`;
    }),
  );
  return [
    `Machine: ${machine}.`,
    '',
    '| scenario | figure | goal | measured |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
