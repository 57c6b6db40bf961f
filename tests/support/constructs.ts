/**
 * The constructs of the language, from the kinds of the tree's nodes: each must have an example in docs/language.md and a golden. The tables are
 * exhaustive by their types, so that a new form of the tree is missed where it has neither.
 */

import type {
  AssignOp,
  BinaryOp,
  Expr,
  LoopMap,
  LoopRange,
  MacroParameter,
  Program,
  Statement,
  TypeSyntax,
  UnaryOp,
} from '../../src/parser/ast.ts';

type Table<Key extends PropertyKey> = Readonly<Record<Key, true>>;

/** Mistakes are no form. */
const expressions: Table<Exclude<Expr['kind'], 'error'>> = {
  int: true,
  bool: true,
  string: true,
  identifier: true,
  variable: true,
  map: true,
  parameter: true,
  unary: true,
  step: true,
  binary: true,
  conditional: true,
  cast: true,
  field: true,
  index: true,
  call: true,
  tuple: true,
  record: true,
  block: true,
  if: true,
  comptime: true,
  sizeof: true,
  typeinfo: true,
  offsetof: true,
  type: true,
};

const statements: Table<Statement['kind']> = {
  let: true,
  assign: true,
  discard: true,
  expression: true,
  if: true,
  unroll: true,
  for: true,
  while: true,
  break: true,
  continue: true,
  import: true,
  return: true,
  block: true,
};

const types: Table<TypeSyntax['kind']> = {
  named: true,
  tagged: true,
  pointer: true,
  array: true,
  typeof: true,
};

const binary: Table<BinaryOp> = {
  '||': true,
  '&&': true,
  '|': true,
  '^': true,
  '&': true,
  '==': true,
  '!=': true,
  '<': true,
  '>': true,
  '<=': true,
  '>=': true,
  '<<': true,
  '>>': true,
  '+': true,
  '-': true,
  '*': true,
  '/': true,
  '%': true,
};

const unary: Table<UnaryOp> = { '-': true, '!': true, '~': true, '*': true, '&': true };

const assignments: Table<AssignOp> = {
  '=': true,
  '+=': true,
  '-=': true,
  '*=': true,
  '/=': true,
  '%=': true,
  '&=': true,
  '|=': true,
  '^=': true,
  '<<=': true,
  '>>=': true,
};

const loops: Table<(LoopRange | LoopMap)['kind']> = { range: true, map: true };

const macroParameters: Table<MacroParameter['kind']> = { variable: true, map: true, expression: true };

const sections: Table<Exclude<keyof Program, 'span' | 'standardMacros' | 'innerImports'>> = {
  definitions: true,
  config: true,
  imports: true,
  macros: true,
  functions: true,
  maps: true,
  probes: true,
};

const named = (what: string, table: Readonly<Record<string, true>>): readonly string[] =>
  Object.keys(table).map((key) => `${what} ${key}`);

/** Forms that are told apart by what is absent. */
const variants = [
  'elvis',
  '++ in front',
  '++ behind',
  '-- in front',
  '-- behind',
  'let with a type',
  'let without a value',
  'return with a value',
  'predicate',
  'several attach points',
  'label of a probe',
  'map with several keys',
] as const;

export const constructs: readonly string[] = [
  ...named('expression', expressions),
  ...named('statement', statements),
  ...named('type', types),
  ...named('operator', binary),
  ...named('unary operator', unary),
  ...named('assignment', assignments),
  ...named('loop over a', loops),
  ...named('parameter of a macro', macroParameters),
  ...named('section', sections),
  ...variants,
];

/** Those that a program has; none for what its macros are expanded to. */
export function constructsIn(program: Program): ReadonlySet<string> {
  const found = new Set<string>();
  for (const section of Object.keys(sections)) {
    const part: unknown = program[section as keyof typeof sections]; // keys of that very table
    if (Array.isArray(part) ? part.length > 0 : part !== undefined) found.add(`section ${section}`);
  }
  for (const { parameters } of program.macros)
    for (const { kind } of parameters) found.add(`parameter of a macro ${kind}`);
  for (const { predicate, attachPoints } of program.probes) {
    if (predicate) found.add('predicate');
    if (attachPoints.length > 1) found.add('several attach points');
    if (attachPoints.some(({ label }) => label)) found.add('label of a probe');
  }
  visit(program, found);
  return found;
}

/** What stands in a field of the tree tells which kinds those are; all that isn't named here is an expression. */
const families: Readonly<Record<string, string>> = {
  statements: 'statement',
  type: 'type',
  to: 'type',
  of: 'type',
  returns: 'type',
  over: 'loop over a',
  parameters: 'parameter of a macro',
};

function visit(data: unknown, found: Set<string>, field = ''): void {
  if (typeof data !== 'object' || data === null) return;
  if (Array.isArray(data)) {
    for (const part of data) visit(part, found, field);
    return;
  }
  if ('kind' in data && typeof data.kind === 'string') {
    found.add(`${families[field] ?? 'expression'} ${data.kind}`);
    for (const variant of variantsOf(data as Form)) found.add(variant); // a node of the tree: nothing else has a kind
  }
  for (const [key, part] of Object.entries(data)) visit(part, found, key);
}

type Form = Exclude<Statement | Expr, { readonly kind: 'if' | 'block' | 'import' | 'error' }>;

function variantsOf(node: Form): readonly string[] {
  switch (node.kind) {
    case 'binary':
      return [`operator ${node.op}`];
    case 'unary':
      return [`unary operator ${node.op}`];
    case 'assign':
      return [`assignment ${node.op}`];
    case 'step':
      return [`${node.op} ${node.prefix ? 'in front' : 'behind'}`];
    case 'conditional':
      return node.then ? [] : ['elvis'];
    case 'let':
      return [node.type ? 'let with a type' : '', node.value ? '' : 'let without a value'];
    case 'return':
      return node.value ? ['return with a value'] : [];
    case 'map':
      return (node.keys?.length ?? 0) > 1 ? ['map with several keys'] : [];
    default:
      return [];
  }
}
