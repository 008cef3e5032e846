import { recognizeColumns } from '../../model/job-list/columns.js';
import { confirm, isAttended } from '../terminal.js';
import { allowanceFor, type Allowance } from './allowance.js';
import { createAsking } from './ask.js';
import { openCsv, type CsvInput } from './csv-input.js';
import { writeCsv } from './csv-output.js';
import { finishRows } from './finish.js';
import { isThere, type PriceOptions } from './options.js';
import type { Progress } from './progress.js';
import { buyRows } from './purchase.js';
import type { PlannedRow, PricedRow } from './rows.js';
import { createScratchFile } from './scratch-file.js';
import { openServer, type PricingServer } from './server.js';
import { surveyRows } from './survey.js';
import { tableOf, type Tally } from './table.js';
import { columnsTold, counted, number, requireColumns, surveyTold } from './words.js';

/** How the command ends. */
export const EXIT = { priced: 0, faulty: 2, declined: 3 } as const;

/** How people are told what is done. */
export interface Telling {
  readonly say: (line: string) => void;
  readonly progress: Progress;
}

/**
 * Prices a list: looks at all of it, says what it would buy, asks, buys and writes the output. Resolves to the exit code. Throws
 * an Error in words; what was bought by then is stored.
 */
export async function priceList(
  options: PriceOptions,
  { say, progress }: Telling,
  signal: AbortSignal,
): Promise<number> {
  if ((await isThere(options)) && !options.force && !(await mayOverwrite(options, signal))) return EXIT.declined;
  let read = 0;
  const input = await openCsv(options.input, signal, (part) => (read = part));
  const columns = recognizeColumns(input.header);
  requireColumns(input.header, columns);
  const server = await openServer({ url: options.url, signal, onWait: (reason, ms) => progress.waits(reason, ms) });
  const planned = createScratchFile<PlannedRow>(`${options.output}.plan`);
  const bought = createScratchFile<PricedRow>(`${options.output}.bought`);
  try {
    if (server.simulated) say('SIMULATED DATA: the server has no Jobalyzer credentials, so every figure is invented.');
    say(columnsTold(input.header, columns));
    const { endpoint } = server;
    const looked = surveyRows(input.rows, {
      endpoint,
      columns,
      types: options.types,
      buyUnknown: options.buyUnknown,
      signal,
    });
    progress.begin('Looking', null);
    await planned.write(
      each(looked.planned, () => progress.at(read)),
      signal,
    );
    progress.end();
    for (const line of surveyTold(looked.survey, server.viewer, options.most)) say(line);
    const { rows, toBuy } = looked.survey;
    const allowance = allowanceFor(looked.survey, server.viewer, options);
    const expected = Math.min(toBuy, allowance.most);
    if (expected > 0 && !options.yes) {
      if (!isAttended())
        throw new NotConfirmed(`Nothing was bought: run it with --yes to buy ${counted(expected, 'report')}.`);
      if (!(await confirm(`Buy ${counted(expected, 'report')}?`, signal))) {
        say('Nothing was bought, and nothing written.');
        return EXIT.declined;
      }
    }
    return await buyAndWrite({
      options,
      input,
      server,
      progress,
      planned,
      bought,
      rows,
      expected,
      allowance,
      say,
      signal,
    });
  } finally {
    await Promise.all([planned.remove(), bought.remove()]);
    await server.close();
  }
}

/** Nobody was there to be asked. */
export class NotConfirmed extends Error {}

interface Work extends Telling {
  readonly options: PriceOptions;
  readonly input: CsvInput;
  readonly server: PricingServer;
  readonly planned: ReturnType<typeof createScratchFile<PlannedRow>>;
  readonly bought: ReturnType<typeof createScratchFile<PricedRow>>;
  readonly rows: number;
  /** How many reports are likely to be bought. */
  readonly expected: number;
  readonly allowance: Allowance;
  readonly signal: AbortSignal;
}

async function buyAndWrite(work: Work): Promise<number> {
  const { options, input, server, progress, planned, bought, rows, expected, allowance, say, signal } = work;
  const { types, buyUnknown, output } = options;
  const asking = createAsking(server.endpoint, signal);
  const counting = (label: string): ((more: number) => void) => {
    let done = 0;
    progress.begin(label, rows);
    return (more) => progress.at((done += more));
  };

  const purchases = { bought: 0 };
  const onBought = counting(expected > 0 ? 'Buying' : 'Reading');
  await bought.write(
    buyRows(planned.read(signal), { asking, types, allowance, buyUnknown, tally: purchases, signal, onRows: onBought }),
    signal,
  );
  progress.end();

  const tally: Tally = { priced: 0, faulty: 0 };
  const onRows = counting('Writing');
  const finished = finishRows(bought.read(signal), { asking, types, signal, onRows });
  await writeCsv(
    output,
    tableOf(input.header, finished, types, { delimiter: input.delimiter, tally }),
    input.delimiter,
    signal,
  );
  progress.end();
  say(`${output}: ${counted(tally.priced, 'row')} with figures, ${number(tally.faulty)} with an error.`);
  say(`Bought: ${counted(purchases.bought, 'report')}.`);
  return tally.faulty > 0 ? EXIT.faulty : EXIT.priced;
}

async function mayOverwrite({ output }: PriceOptions, signal: AbortSignal): Promise<boolean> {
  if (!isAttended()) throw new Error(`${output} is there already: --force overwrites it.`);
  return confirm(`${output} is there already. Overwrite it?`, signal);
}

async function* each<T>(items: AsyncIterable<T>, onItem: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem();
    yield item;
  }
}
