import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPipe } from '../../../src/commands/price/pipe.js';
import { openCsv } from '../../../src/commands/price/csv-input.js';
import { readOptions } from '../../../src/commands/price/options.js';
import { allOf } from '../../fixtures/all-of.js';
import { testDirectory } from '../../fixtures/test-directory.js';

const SIGNAL = new AbortController().signal;

async function read(
  content: string | Buffer,
): Promise<{ header: readonly string[]; delimiter: string; rows: unknown[] }> {
  const path = join(await testDirectory(), 'list.csv');
  await writeFile(path, content);
  const { header, delimiter, rows } = await openCsv(path, SIGNAL, () => undefined);
  return { header, delimiter, rows: (await allOf(rows)).map(({ cells }) => cells) };
}

async function namedPipe(): Promise<string> {
  const path = join(await testDirectory(), 'pipe');
  await promisify(execFile)('mkfifo', [path]);
  return path;
}

describe('a list', () => {
  it.each([
    ['commas', 'a,b\n1,2\n', ','],
    ['semicolons', 'a;b\n1;2\n', ';'],
    ['tabs', 'a\tb\n1\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['the line by which Excel is told', 'sep=;\r\na;b\r\n1;2\r\n', ';'],
    ['that line as other programs write it', '\ufeff"SEP=|"\ra|b\r1|2\r', '|'],
    ['many blank lines first', `${'\r\n'.repeat(40_000)}a,b\r\n1,2`, ','],
    ['the line by which Excel is told, whatever the header has', 'sep=,\na,b\n1,2\n', ','],
    ['a byte-order mark', '\ufeffa,b\r\n1,2', ','],
    ['lone carriage returns', 'a,b\r1,2\r', ','],
    ['blank lines', '\n\na,b\n\n , \n1,2\n\n', ','],
  ])('is read with %s', async (_, content, delimiter) => {
    expect(await read(content)).toEqual({ header: ['a', 'b'], delimiter, rows: [['1', '2']] });
  });

  it.each(['utf16le', 'utf-16be'] as const)('is read in %s with a byte-order mark', async (encoding) => {
    const content = Buffer.from('\ufeffTitre,Ville\r\nInfirmière,Orléans\r\n', 'utf16le');
    const { header, rows } = await read(encoding === 'utf16le' ? content : content.swap16());
    expect([header, rows]).toEqual([['Titre', 'Ville'], [['Infirmière', 'Orléans']]]);
  });

  it('has separators, line breaks and quotes in quotes, and quotes that are none', async () => {
    const content = '"a,;1",b\r\n"x\r\ny, ""z""",5" pipe\r\n';
    expect(await read(content)).toEqual({
      header: ['a,;1', 'b'],
      delimiter: ',',
      rows: [['x\r\ny, "z"', '5" pipe']],
    });
  });

  it('is separated as it is said, or else by what separates the header outside of quotes', async () => {
    expect(await read('sep=;\na,b,c;d\n1;2\n')).toEqual({
      ...{ header: ['a,b,c', 'd'], delimiter: ';', rows: [['1', '2']] },
    });
    expect(await read('"a;b;c",d\n1,2\n')).toEqual({ header: ['a;b;c', 'd'], delimiter: ',', rows: [['1', '2']] });
  });

  it('is not read any further once that is interrupted', async () => {
    const path = join(await testDirectory(), 'list.csv');
    await writeFile(path, 'a,b\n');
    await expect(openCsv(path, AbortSignal.abort(new Error('Interrupted.')), () => undefined)).rejects.toThrow(
      'Interrupted.',
    );
  });

  it('may have rows that are shorter or longer than the first', async () => {
    expect((await read('a,b\n1\n1,2,3\n')).rows).toEqual([['1'], ['1', '2', '3']]);
  });

  it.each([
    ['', /list\.csv is empty\.$/],
    [' \r\n', /list\.csv is empty\.$/],
    [Buffer.from('Titel;Ort\r\nMüller;Köln\r\n', 'latin1'), /is not text in UTF-8\. In Excel, save it as “CSV UTF-8”/],
    [Buffer.from('a,b\n1,é').subarray(0, -1), /is not text in UTF-8/],
    [Buffer.from('PK\u0003\u0004 and so on'), /is no CSV but a workbook/],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), /is no CSV but a workbook/],
    [Buffer.from('a,b\r\n1,2', 'utf16le'), /is not text in UTF-8/],
    [`a,b\n${'1,2\n'.repeat(30_000)}3,\0\n`, /is not text in UTF-8/],
    [Buffer.from('\ufeffa,b\n1,2', 'utf16le').subarray(0, -1), /is damaged: it begins as text in UTF-16/],
    [`a,b\n"1,2\n${'3,4\n'.repeat(10)}`, /a quote that is opened before line \d+ is not closed/],
    [
      `a,b\n"${'x'.repeat(1_100_000)}`,
      /line 2, or goes on there, has more than 1,000,000 characters\. Perhaps a quote/,
    ],
    [`a,b\n"${'x'.repeat(1_100_000)}",2\n3,4\n`, /has more than 1,000,000 characters/],
  ])('is refused in words: %#', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('may come through a pipe, in pieces of any size', async () => {
    const path = await namedPipe();
    const reading = openCsv(path, SIGNAL, () => undefined);
    const writer = createWriteStream(path);
    for (const byte of Buffer.from('\ufeffa,b\r\né,2', 'utf16le')) {
      await new Promise((written) => writer.write(Buffer.of(byte), written));
      await setImmediate();
    }
    writer.end();
    const { header, rows } = await reading;
    expect(header).toEqual(['a', 'b']);
    expect((await allOf(rows)).map(({ cells }) => cells)).toEqual([['é', '2']]);
  });

  it('is waited for no longer than somebody wants it, whether or not a pipe has a writer', async () => {
    const unwritten = new AbortController();
    const pipe = openPipe(await namedPipe(), unwritten.signal);
    unwritten.abort(new Error('Enough.'));
    await expect(pipe).rejects.toThrow('Enough.');

    const path = await namedPipe();
    const unfinished = new AbortController();
    const opened = openCsv(path, unfinished.signal, () => undefined);
    const writer = createWriteStream(path);
    onTestFinished(() => void writer.destroy());
    await new Promise((written) => writer.write('a,b\n1,2\n3', written));
    const rows = allOf((await opened).rows);
    unfinished.abort(new Error('Enough.'));
    await expect(rows).rejects.toThrow('Enough.');
  });

  it('is a file', async () => {
    const directory = await testDirectory();
    await expect(openCsv(directory, SIGNAL, () => undefined)).rejects.toThrow('is a directory.');
    await expect(openCsv(join(directory, 'x'), SIGNAL, () => undefined)).rejects.toThrow('There is no file ');
  });
});

describe('the options', () => {
  it('have defaults', () => {
    expect(readOptions('a', { output: 'b' })).toEqual({
      input: 'a',
      output: 'b',
      types: ['PAY'],
      most: null,
      buyUnknown: false,
      url: null,
      yes: false,
      force: false,
    });
    expect(readOptions('a', { output: 'b', types: 'YOE, pay', 'max-reports': '0' })).toMatchObject({
      types: ['PAY', 'YOE'],
      most: 0,
    });
  });

  it.each([
    [{}, '--output must name the file'],
    [{ output: 'b', types: 'pay,pai' }, '--types must be pay, yoe or both'],
    [{ output: 'b', types: '' }, '--types must be pay, yoe or both'],
    [{ output: 'b', 'max-reports': '-1' }, '--max-reports must be a whole number; it is -1.'],
    [{ output: 'b', 'max-reports': '12x' }, '--max-reports must be a whole number; it is 12x.'],
    [{ output: 'b', 'max-reports': '1234567890' }, '--max-reports must be a whole number'],
    [{ output: 'b', 'max-reports': 'all' }, '--max-reports must be a whole number; it is all.'],
  ])('are refused in words: %j', (given, message) => {
    expect(() => readOptions('a', given)).toThrow(message);
  });
});
