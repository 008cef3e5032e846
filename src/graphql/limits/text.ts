import { Lexer, Source, TokenKind } from 'graphql';
import type { Refusal } from '../refusal.js';
import { LIMITS, tooLarge, tooManyLevels } from './limits.js';

/**
 * Why a document must not be parsed; null if it may. Reads no further than to the first token too many. What cannot be read
 * at all is left to the parser.
 */
export function problemOfText(text: string): Refusal | null {
  return mayBeTooLarge(text) ? problemOfTokens(text) : null;
}

const [BRACE, BRACKET, PARENTHESIS] = Array.from('{[(', (character) => character.charCodeAt(0));

/** Almost no document has so many characters or brackets; of the others no token is read. */
export function mayBeTooLarge(text: string): boolean {
  if (text.length > LIMITS.tokens) return true;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACE || code === BRACKET || code === PARENTHESIS) brackets += 1;
  }
  return brackets > LIMITS.levels;
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function problemOfTokens(text: string): Refusal | null {
  const lexer = new Lexer(new Source(text));
  try {
    for (let levels = 0, tokens = 0; lexer.advance().kind !== TokenKind.EOF;) {
      const { kind } = lexer.token;
      tokens += 1;
      if (tokens > LIMITS.tokens) return tooManyTokens();
      if (OPENING.has(kind)) levels += 1;
      if (CLOSING.has(kind)) levels -= 1;
      if (levels > LIMITS.levels) return tooManyLevels();
    }
  } catch {
    return null;
  }
  return null;
}

function tooManyTokens(): Refusal {
  const { tokens } = LIMITS;
  return tooLarge(`The document is too long: more than ${tokens} tokens.`, tokens, null, 413);
}
