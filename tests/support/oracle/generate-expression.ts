/** Random expressions: right in types by construction, near the borders of integers as often as not. */

import fc from 'fast-check';

import type { ArithmeticOp, ComparisonOp, Expr, FunctionName, IntType, Target } from './model.ts';
import { functions } from './model.ts';
import { roundName } from './settle.ts';

export const intType: fc.Arbitrary<IntType> = fc.record({
  kind: fc.constant('int' as const),
  bits: fc.constantFrom(8, 16, 32, 64),
  signed: fc.boolean(),
});

const borders = [8, 16, 32, 64].flatMap((bits) => {
  const all = 1n << BigInt(bits);
  return [all / 2n - 1n, all / 2n, all - 1n, all];
});
export const numbers = [0n, 1n, 2n, 3n, 7n, 10n, 63n, 64n, 100n, ...borders].filter(
  (value) => value < 1n << 63n,
);

export const number = fc.constantFrom(...numbers).map((value): Expr => ({ kind: 'number', value }));
export const divisor = fc.constantFrom(...numbers.slice(1)).map((value): Expr => ({ kind: 'number', value }));
const text = fc
  .constantFrom('', 'a', 'ab', 'abc', 'another text', 'a text of more than thirty-two bytes')
  .map((value): Expr => ({ kind: 'text', value }));

export const variable = (name: string): Extract<Target, { kind: 'variable' }> => ({ kind: 'variable', name });
export const map = (name: string, key: readonly Expr[]): Extract<Target, { kind: 'map' }> => ({
  kind: 'map',
  name,
  key,
});

export const intVariables = ['a', 'b', 'c'] as const;
export const textVariables = ['s', 't'] as const;
export const fixedVariables = ['f', 'g'] as const;
export const truthVariable = 'o';
export const tupleVariable = 'u';
export const recordVariable = 'r';

export const argument = fc.constantFrom<0 | 1>(0, 1).map((index): Expr => ({ kind: 'argument', index }));
export const castArgument = fc
  .tuple(intType, argument)
  .map(([to, operand]): Expr => ({ kind: 'cast', to, operand }));
export const anyInt = fc.constantFrom(...intVariables, ...fixedVariables).map(variable);

export type Of = fc.Arbitrary<Expr>;

export const arithmetic = (ops: readonly ArithmeticOp[], left: Of, right: Of): Of =>
  fc.record({ kind: fc.constant('arithmetic' as const), op: fc.constantFrom(...ops), left, right });
export const comparison = (ops: readonly ComparisonOp[], of: Of): Of =>
  fc.record({ kind: fc.constant('comparison' as const), op: fc.constantFrom(...ops), left: of, right: of });
const logical = (left: Of, right: Of): Of =>
  fc.record({ kind: fc.constant('logical' as const), op: fc.constantFrom('&&', '||'), left, right });
const unary = (op: '-' | '~' | '!', of: Of): Of => of.map((operand) => ({ kind: 'unary', op, operand }));
const choice = (condition: Of, of: Of): Of =>
  fc.record({ kind: fc.constant('choice' as const), condition, then: of, else: of, isIf: fc.boolean() });
const elvis = (of: Of): Of => fc.record({ kind: fc.constant('elvis' as const), left: of, right: of });
const member = (name: string, of: Of): Of => of.map((record) => ({ kind: 'member', record, name }));

/** A function takes no literal that is out of its parameter's range. */
const call = (of: Of): Of =>
  fc.tuple(fc.constantFrom<FunctionName>('diff', 'steps', 'least'), of, of).map(([name, ...args]) => ({
    kind: 'call',
    of: name,
    args: args.map((operand, index) => ({
      kind: 'cast',
      to: functions[name].parameters[index] ?? functions[name].returns,
      operand,
    })),
  }));

/** A tuple in a record; the order of the names doesn't matter. */
export function recordOf(n: Expr, s: Expr, t: Expr, isTurned = false): Expr {
  const fields = [
    ['n', n],
    ['s', s],
    ['t', t],
  ] as const;
  return { kind: 'record', fields: isTurned ? [...fields].reverse() : fields };
}

export const defined = ['+', '-', '*', '&', '|', '^', '<<', '>>'] as const;
export const dividing = ['/', '%'] as const;
export const orders = ['==', '!=', '<', '>', '<=', '>='] as const;
const equalities = ['==', '!='] as const;

export const {
  number: numberExpr,
  truth,
  text: textExpr,
  tuple,
  record,
} = fc.letrec<{ number: Expr; truth: Expr; text: Expr; tuple: Expr; record: Expr }>((tie) => {
  const [n, b, s, t, r] = [tie('number'), tie('truth'), tie('text'), tie('tuple'), tie('record')];
  // An element of literals in parentheses is a literal itself, and bends: that the reference doesn't follow.
  const named = t.filter(({ kind }) => kind !== 'tuple');
  const element = (index: number): Of => named.map((tuple) => ({ kind: 'element', tuple, index }));
  return {
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      number,
      castArgument,
      argument,
      anyInt,
      fc.constant(map('x', [])),
      n.map((key) => map('k', [key])),
      fc.tuple(n, s).map((key) => map('p', key)),
      fc.record({ kind: fc.constant('cast' as const), to: intType, operand: n }),
      unary('-', n),
      unary('~', n),
      arithmetic(defined, n, n),
      // What is known to be zero when compiling can't be divided by.
      arithmetic(dividing, n, fc.oneof(divisor, anyInt, argument, castArgument)),
      fc.record({ kind: fc.constant('cast' as const), to: intType, operand: b }),
      choice(fc.oneof(b, n), n),
      elvis(n),
      element(0),
      member('n', r),
      fc.constant(variable(roundName)),
      call(n),
    ),
    truth: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean().map((value): Expr => ({ kind: 'truth', value })),
      comparison(orders, n),
      comparison(equalities, s),
      comparison(equalities, t),
      comparison(equalities, r),
      fc.constant(variable(truthVariable)),
      n.map((key) => map('w', [key])),
      choice(fc.oneof(b, n), b),
      elvis(b),
      logical(fc.oneof(b, n), fc.oneof(b, n, s)),
      unary('!', fc.oneof(b, n, s)),
    ),
    text: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      text,
      fc.constantFrom(...textVariables).map(variable),
      s.map((key) => map('n', [key])),
      choice(fc.oneof(b, n), s),
      elvis(s),
      element(1),
      member('s', r),
    ),
    tuple: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constant(variable(tupleVariable)),
      fc.constant(map('v', [])),
      member('t', r),
      fc.tuple(n, s).map((elements): Expr => ({ kind: 'tuple', elements })),
      choice(fc.oneof(b, n), t),
    ),
    record: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constant(variable(recordVariable)),
      n.map((key) => map('d', [key])),
      fc.tuple(n, s, t, fc.boolean()).map(([n, s, t, isTurned]) => recordOf(n, s, t, isTurned)),
      choice(fc.oneof(b, n), r),
    ),
  };
});
