import type { Json } from './json.ts';

/** A value as a document writes it: JSON, names of enum values, variables, and fields whose order and repetition matter. */
export type Tree = null | boolean | number | string | EnumName | Variable | Fields | readonly Tree[];

export class EnumName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The fields of an input object, as written. */
export class Fields {
  readonly entries: readonly (readonly [name: string, value: Tree])[];

  constructor(entries: Fields['entries']) {
    this.entries = entries;
  }
}

/** A variable that stands in one place of a document. */
export class Variable {
  /** As it is declared. */
  readonly type: string;
  /** What the client sends for it; undefined: nothing. */
  readonly given: Json | undefined;
  /** Its default, without variables. */
  readonly standard: Tree | undefined;

  constructor(type: string, given: Json | undefined, standard: Tree | undefined) {
    this.type = type;
    this.given = given;
    this.standard = standard;
  }
}

/** Stands in JSON for a number beyond all numbers, which JSON can say and JavaScript does not write. */
const INFINITE = '\ue000 infinite';

/** JSON, also with what JavaScript's own does not write. */
export function writeJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replaceAll(`"${INFINITE}"`, '1e999');
}

/** The value as JSON has it in `variables`. */
export function toJson(tree: Tree): Json {
  if (tree instanceof EnumName) return tree.name;
  if (tree instanceof Variable) return tree.given ?? null;
  if (tree instanceof Fields) return Object.fromEntries(tree.entries.map(([name, value]) => [name, toJson(value)]));
  if (Array.isArray(tree)) return tree.map((each: Tree) => toJson(each));
  return tree === Infinity ? INFINITE : (tree as Json);
}

/** The value as a document has it. `nameOf`: the name of a variable. */
export function toLiteral(tree: Tree, nameOf: (variable: Variable) => string): string {
  if (tree instanceof EnumName) return tree.name;
  if (tree instanceof Variable) return `$${nameOf(tree)}`;
  if (tree instanceof Fields)
    return `{${tree.entries.map(([name, value]) => `${name}: ${toLiteral(value, nameOf)}`).join(', ')}}`;
  if (Array.isArray(tree)) return `[${tree.map((each: Tree) => toLiteral(each, nameOf)).join(', ')}]`;
  return tree === Infinity ? '1e999' : JSON.stringify(tree);
}

/** The value without variables, as a default must be. */
export function withoutVariables(tree: Tree): Tree {
  if (tree instanceof Variable) return tree.given as Tree;
  if (tree instanceof Fields) return new Fields(tree.entries.map(([name, value]) => [name, withoutVariables(value)]));
  return Array.isArray(tree) ? tree.map((each: Tree) => withoutVariables(each)) : tree;
}
