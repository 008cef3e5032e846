import { ReportType } from '../../model/report.js';

/** What is asked for, as it is written on the command line. */
export interface GivenOptions {
  readonly output?: string | undefined;
  readonly types?: string | undefined;
  readonly 'max-reports'?: string | undefined;
  readonly url?: string | undefined;
  readonly 'buy-unknown'?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly force?: boolean | undefined;
}

export interface PriceOptions {
  readonly input: string;
  readonly output: string;
  readonly types: readonly ReportType[];
  /** The most reports to buy; null: as many as it takes. */
  readonly most: number | null;
  /** Whether to buy reports with an answer that Jobalyzer does not know. */
  readonly buyUnknown: boolean;
  /** Null: a server of this process's own. */
  readonly url: string | null;
  /** Whether to buy without asking. */
  readonly yes: boolean;
  /** Whether a file that is there already is overwritten without asking. */
  readonly force: boolean;
}

/** Throws an Error in words for what is not allowed. */
export function readOptions(input: string, given: GivenOptions): PriceOptions {
  if (!given.output || given.output === '-')
    throw new Error('--output must name the file to write, such as --output priced.csv.');
  const most = given['max-reports'];
  if (most !== undefined && !/^\d{1,9}$/.test(most))
    throw new Error(`--max-reports must be a whole number; it is ${most}.`);
  return {
    input,
    output: given.output,
    types: typesOf(given.types ?? 'pay'),
    most: most === undefined ? null : Number(most),
    buyUnknown: given['buy-unknown'] ?? false,
    url: given.url ?? null,
    yes: given.yes ?? false,
    force: given.force ?? false,
  };
}

function typesOf(text: string): readonly ReportType[] {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const types = Object.values(ReportType).filter((type) => names.includes(type));
  if (types.length === 0 || names.some((name) => !types.includes(name as ReportType)))
    throw new Error(`--types must be pay, yoe or both with a comma between them; it is ${text}.`);
  return types;
}
