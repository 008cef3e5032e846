import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../src/settings/env-file.js';

const read = (text: string) => parseEnvFile(Buffer.from(text));

describe('a .env file', () => {
  it.each([
    ['a byte-order mark', '\uFEFFA=1\nB=2'],
    ['line ends of Windows', 'A=1\r\nB=2\r\n'],
    ['line ends of old Macs', 'A=1\rB=2\r'],
    ['export', 'export A=1\nexport\tB=2'],
    ['spaces', '  A = 1 \n\tB\t=\t2\t'],
    ['quotes', `A="1"\nB='2'`],
    ['spaces around quotes', 'A = "1" \nB= `2`'],
    ['comments', '# A=0\nA=1 # the first\n\n  # B=0\nB="2" # the second'],
  ])('may have %s', (_, text) => {
    expect(read(text).values).toEqual({ A: '1', B: '2' });
    expect(read(text).faults.filter(({ kind }) => kind !== 'comment')).toEqual([]);
  });

  it.each(['utf16le', 'utf16be'])('may be written in %s, as Windows does', (encoding) => {
    const bytes = Buffer.from('\uFEFFA=ä\r\nB=2', 'utf16le');
    if (encoding === 'utf16be') bytes.swap16();
    expect(parseEnvFile(bytes).values).toEqual({ A: 'ä', B: '2' });
  });

  it('that is no text is an error', () => {
    expect(() => parseEnvFile(Buffer.from([0x41, 0x3d, 0xe9]))).toThrow(TypeError);
  });

  it('may have values over several lines, whose line breaks double quotes also write as \\n', () => {
    expect(read('A="1\n2"\nB="3\\n4"\nC=\'5\\n6\'').values).toEqual({ A: '1\n2', B: '3\n4', C: '5\\n6' });
    expect(read('A="1\n2"\nB=x#y').faults).toEqual([{ name: 'B', line: 3, kind: 'cut-off' }]);
  });

  it.each([
    ['A=pass#word', 'pass', 'cut-off'],
    ['A=#password', '', 'cut-off'],
    ['A=pass #word', 'pass', 'comment'],
    ['A= # a password', '', 'comment'],
    ['A=pa"ss#wo"rd', 'pa"ss', 'cut-off'],
    ['A="pass', '"pass', 'unclosed-quote'],
    ['A="pass"word"', 'pass', 'after-quote'],
    ["A='pass' 'word'", 'pass', 'after-quote'],
    ['A="pass"#word', 'pass', null],
    ['A="pass#word"', 'pass#word', null],
    ['A=pass=word', 'pass=word', null],
  ])('has a value that is perhaps not what was meant: %s', (text, value, kind) => {
    const { values, faults } = read(text);
    expect(values).toEqual({ A: value });
    expect(faults).toEqual(kind === null ? [] : [{ name: 'A', line: 1, kind }]);
  });

  it.each([
    ['JOBALYZER_CLIENT_ID: acme', 'JOBALYZER_CLIENT_ID'],
    ['JOBALYZER_CLIENT_ID acme', 'JOBALYZER_CLIENT_ID'],
    ['export A', 'A'],
    ['=1', null],
  ])('has a line that is no assignment: %s', (text, name) => {
    expect(read(`X=1\n${text}\nY=2`)).toEqual({
      values: { X: '1', Y: '2' },
      faults: [{ name, line: 2, kind: 'unreadable' }],
    });
  });

  it('that says a thing twice means the last, which is noticed if it is another one', () => {
    expect(read('A=1\nA=2')).toEqual({ values: { A: '2' }, faults: [{ name: 'A', line: 2, kind: 'repeated' }] });
    expect(read('A=1\nA=1').faults).toEqual([]);
  });

  it('may have any name', () => {
    expect(Object.entries(read('__proto__=1\nconstructor=2').values)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('without faults says what Node reads in it', () => {
    const name = fc.stringMatching(/^[A-Z_]{1,8}$/);
    const value = fc.oneof(
      fc.stringMatching(/^[\w=:/.,$-]{0,12}$/),
      fc.stringMatching(/^"[\w =#'`.\n]{0,12}"$/),
      fc.stringMatching(/^'[\w =#"`.\n]{0,12}'$/),
    );
    const line = fc.oneof(
      fc.tuple(name, value).map(([left, right]) => `${left}=${right}`),
      fc.constantFrom('', '# a comment', '  '),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const text = lines.join('\n');
        expect(read(text).values).toEqual({ ...parseEnv(text) });
      }),
    );
  });
});
