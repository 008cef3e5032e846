import type { Mutant } from './mutants.ts';

/** A mutant that does what the original does, as far as anybody can tell. Found by its line, so that code may move. */
interface Equivalence extends Pick<Mutant, 'file' | 'replacement'> {
  /** The line of the source, without its indentation. */
  readonly context: string;
  readonly reason: string;
}

const EQUIVALENCES: readonly Equivalence[] = [];

export function equivalenceOf(mutant: Omit<Equivalence, 'reason'>): string | null {
  const found = EQUIVALENCES.find(
    ({ file, context, replacement }) =>
      file === mutant.file && context === mutant.context && replacement === mutant.replacement,
  );
  return found?.reason ?? null;
}
