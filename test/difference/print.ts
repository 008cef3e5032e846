import type { Json } from './json.ts';
import type { Directive, Selected, SelectedField, SelectedFragment, Selection } from './selections.ts';
import { toLiteral, type Variable } from './trees.ts';

interface Printed {
  readonly text: string;
  readonly variables: { readonly [name: string]: Json };
}

export interface Printing {
  /** Null: the query has none. */
  readonly name: string | null;
  /** Whether directives are written. */
  readonly conditional: boolean;
  /** Whether fields with different arguments get different names, as they must. */
  readonly distinct: boolean;
}

/** The document of one query, with the fragments that it spreads. */
export function printDocument(selection: Selection, { name, conditional, distinct }: Printing): Printed {
  /** The names that fields with these arguments have, by their text. */
  const keys = new Map<string, string>();
  const names = new Map<Variable, string>();
  /** By their text: the same fragment is written once, however often it is spread. */
  const fragments = new Map<string, string>();

  const nameOf = (variable: Variable): string => {
    const found = names.get(variable) ?? `v${names.size}`;
    names.set(variable, found);
    return found;
  };
  const printSelection = (selected: Selection): string => `{ ${selected.map((each) => print(each)).join(' ')} }`;

  function print(selected: Selected): string {
    if (selected.kind === 'raw') return selected.text;
    return selected.kind === 'field' ? printField(selected) : printFragment(selected);
  }

  function printField({ alias, name: field, args, directives, selection: own, again }: SelectedField): string {
    const given = args.map(([argument, value]) => `${argument}: ${toLiteral(value, nameOf)}`).join(', ');
    const called = `${field}${given && `(${given})`}`;
    const key = distinct && args.length > 0 ? keyOf(field, called) : alias;
    const head = `${key === null ? '' : `${key}: `}${called}${printDirectives(directives)}`;
    return [own, ...(again ? [again] : [])].map((each) => (each ? `${head} ${printSelection(each)}` : head)).join(' ');
  }

  function keyOf(field: string, called: string): string {
    const found = keys.get(called) ?? `${field}${keys.size}`;
    keys.set(called, found);
    return found;
  }

  function printFragment({ kind, on, directives, selection: own }: SelectedFragment): string {
    const type = on === null ? '' : ` on ${on}`;
    const text = printSelection(own);
    if (kind === 'inline') return `...${type}${printDirectives(directives)} ${text}`;
    const key = `${type.trim()} ${text}`;
    const fragment = fragments.get(key) ?? `F${fragments.size}`;
    fragments.set(key, fragment);
    return `...${fragment}${printDirectives(directives)}`;
  }

  function printDirectives(directives: readonly Directive[]): string {
    if (!conditional) return '';
    return directives.map(({ name: each, condition }) => ` @${each}(if: ${toLiteral(condition, nameOf)})`).join('');
  }

  const body = printSelection(selection);
  const declared = [...names].map(([{ type, standard }, each]) => {
    const value = standard === undefined ? '' : ` = ${toLiteral(standard, nameOf)}`;
    return `$${each}: ${type}${value}`;
  });
  const head =
    declared.length > 0 ? `query ${name ?? ''}(${declared.join(', ')}) ` : name === null ? '' : `query ${name} `;
  const text = [head + body, ...[...fragments].map(([content, each]) => `fragment ${each} ${content}`)].join(' ');
  const given = [...names].filter(([variable]) => variable.given !== undefined);
  return { text, variables: Object.fromEntries(given.map(([variable, each]) => [each, variable.given as Json])) };
}
