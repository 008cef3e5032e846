import type { Mutant } from './mutants.ts';

/** A mutant that does what the original does, as far as anybody can tell. Found by its line, so that code may move. */
interface Equivalence extends Pick<Mutant, 'file' | 'replacement'> {
  /** The line of the source, without its indentation. */
  readonly context: string;
  readonly reason: string;
}

const EQUIVALENCES: readonly Equivalence[] = [
  {
    file: 'src/datasources/jobalyzer/response-body.ts',
    context: String.raw`if (!/^\s*\{/.test(text)) return false;`,
    replacement: 'return undefined;',
    reason: 'callers only ask whether it is true',
  },
  {
    file: 'src/graphql/layers/share-events.ts',
    context: 'clearing = true;',
    replacement: ';',
    reason: 'the turn is then cleared several times at its end, which changes nothing',
  },
];

export function equivalenceOf(mutant: Omit<Equivalence, 'reason'>): string | null {
  const found = EQUIVALENCES.find(
    ({ file, context, replacement }) =>
      file === mutant.file && context === mutant.context && replacement === mutant.replacement,
  );
  return found?.reason ?? null;
}
