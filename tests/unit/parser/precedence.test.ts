/** Precedence and association (b.9), by printing random trees with as few parentheses as can be and parsing them again. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertNever } from '../../../src/base/assert.ts';
import type { BinaryOp, Expr, UnaryOp } from '../../../src/parser/ast.ts';
import { childrenOf } from '../../../src/parser/tree-depth.ts';
import { expressionOf, exprText } from '../../support/ast-text.ts';

const span = { file: '', start: 0, end: 0 };

/** The table of the language reference, written once more so that a slip in either shows. */
const levels: Readonly<Record<BinaryOp, number>> = {
  '||': 2,
  '&&': 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '==': 7,
  '!=': 7,
  '<': 8,
  '>': 8,
  '<=': 8,
  '>=': 8,
  '<<': 9,
  '>>': 9,
  '+': 10,
  '-': 10,
  '*': 11,
  '/': 11,
  '%': 11,
};
const binaryOps = Object.keys(levels) as BinaryOp[];
const unaryOps: UnaryOp[] = ['-', '!', '~', '*'];
const unaryLevel = 12;
const postfixLevel = 13;

const name = fc.constantFrom('a', 'b', 'pid', 'args');
const leaf: fc.Arbitrary<Expr> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): Expr => ({ kind: 'int', value, span })),
  fc.boolean().map((value): Expr => ({ kind: 'bool', value, span })),
  name.map((text): Expr => ({ kind: 'identifier', name: text, span })),
  name.map((text): Expr => ({ kind: 'variable', name: text, span })),
  name.map((text): Expr => ({ kind: 'map', name: text, span })),
);

const { tree } = fc.letrec<{ tree: Expr }>((tie) => {
  const inner = tie('tree');
  return {
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      leaf,
      fc
        .tuple(fc.constantFrom(...binaryOps), inner, inner)
        .map(([op, left, right]): Expr => ({ kind: 'binary', op, left, right, span })),
      fc
        .tuple(fc.constantFrom(...unaryOps), inner)
        .map(([op, operand]): Expr => ({ kind: 'unary', op, operand, span })),
      // & takes no other operands.
      fc
        .constantFrom('variable' as const, 'map' as const)
        .map((kind): Expr => ({ kind: 'unary', op: '&', operand: { kind, name: 'a', span }, span })),
      inner.map((operand): Expr => ({ kind: 'comptime', operand, span })),
      fc.tuple(inner, inner, inner).map(([condition, then, otherwise]): Expr => ({
        kind: 'conditional',
        condition,
        then,
        else: otherwise,
        span,
      })),
      fc
        .tuple(inner, inner)
        .map(([condition, otherwise]): Expr => ({ kind: 'conditional', condition, else: otherwise, span })),
      inner.map((operand): Expr => ({
        kind: 'cast',
        type: { kind: 'named', name: 'uint8', span },
        operand,
        span,
      })),
      fc
        .tuple(fc.constantFrom('++' as const, '--' as const), fc.boolean(), inner)
        .map(([op, prefix, target]): Expr => ({ kind: 'step', op, prefix, target, span })),
      fc
        .tuple(inner, name)
        .map(([object, text]): Expr => ({ kind: 'field', object, name: { text, span }, span })),
      fc.tuple(inner, inner).map(([object, index]): Expr => ({ kind: 'index', object, index, span })),
      fc
        .tuple(name, fc.array(inner, { maxLength: 3 }))
        .map(([text, args]): Expr => ({ kind: 'call', callee: { text, span }, args, span })),
      fc.array(inner, { maxLength: 3 }).map((elements): Expr => ({ kind: 'tuple', elements, span })),
      fc
        .tuple(name, fc.array(inner, { minLength: 1, maxLength: 2 }))
        .map(([text, keys]): Expr => ({ kind: 'map', name: text, keys, span })),
    ),
  };
});

/** An expression as text; in parentheses if it binds more loosely than its place asks for. */
function print(expr: Expr, place: number): string {
  const [text, level] = printed(expr);
  return level < place ? `(${text})` : text;
}

function list(exprs: readonly Expr[]): string {
  return exprs.map((expr) => print(expr, 1)).join(', ');
}

function printed(expr: Expr): readonly [text: string, level: number] {
  switch (expr.kind) {
    case 'int':
    case 'bool':
      return [String(expr.value), postfixLevel];
    case 'identifier':
      return [expr.name, postfixLevel];
    case 'variable':
      return ['$' + expr.name, postfixLevel];
    case 'map':
      return [`@${expr.name}${expr.keys ? `[${list(expr.keys)}]` : ''}`, postfixLevel];
    case 'call':
      return [`${expr.callee.text}(${list(expr.args)})`, postfixLevel];
    case 'tuple':
      return [`(${list(expr.elements)}${expr.elements.length === 1 ? ',' : ''})`, postfixLevel];
    case 'field':
      return [`${print(expr.object, postfixLevel)}.${expr.name.text}`, postfixLevel];
    case 'index':
      // @a[1] would be a key of the map.
      return [
        `${bareMap(expr.object) ? `(${print(expr.object, 0)})` : print(expr.object, postfixLevel)}[${print(expr.index, 1)}]`,
        postfixLevel,
      ];
    case 'step':
      return expr.prefix
        ? [`${expr.op} ${print(expr.target, unaryLevel)}`, unaryLevel]
        : [`${print(expr.target, postfixLevel)}${expr.op}`, postfixLevel];
    case 'unary':
      return [`${expr.op} ${print(expr.operand, unaryLevel)}`, unaryLevel];
    case 'comptime':
      return [`comptime ${print(expr.operand, unaryLevel)}`, unaryLevel];
    case 'cast':
      return [`(uint8)${print(expr.operand, unaryLevel)}`, unaryLevel];
    case 'binary': {
      const level = levels[expr.op];
      return [`${print(expr.left, level)} ${expr.op} ${print(expr.right, level + 1)}`, level];
    }
    case 'conditional': {
      const then = expr.then ? print(expr.then, 1) : '';
      return [`${print(expr.condition, 2)} ? ${then} : ${print(expr.else, 1)}`, 1];
    }
    case 'string':
    case 'parameter':
    case 'sizeof':
    case 'typeinfo':
    case 'offsetof':
    case 'type':
    case 'record':
    case 'block':
    case 'if':
    case 'error':
      throw new Error(`not generated: ${expr.kind}`);
    default:
      return assertNever(expr);
  }
}

function bareMap(expr: Expr): boolean {
  return expr.kind === 'map' && expr.keys === undefined;
}

test('a tree printed with the fewest parentheses is read as the same tree', () => {
  fc.assert(
    fc.property(tree, (expr) => {
      expect(exprText(expressionOf(print(expr, 1)))).toBe(exprText(expr));
    }),
    { numRuns: 500 },
  );
});

test('every part of an expression lies within the whole, and starts and ends where its text does', () => {
  fc.assert(
    fc.property(tree, (expr) => {
      const check = (outer: Expr): void => {
        for (const inner of childrenOf(outer)) {
          expect(inner.span.start).toBeGreaterThanOrEqual(outer.span.start);
          expect(inner.span.end).toBeLessThanOrEqual(outer.span.end);
          check(inner);
        }
      };
      const text = print(expr, 1);
      const whole = expressionOf(text);
      expect(whole.span.end - whole.span.start).toBe(text.length);
      check(whole);
    }),
    { numRuns: 200 },
  );
});
