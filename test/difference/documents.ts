import fc, { type Arbitrary } from 'fast-check';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { inputsFor, type InputOptions } from './inputs.ts';
import type { Json } from './json.ts';
import { printDocument } from './print.ts';
import { selectionsFor } from './selections.ts';

/** What a client sends of an operation. `undefined`: nothing. */
export interface Sent {
  readonly query: string;
  readonly variables: { readonly [name: string]: Json } | null | undefined;
  readonly operationName: string | null | undefined;
}

const OTHERS = [
  'query Other { __typename }',
  'query Another($unused: Int = 1) { report(answers: { jobTitle: "a", country: "b", averageSizeCompetitor: $unused }) { id } }',
  '{ __typename }',
];

/** Changes that make most documents invalid. */
const FLAWS: Readonly<Record<string, (text: string) => string>> = {
  'an end that is missing': (text) => text.slice(0, text.lastIndexOf('}')),
  'an unused fragment': (text) => `${text} fragment Unused on Report { id }`,
  'a fragment that spreads itself': (text) => `${text} fragment Round on Report { ...Round }`,
  'an unknown directive': (text) => text.replace('{', '@nothing {'),
  'a variable that nobody declares': (text) => text.replace('{', '{ report(answers: $nobody) { id } '),
  'a character of no language': (text) => text.replace('{', '{ ; '),
  'no text': () => '',
  'blanks only': () => ' \n ',
  'an unknown operation': (text) => text.replace(/^query/, 'change'),
};

/** How a text is written does not matter, except to what remembers texts. */
const LAYOUTS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'on lines': (text) => text.replaceAll(' { ', ' {\n  '),
  'with commas': (text) => text.replaceAll(' } ', ' ,, } '),
  'with comments': (text) => `# a comment\n${text}#}`,
  'with a byte-order mark': (text) => `\ufeff${text}`,
};

/** Documents of queries with their variables, for any of the operations in them. */
export function documentsFor(schema: GraphQLSchema, options: InputOptions): Arbitrary<Sent> {
  const { sloppy } = options;
  const { selectionOf } = selectionsFor(schema, inputsFor(options), sloppy);
  const query = schema.getQueryType() as GraphQLObjectType;
  return fc
    .record({
      selection: selectionOf(query),
      name: fc.option(fc.constantFrom('Dashboard', 'Report', 'A'), { freq: 3 }),
      named: fc.constantFrom('as it is', 'as it is', 'null', 'empty', ...(sloppy ? ['another'] : [])),
      others: fc.oneof(
        { weight: 8, arbitrary: fc.constant([]) },
        fc.subarray(sloppy ? OTHERS : OTHERS.slice(0, 2), { minLength: 1 }),
      ),
      layout: fc.constantFrom(...Object.keys(LAYOUTS)),
      flaw: sloppy ? fc.option(fc.constantFrom(...Object.keys(FLAWS)), { freq: 2, nil: null }) : fc.constant(null),
      conditional: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
      distinct: sloppy ? fc.boolean() : fc.constant(true),
      spare: fc.constantFrom<object>({}, {}, { spare: 1 }),
    })
    .map(({ selection, name: drawn, named, others, layout, flaw, spare, ...how }): Sent => {
      const name = drawn ?? (others.length > 0 && !sloppy ? 'Main' : null);
      const { text, variables } = printDocument(selection, { name, ...how });
      const whole = [...others.slice(1), text, ...others.slice(0, 1)].join(' ');
      const flawed = FLAWS[flaw ?? '']?.(whole) ?? whole;
      const given = { ...variables, ...spare };
      return {
        query: LAYOUTS[layout]?.(flawed) ?? flawed,
        variables: Object.keys(given).length > 0 ? given : named === 'null' ? null : undefined,
        operationName: operationName(drawn ?? 'Main', others.length > 0, named),
      };
    });
}

function operationName(own: string, needed: boolean, how: string): string | null | undefined {
  if (how === 'another') return 'Other';
  if (needed) return own;
  if (how === 'as it is') return undefined;
  return how === 'null' ? null : '';
}
