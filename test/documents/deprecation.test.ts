import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parse, visit, valueFromASTUntyped } from 'graphql';
import { describe, expect, it } from 'vitest';
import { blocks } from './programs.js';

const SCHEMA = readFileSync('schema.graphql', 'utf8');

describe('what is deprecated says what to use instead, since when, and until when', () => {
  it('in the schema', () => {
    expect(incomplete(SCHEMA)).toEqual([]);
  });

  it('in the example of the policy', () => {
    const [example = ''] = blocks('docs/deprecation.md', 'graphql');
    expect(incomplete(`type PayReport { ${example} }`)).toEqual([]);
  });

  it.each([
    'type A { a: Int @deprecated }',
    'type A { a(b: Int @deprecated(reason: "Use `c`.")): Int }',
    'enum A { B @deprecated(reason: "Since 1.2.0, until 2.0.0.") }',
    'input A { b: Int @deprecated(reason: "Use `c`. Since 1.2, until 2.") }',
  ])('and not so here: %s', (schema) => {
    expect(incomplete(schema)).toHaveLength(1);
  });
});

describe.concurrent('npm run schema:changes', () => {
  it('finds nothing in a schema that is the same', async () => {
    expect(await changesSince(SCHEMA)).toEqual({ code: 0, output: '' });
  });

  it('fails for what was removed, became nullable, or has another default', async () => {
    const earlier = SCHEMA.replace(/^type Report .*\{$/m, '$&\n  gone: Int')
      .replace(/^ {2}state: String$/m, '  state: String!')
      .replace('resubmitUncertain: Boolean! = false', 'resubmitUncertain: Boolean! = true');
    expect(await changesSince(earlier)).toEqual({
      code: 1,
      output: [
        'breaks clients: Report.gone was removed.',
        'breaks clients: Answers.state changed type from String! to String.',
        'breaks clients: Mutation.requestReport arg resubmitUncertain has changed defaultValue from true to false.',
        '',
      ].join('\n'),
    });
  });

  it('names what clients should know of, without failing', async () => {
    const earlier = SCHEMA.replace(/"""(?:(?!""").)*"""\s+MEDICINE\n/s, '');
    expect(await changesSince(earlier)).toEqual({
      code: 0,
      output: 'to be announced: MEDICINE was added to enum type Degree.\n',
    });
  });
});

/** The reasons of deprecations that do not say all of it. */
function incomplete(schema: string): unknown[] {
  const reasons: unknown[] = [];
  visit(parse(schema), {
    Directive({ name, arguments: given = [] }) {
      if (name.value === 'deprecated') reasons.push(given[0] ? valueFromASTUntyped(given[0].value) : null);
    },
  });
  return reasons.filter((reason) => !/^Use .+\. Since \d+\.\d+\.\d+, until \d+\.0\.0\.$/.test(String(reason)));
}

async function changesSince(earlier: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['scripts/schema-changes.ts'], { timeout: 240_000 });
  const output = text(child.stdout);
  child.stdin.end(earlier);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: await output };
}
