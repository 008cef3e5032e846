import { Kind, OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { ArgumentLimits } from '../../resolvers/check-arguments.js';
import { countReports, weightOf } from '../limits/count.js';
import type { Variables } from '../operation.js';
import { fragmentsOf, type Arguments } from '../selections.js';
import type { ReportsInMemory } from './reports-in-memory.js';
import { SelectionCompiler, type ArgumentReader } from './selection.js';
import { variableReader } from './variables.js';
import type { WrittenReports } from './written-reports.js';

/** How one query is answered from memory. */
export interface Plan {
  /** No other one has it, as long as the process runs. */
  readonly number: number;
  /** The operation, without what it selects: its name and kind. */
  readonly definition: OperationDefinitionNode;
  /** How many fields it has, in all fragments. */
  readonly fields: number;
  /** Writes the result. Throws if it cannot be made of what is in memory, or would have an error. */
  run(variables: Variables | null): Written;
}

interface Written {
  readonly json: string;
  /** How many reports the operation asks for. */
  readonly reports: number;
}

export interface PlanOptions {
  readonly schema: GraphQLSchema;
  readonly limits: ArgumentLimits;
  readonly memory: ReportsInMemory;
  readonly written: WrittenReports;
}

const NO_VARIABLES: Variables = {};

let plans = 0;

/** Null: the operation is not one whose answer may be stored. The document is valid. */
export function planOf(
  { schema, limits, memory, written }: PlanOptions,
  document: DocumentNode,
  definition: OperationDefinitionNode,
): Plan | null {
  const { operation, directives = [], variableDefinitions = [], selectionSet } = definition;
  const type = schema.getQueryType();
  if (operation !== OperationTypeNode.QUERY || directives.length > 0 || !type) return null;
  if (variableDefinitions.some((variable) => variable.directives?.length)) return null;
  const compiler = new SelectionCompiler({ schema, fragments: fragmentsOf(document), limits, memory, written });
  try {
    const readVariables = variableReader(schema, variableDefinitions);
    const write = compiler.object(type, [selectionSet], true);
    const readers = compiler.arguments;
    const count = reportCounter(schema, document, definition, readers);
    return {
      number: (plans += 1),
      definition: outlineOf(definition),
      fields: compiler.fields,
      run(variables) {
        const values = readVariables(variables ?? NO_VARIABLES);
        const given = readers.map(({ read }) => read(values));
        const reports = count(given, variables);
        return { json: `{"data":${write(undefined, { given })}}`, reports };
      },
    };
  } catch {
    // Whatever is the matter, executing it says it.
    return null;
  }
}

/** So many different sizes of one operation are remembered. */
const MOST_SIZES = 100;

/**
 * Counts the reports that the operation asks for, as it is counted for every operation; once for arguments that make no
 * difference to it. Throws if it is too large.
 */
function reportCounter(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  readers: readonly ArgumentReader[],
): (given: readonly Arguments[], variables: Variables | null) => number {
  const counts = new Map<string, number>();
  return (given, variables) => {
    let size = '';
    readers.forEach(({ field, parent }, index) => {
      const { reports, elements } = weightOf(field, given[index] ?? {}, parent);
      size += `${reports} of ${elements}, `;
    });
    const known = counts.get(size);
    if (known !== undefined) return known;
    const count = countReports(schema, { document, definition, variables });
    if (counts.size >= MOST_SIZES) counts.clear();
    counts.set(size, count);
    return count;
  };
}

function outlineOf({ operation, name }: OperationDefinitionNode): OperationDefinitionNode {
  return {
    kind: Kind.OPERATION_DEFINITION,
    operation,
    ...(name && { name: { kind: Kind.NAME, value: name.value } }),
    selectionSet: { kind: Kind.SELECTION_SET, selections: [] },
  };
}
