import { hash } from 'node:crypto';
import {
  GraphQLError,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { fieldsMerge } from './fields-merge.js';
import { toGraphQLError } from './format-error.js';
import { problemOfDocument } from './limits/document.js';
import { LIMITS } from './limits/limits.js';
import { mayBeTooLarge, problemOfText } from './limits/text.js';
import { Refusal } from './refusal.js';
import { rootDirectiveErrors } from './subscription-root.js';
import { validationRules } from './validation-rules.js';

/** The documents that clients send, parsed and validated once for all doors. */
export interface Documents {
  /** Throws a `Refusal` if the text must not be parsed, because it is too long or nested too deeply. */
  admit(text: string): void;
  /**
   * The valid document with this text. `parsed`: the same text, already parsed by a door with `PARSE_OPTIONS`. Throws a
   * `Refusal` with what is wrong with it; nothing is kept of a document that is not valid.
   */
  read(text: string, parsed?: DocumentNode): DocumentNode;
  /** A valid document by the SHA-256 of its text in hexadecimal, if it is still kept. */
  find(sha256: string): DocumentNode | undefined;
}

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
}

export const PARSE_OPTIONS = { maxTokens: LIMITS.tokens };

/** Bound of the kept documents, in characters of source. A parsed document takes about fifty times as many bytes. */
const KEPT_SOURCE = 512 * 1024;
const LONGEST_KEPT_SOURCE = 16 * 1024;

export function createDocuments({ schema, introspection }: DocumentsOptions): Documents {
  const specified = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);
  const rules = [...specified, fieldsMerge, ...validationRules({ introspection })];
  const valid = new LRUCache<string, DocumentNode>({
    maxSize: KEPT_SOURCE,
    maxEntrySize: LONGEST_KEPT_SOURCE,
  });
  /** Those that a door may have found by their hash, and need no other look. */
  const known = new WeakSet<DocumentNode>();

  function errorsOf(document: DocumentNode): readonly GraphQLError[] {
    // First, because graphql-js throws while validating such documents.
    const errors = rootDirectiveErrors(document);
    return errors.length > 0 ? errors : validate(schema, document, rules, { hideSuggestions: !introspection });
  }

  return {
    admit(text) {
      if (!mayBeTooLarge(text) || valid.has(hash('sha256', text))) return;
      const problem = problemOfText(text);
      if (problem) throw problem;
    },
    read(text, parsed) {
      if (parsed && known.has(parsed)) return parsed;
      const key = hash('sha256', text);
      const kept = valid.get(key);
      if (kept) return kept;
      const document = parsed ?? attempt(() => parse(text, PARSE_OPTIONS), 'GRAPHQL_PARSE_FAILED');
      const problem = problemOfDocument(schema, document);
      if (problem) throw problem;
      const errors = attempt(() => errorsOf(document), 'GRAPHQL_VALIDATION_FAILED');
      if (errors.length > 0) throw new Refusal(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
      valid.set(key, document, { size: text.length });
      known.add(document);
      return document;
    },
    find: (sha256) => valid.get(sha256),
  };
}

function attempt<T>(work: () => T, code: string): T {
  try {
    return work();
  } catch (error) {
    throw new Refusal([withCode(toGraphQLError(error), code)], error instanceof GraphQLError ? 400 : 500);
  }
}

/** The error with this code, unless it is unexpected: that one is masked, and gets its code then. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  if (error.originalError) return error;
  const { message, nodes, source, positions, extensions } = error;
  return new GraphQLError(message, {
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    extensions: { ...extensions, code },
  });
}
