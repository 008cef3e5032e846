import { Lexer, Source, TokenKind } from 'graphql';

/** Levels of selections, arguments, lists and objects in each other. The deepest query of the playground has eighteen. */
const MOST_LEVELS = 100;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Why a document must not be parsed; null if it may. The parser, the validator and the executor call themselves for each
 * level. What cannot be read at all is left to the parser.
 */
export function nestingProblem(text: string): string | null {
  return mayBeNested(text) && isNestedTooDeeply(text) ? tooDeep() : null;
}

/** The same for a document whose fragments are nested in each other. */
export function tooDeep(): string {
  return `The document is nested too deeply: more than ${MOST_LEVELS} levels.`;
}

export function isTooDeep(levels: number): boolean {
  return levels > MOST_LEVELS;
}

/** Almost no document has that many brackets in all; of such a one no token is read. */
function mayBeNested(text: string): boolean {
  let brackets = 0;
  for (const character of text) if ('{[('.includes(character)) brackets += 1;
  return isTooDeep(brackets);
}

function isNestedTooDeeply(text: string): boolean {
  const lexer = new Lexer(new Source(text));
  try {
    for (let levels = 0, token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (OPENING.has(token.kind)) levels += 1;
      if (CLOSING.has(token.kind)) levels -= 1;
      if (isTooDeep(levels)) return true;
    }
  } catch {
    return false;
  }
  return false;
}
