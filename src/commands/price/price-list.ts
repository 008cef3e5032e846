import { recognizeColumns } from '../../model/job-list/columns.js';
import type { GraphQLEndpoint } from '../graphql-endpoint.js';
import { confirm, isAttended } from '../terminal.js';
import { allowanceFor, type Allowance } from './allowance.js';
import { createAsking } from './ask.js';
import { openCsv, type CsvInput } from './csv-input.js';
import { writeCsv } from './csv-output.js';
import { finishRows } from './finish.js';
import { writingIn } from './file-trouble.js';
import type { PriceOptions } from './options.js';
import { findOutputPlace, type OutputPlace } from './output-place.js';
import type { Progress } from './progress.js';
import { buyRows } from './purchase.js';
import type { PlannedRow, PricedRow } from './rows.js';
import { openScratchFile, type ScratchFile } from './scratch-file.js';
import { openServer } from './server.js';
import { surveyRows } from './survey.js';
import { tableOf, type Tally } from './table.js';
import { columnsTold, counted, KEPT, number, requireColumns, surveyTold } from './words.js';

/** How the command ends. */
export const EXIT = { priced: 0, faulty: 2, declined: 3 } as const;

const NOTHING_DONE = 'Nothing was bought, and nothing written.';

/** How people are told what is done. */
export interface Telling {
  readonly say: (line: string) => void;
  readonly progress: Progress;
}

/**
 * Prices a list: looks at all of it, says what it would buy, asks, buys and writes the output. Resolves to the exit code. Throws
 * an Error in words; what was bought by then is stored.
 */
export async function priceList(options: PriceOptions, telling: Telling, signal: AbortSignal): Promise<number> {
  const place = await findOutputPlace(options);
  if (place.isTaken && !options.force && !(await mayOverwrite(options, signal))) {
    telling.say(NOTHING_DONE);
    return EXIT.declined;
  }
  const ending = new AbortController();
  const purchases = { bought: 0 };
  const closers: (() => Promise<void>)[] = [];
  const work: Work = {
    ...telling,
    options,
    place,
    purchases,
    opened(resource) {
      closers.unshift(() => resource.close());
      return resource;
    },
    signal: AbortSignal.any([signal, ending.signal]),
  };
  try {
    return await writingIn(place.directory, () => lookAndBuy(work));
  } catch (error) {
    if (signal.aborted || purchases.bought === 0) throw error;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${KEPT}`, { cause: error });
  } finally {
    // What is still under way has nobody to tell, and must not go on buying.
    ending.abort(new Error('The command has ended.'));
    for (const close of closers) await close();
  }
}

/** Nobody was there to be asked. */
export class NotConfirmed extends Error {}

interface Work extends Telling {
  readonly options: PriceOptions;
  readonly place: OutputPlace;
  /** How many reports have been bought. */
  readonly purchases: { bought: number };
  /** Sees to it that a resource is closed in the end. */
  readonly opened: <T extends { close(): Promise<void> }>(resource: T) => T;
  readonly signal: AbortSignal;
}

async function lookAndBuy(work: Work): Promise<number> {
  const { options, place, opened, progress, say, signal } = work;
  let read = 0;
  const input = await openCsv(options.input, signal, (part) => (read = part));
  const columns = recognizeColumns(input.header);
  requireColumns(input.header, columns);
  const planned = opened(await openScratchFile<PlannedRow>(place.directory));
  const bought = opened(await openScratchFile<PricedRow>(place.directory));
  const onWait = (reason: string, ms: number): void => progress.waits(reason, ms);
  const server = opened(await openServer({ url: options.url, signal, onWait }));
  const { endpoint, viewer } = server;
  if (server.simulated) say('SIMULATED DATA: the server has no Jobalyzer credentials, so every figure is invented.');
  say(columnsTold(input.header, columns));
  const { types, buyUnknown } = options;
  const looked = surveyRows(input.rows, { endpoint, columns, types, buyUnknown, signal });
  progress.begin('Looking', null);
  await planned.write(
    each(looked.planned, () => progress.at(read)),
    signal,
  );
  progress.at(1);
  progress.end();
  for (const line of surveyTold(looked.survey, viewer, options.most)) say(line);
  const allowance = allowanceFor(looked.survey, viewer, options);
  const expected = Math.min(looked.survey.toBuy, allowance.most);
  if (expected > 0 && !options.yes && !(await mayBuy(expected, signal))) {
    say(NOTHING_DONE);
    return EXIT.declined;
  }
  return buyAndWrite({ ...work, input, endpoint, planned, bought, rows: looked.survey.rows, expected, allowance });
}

interface Purchase extends Work {
  readonly input: CsvInput;
  readonly endpoint: GraphQLEndpoint;
  readonly planned: ScratchFile<PlannedRow>;
  readonly bought: ScratchFile<PricedRow>;
  readonly rows: number;
  /** How many reports are likely to be bought. */
  readonly expected: number;
  readonly allowance: Allowance;
}

async function buyAndWrite(work: Purchase): Promise<number> {
  const { options, place, purchases, input, endpoint, planned, bought, rows, expected, allowance } = work;
  const { progress, say, signal } = work;
  const { types, buyUnknown, output } = options;
  const asking = createAsking(endpoint, signal);
  const counting = (label: string): ((more: number) => void) => {
    let done = 0;
    progress.begin(label, rows);
    return (more) => progress.at((done += more));
  };

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
    place.path,
    tableOf(input.header, finished, types, { delimiter: input.delimiter, tally }),
    input.delimiter,
    signal,
  );
  progress.end();
  say(`${output}: ${counted(tally.priced, 'row')} with figures, ${number(tally.faulty)} with an error.`);
  say(`Bought: ${counted(purchases.bought, 'report')}.`);
  return tally.faulty > 0 ? EXIT.faulty : EXIT.priced;
}

async function mayBuy(reports: number, signal: AbortSignal): Promise<boolean> {
  if (!isAttended())
    throw new NotConfirmed(`Nothing was bought: run it with --yes to buy ${counted(reports, 'report')}.`);
  return confirm(`Buy ${counted(reports, 'report')}?`, signal);
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
