import { isFunction, parse, walk } from './syntax.ts';

/** A part of a file that is either executed from its beginning or not at all. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** A block in braces, unlike the expression that is the body of an arrow function. */
  readonly isStatement: boolean;
}

/** The blocks of a file. The first is the file itself. */
export function blocksOf(file: string, source: string): Block[] {
  const program = parse(file, source);
  const blocks: Block[] = [{ start: 0, end: source.length, isStatement: false }];
  walk(program, (node, [parent]) => {
    const { start, end } = node;
    const isStatement = node.type === 'BlockStatement';
    if (isStatement || (parent && isFunction(parent) && parent['body'] === node))
      blocks.push({ start, end, isStatement });
  });
  return blocks;
}

/** The index of the smallest block around a mutant that is not the mutant itself. */
export function blockAround(blocks: readonly Block[], { start, end }: Pick<Block, 'start' | 'end'>): number {
  let found = 0;
  blocks.forEach((block, index) => {
    const known = blocks[found];
    const around = block.start <= start && end <= block.end;
    if (around && known && block.end - block.start <= known.end - known.start) found = index;
  });
  return found;
}

/** The source with a call of `globalThis.__executed(file, block)` at the beginning of each block. */
export function instrumented(file: string, source: string): string {
  const insertions = blocksOf(file, source).flatMap(({ start, end, isStatement }, index) => {
    const call = `globalThis.__executed?.(${JSON.stringify(file)}, ${index})`;
    if (index === 0) return [{ at: source.length, text: `\n${call};` }];
    if (isStatement) return [{ at: start + 1, text: `${call};` }];
    return [
      { at: start, text: `(${call}, ` },
      { at: end, text: ')' },
    ];
  });
  // From the end, so that offsets stay valid; of two insertions at one place the outer one comes first.
  return insertions
    .map((insertion, order) => ({ ...insertion, order }))
    .sort((a, b) => b.at - a.at || b.order - a.order)
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), source);
}
