/** How deep an expression's tree is. Later passes recurse over trees, so the parser has to keep them shallow. */

import { assertNever } from '../base/assert.ts';
import type { Block, Expr, Statement, TypeOrExpr } from './ast.ts';

/** Something to look into, as a function that gives its parts: expressions and statements have kinds of the same name. */
interface Waiting {
  readonly parts: () => Parts;
  readonly depth: number;
}

interface Parts {
  readonly exprs: readonly Expr[];
  readonly statements?: readonly Statement[];
}

/** The deepest nesting of an expression, found without recursion. */
export function expressionDepth(root: Expr): number {
  const waiting: Waiting[] = [{ parts: () => partsOf(root), depth: 1 }];
  let deepest = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    deepest = Math.max(deepest, next.depth);
    const depth = next.depth + 1;
    const { exprs, statements = [] } = next.parts();
    for (const expr of exprs) waiting.push({ parts: () => partsOf(expr), depth });
    for (const statement of statements) waiting.push({ parts: () => partsOfStatement(statement), depth });
  }
  return deepest;
}

/** The expressions directly inside another, those of a block's statements left out. */
export function childrenOf(expr: Expr): readonly Expr[] {
  return partsOf(expr).exprs;
}

function partsOf(expr: Expr): Parts {
  switch (expr.kind) {
    case 'int':
    case 'bool':
    case 'string':
    case 'identifier':
    case 'variable':
    case 'parameter':
    case 'error':
      return { exprs: [] };
    case 'map':
      return { exprs: expr.keys ?? [] };
    case 'unary':
    case 'comptime':
      return { exprs: [expr.operand] };
    case 'cast':
      return { exprs: [...typeParts({ type: expr.type }), expr.operand] };
    case 'step':
      return { exprs: [expr.target] };
    case 'binary':
      return { exprs: [expr.left, expr.right] };
    case 'conditional':
      return { exprs: expr.then ? [expr.condition, expr.then, expr.else] : [expr.condition, expr.else] };
    case 'if':
      return { exprs: [expr.condition, expr.then, expr.else] };
    case 'field':
      return { exprs: [expr.object] };
    case 'index':
      return { exprs: [expr.object, expr.index] };
    case 'call':
      return { exprs: expr.args };
    case 'tuple':
      return { exprs: expr.elements };
    case 'record':
      return { exprs: expr.fields.map(({ value }) => value) };
    case 'block':
      return { exprs: [expr.result], statements: expr.statements };
    case 'sizeof':
    case 'typeinfo':
    case 'offsetof':
      return { exprs: typeParts(expr.of) };
    case 'type':
      return { exprs: typeParts({ type: expr.type }) };
    default:
      return assertNever(expr);
  }
}

/** The expression that a type is made of, be it through typeof. */
function typeParts(of: TypeOrExpr): readonly Expr[] {
  for (let inner = of; ;) {
    if ('expr' in inner) return [inner.expr];
    const { type } = inner;
    if (type.kind === 'pointer') inner = { type: type.to };
    else if (type.kind === 'array') inner = { type: type.of };
    else if (type.kind === 'typeof') inner = type.of;
    else return [];
  }
}

function partsOfStatement(statement: Statement): Parts {
  switch (statement.kind) {
    case 'break':
    case 'continue':
    case 'import':
      return { exprs: [] };
    case 'let':
      return {
        exprs: [
          ...(statement.type ? typeParts({ type: statement.type }) : []),
          ...(statement.value ? [statement.value] : []),
        ],
      };
    case 'assign':
      return { exprs: [statement.target, statement.value] };
    case 'discard':
    case 'expression':
      return { exprs: [statement.value] };
    case 'return':
      return { exprs: statement.value ? [statement.value] : [] };
    case 'if':
      return { exprs: [statement.condition], statements: statementsOf(statement.then, statement.else) };
    case 'unroll':
      return { exprs: [statement.count], statements: statementsOf(statement.body) };
    case 'while':
      return { exprs: [statement.condition], statements: statementsOf(statement.body) };
    case 'for': {
      const { over, body } = statement;
      return {
        exprs: over.kind === 'map' ? [over.map] : [over.from, over.to],
        statements: statementsOf(body),
      };
    }
    case 'block':
      return { exprs: [], statements: statementsOf(statement.body) };
    default:
      return assertNever(statement);
  }
}

function statementsOf(...blocks: readonly (Block | undefined)[]): readonly Statement[] {
  return blocks.flatMap((block) => block?.statements ?? []);
}
