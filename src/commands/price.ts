import { printable } from '../lib/printable.js';
import { onStopSignals } from '../lib/stop-signals.js';
import { runCommand } from './command.js';
import { readOptions } from './price/options.js';
import { createProgress } from './price/progress.js';
import { EXIT, NotConfirmed, priceList } from './price/price-list.js';
import { KEPT } from './price/words.js';

const HELP = `Prices a list of jobs: one a row, with columns such as Job title, Country, State, City, Years of experience, Degree and Skills.
First it looks at all of the list and says what it would buy; it asks before it buys. The output has all of the list, and the
figures of each row or why it has none. Interrupted and run again, it goes on: nothing is bought twice.

  --output       The file to write, for spreadsheets. It appears once it is whole.
  --types        pay (the default), yoe (pay by years of experience), or pay,yoe.
  --max-reports  Buy at most so many reports, in the order of the list.
  --buy-unknown  Also buy reports with an answer that Jobalyzer does not know, and ignores or refuses.
  --yes          Buy without asking.
  --force        Overwrite the output without asking.
  --url          A running server, such as http://127.0.0.1:4000. Without it, a server of its own with the settings of this
                 directory, whose ledger no running server may have.

A server that wants a key gets that in JOBALYZER_API_KEY, or it is asked for. Exits with 0 if every row has its figures, 2 if
some have an error instead, 3 if nothing was confirmed, and 1 if anything else is wrong. docs/pricing-a-list.md has the details.
`;

/** What a shell reports for a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

await runCommand(
  {
    name: 'price',
    usage:
      '<list.csv> --output <priced.csv> [--types pay,yoe] [--max-reports <number>] [--buy-unknown] [--yes] [--force] [--url <server>]',
    help: HELP,
    operands: { least: 1, most: 1 },
    options: {
      output: { type: 'string', short: 'o' },
      types: { type: 'string' },
      'max-reports': { type: 'string' },
      'buy-unknown': { type: 'boolean' },
      url: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      force: { type: 'boolean' },
    },
  },
  async ([input = ''], given) => {
    const options = readOptions(input, given);
    const stopping = new AbortController();
    onStopSignals(
      () => stopping.abort(new Error('Interrupted.')),
      () => process.exit(INTERRUPTED),
    );
    try {
      const telling = {
        say: (line: string) => void process.stdout.write(`${printable(line)}\n`),
        progress: createProgress(process.stderr),
      };
      const code = await priceList(options, telling, stopping.signal);
      return code === EXIT.priced || code;
    } catch (error) {
      if (error instanceof NotConfirmed) {
        process.stderr.write(`price: ${error.message}\n`);
        return EXIT.declined;
      }
      if (!stopping.signal.aborted) throw error;
      process.stderr.write(`\nprice: interrupted. ${KEPT}\n`);
      return INTERRUPTED;
    }
  },
);
