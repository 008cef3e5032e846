import { isNode, parse, walk, type Node } from './syntax.ts';

/** One small change of a source file. */
export interface Mutant {
  readonly file: string;
  readonly operator: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The text from `start` to `end`, and what takes its place. */
  readonly original: string;
  readonly replacement: string;
}

type Change = Pick<Mutant, 'operator' | 'start' | 'end' | 'replacement'>;

const OPPOSITES: Readonly<Record<string, string>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
};
const BOUNDARIES: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const ARITHMETIC: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '**': '*' };
const ASSIGNMENTS: Readonly<Record<string, string>> = { '+=': '-=', '-=': '+=', '??=': '=', '||=': '=', '&&=': '=' };

/** All mutants of a file, in its order. `file` is only a name. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const mutants = new Map<string, Mutant>();
  walk(parse(file, source), (node, ancestors) => {
    if (inWords(node, ancestors)) return;
    for (const { operator, start, end, replacement } of changesOf(node, ancestors, source)) {
      const original = source.slice(start, end);
      const line = source.slice(0, start).split('\n').length;
      const key = JSON.stringify([start, end, replacement]);
      if (original !== replacement && !mutants.has(key))
        mutants.set(key, { file, operator, line, start, end, original, replacement });
    }
  });
  return [...mutants.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

export function mutated(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

function changesOf(node: Node, ancestors: readonly Node[], source: string): Change[] {
  const [parent] = ancestors;
  const text = (of: unknown): string => (isNode(of) ? source.slice(of.start, of.end) : '');
  const replace = (operator: string, replacement: string, of: unknown = node): Change[] =>
    isNode(of) ? [{ operator, start: of.start, end: of.end, replacement }] : [];

  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const { left, right } = node;
      const sign = String(node['operator']);
      const swapped = (other: string | undefined): string => `(${text(left)} ${other} ${text(right)})`;
      if (sign === '??') return replace('drop default', `(${text(left)})`);
      if (sign === '&&' || sign === '||') return replace('logic', swapped(sign === '&&' ? '||' : '&&'));
      return [
        ...(sign in OPPOSITES ? replace('negate', swapped(OPPOSITES[sign])) : []),
        ...(sign in BOUNDARIES ? replace('boundary', swapped(BOUNDARIES[sign])) : []),
        ...(sign in ARITHMETIC && !isText(left) && !isText(right)
          ? replace('arithmetic', swapped(ARITHMETIC[sign]))
          : []),
      ];
    }
    case 'ConditionalExpression':
    case 'IfStatement':
      return [...replace('condition', 'true', node['test']), ...replace('condition', 'false', node['test'])];
    case 'WhileStatement':
      return replace('condition', 'false', node['test']);
    case 'UnaryExpression':
      if (node['operator'] !== '!' && node['operator'] !== '-') return [];
      return replace('drop sign', `(${text(node['argument'])})`);
    case 'UpdateExpression':
      return replace(
        'arithmetic',
        text(node).includes('++') ? text(node).replace('++', '--') : text(node).replace('--', '++'),
      );
    case 'AssignmentExpression': {
      const other = ASSIGNMENTS[String(node['operator'])];
      return other === undefined ? [] : replace('assignment', `${text(node['left'])} ${other} ${text(node['right'])}`);
    }
    case 'ExpressionStatement':
      return isEffect(node['expression']) ? replace('drop statement', ';') : [];
    case 'ReturnStatement':
      return isNode(node['argument']) ? replace('drop value', 'return undefined;') : [];
    case 'ArrowFunctionExpression': {
      const { body } = node;
      return isNode(body) && body.type !== 'BlockStatement' && text(body) !== 'undefined'
        ? replace('drop value', '(undefined)', body)
        : [];
    }
    case 'BlockStatement':
      return Array.isArray(node['body']) && node['body'].length > 0 ? replace('empty block', '{}') : [];
    case 'Literal':
      return literal(node, parent, source).flatMap((replacement) => replace('literal', replacement));
    case 'TemplateLiteral':
      return parent?.type === 'TaggedTemplateExpression' ? [] : replace('literal', '``');
    case 'ChainExpression':
      return [];
    case 'MemberExpression':
    case 'CallExpression':
      return [...optional(node, source), ...call(node, source)];
    default:
      return [];
  }
}

function isEffect(expression: unknown): boolean {
  if (!isNode(expression)) return false;
  if (expression.type === 'AwaitExpression' || expression.type === 'UnaryExpression')
    return isEffect(expression['argument']);
  if (expression.type === 'ChainExpression') return isEffect(expression['expression']);
  const { callee } = expression;
  if (isNode(callee) && callee.type === 'Super') return false;
  return ['CallExpression', 'AssignmentExpression', 'UpdateExpression'].includes(expression.type);
}

function literal(node: Node, parent: Node | undefined, source: string): string[] {
  const { value } = node;
  if (parent?.type === 'Property' && parent['key'] === node && parent['computed'] !== true) return [];
  if (typeof value === 'boolean') return [String(!value)];
  const text = source.slice(node.start, node.end);
  // No test can tell 30,000 milliseconds from 30,001.
  if (typeof value === 'number') return [value > 10 ? `(${text} * 10)` : `(${text} + 1)`];
  if (typeof value === 'string') return [value === '' ? "'mutant'" : "''"];
  return [];
}

function optional(node: Node, source: string): Change[] {
  if (node['optional'] !== true) return [];
  const before = node.type === 'MemberExpression' ? node['object'] : node['callee'];
  if (!isNode(before)) return [];
  const { end: start } = before;
  const at = source.indexOf('?.', start);
  const next = source[at + 2];
  return [
    { operator: 'optional chaining', start: at, end: at + 2, replacement: next === '(' || next === '[' ? '' : '.' },
  ];
}

const OTHER_METHODS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['some', 'every'],
  ['every', 'some'],
]);

/** `Math.min` for `Math.max`, `some` for `every`, and the other way round; a `filter` that keeps all. */
function call(node: Node, source: string): Change[] {
  const { callee } = node;
  if (node.type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return [];
  const { object, property } = callee;
  if (!isNode(object) || !isNode(property)) return [];
  const name = String(property['name']);
  if (name === 'filter')
    return [
      {
        operator: 'drop filter',
        start: node.start,
        end: node.end,
        replacement: source.slice(object.start, object.end),
      },
    ];
  const other = OTHER_METHODS.get(name);
  return other === undefined
    ? []
    : [{ operator: 'method', start: property.start, end: property.end, replacement: other }];
}

function isText(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'BinaryExpression') return isText(node['left']) || isText(node['right']);
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node['value'] === 'string');
}

/**
 * Words for people, whose exact text is no behaviour: what is in a log line or in an error that is only logged, the name of
 * an error class, and sentences.
 */
function inWords(node: Node, ancestors: readonly Node[]): boolean {
  if (node.type !== 'Literal' && node.type !== 'TemplateLiteral') return false;
  return isSentence(node) || ancestors.some(isForOperators);
}

function isSentence({ value, quasis }: Node): boolean {
  if (typeof value === 'string') return /^[A-Z].* .*/s.test(value);
  return Array.isArray(quasis) && isNode(quasis[0]) && /^[A-Z].* /s.test((quasis[0]['value'] as Cooked).cooked);
}

interface Cooked {
  readonly cooked: string;
}

function isForOperators({ type, callee, key }: Node): boolean {
  if (type === 'PropertyDefinition') return isNode(key) && key['name'] === 'name';
  if (!isNode(callee)) return false;
  if (type === 'NewExpression') return callee['name'] === 'Error';
  const { object } = callee;
  return type === 'CallExpression' && isNode(object) && (object['name'] === 'log' || isLog(object));
}

/** `log[level](…)` */
function isLog({ type, object }: Node): boolean {
  return type === 'MemberExpression' && isNode(object) && object['name'] === 'log';
}
