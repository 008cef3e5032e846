import { Kind, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Refusal } from '../refusal.js';
import { INTROSPECTION_LIMITS, LIMITS, LIST_ELEMENTS, tooLarge, tooManyLevels } from './limits.js';
import { measureOperations, type Measures } from './measure.js';

/** Why a document must not even be validated, whatever its variables; null if it may. */
export function problemOfDocument(schema: GraphQLSchema, document: DocumentNode): Refusal | null {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const many = check('operations in one document', operations.length, LIMITS.operations);
  if (many) return many;
  for (const measures of measureOperations(schema, document)) {
    const problem = problemOf(measures);
    if (problem) return problem;
  }
  return null;
}

function problemOf({ levels, depth, fields, aliases, directives, values, introspection }: Measures): Refusal | null {
  if (levels > LIMITS.levels) return tooManyLevels();
  return (
    check('levels of fields in each other', depth, LIMITS.depth) ??
    check('fields at its root', fields, LIMITS.rootFields) ??
    check('aliases', aliases, LIMITS.aliases) ??
    check('directives', directives, LIMITS.directives) ??
    check(`values, where each list counts as ${LIST_ELEMENTS} elements`, values, LIMITS.values) ??
    check('levels of introspection', introspection.depth, INTROSPECTION_LIMITS.depth) ??
    check('aliases in introspection', introspection.aliases, INTROSPECTION_LIMITS.aliases) ??
    check('values of introspection', introspection.values, INTROSPECTION_LIMITS.values)
  );
}

function check(what: string, value: number, limit: number): Refusal | null {
  return value > limit ? tooLarge(`The operation is too large: more than ${limit} ${what}.`, limit, value) : null;
}
