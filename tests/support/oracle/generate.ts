/** Random programs for the reference evaluator: right in types by construction, near the borders of integers as often as not. */

import fc from 'fast-check';

import type {
  ArithmeticOp,
  Block,
  ComparisonOp,
  Expr,
  FunctionName,
  IntType,
  Statement,
  Target,
} from './model.ts';
import { functions } from './model.ts';
import { givenNames, roundName, settle } from './settle.ts';

const intType: fc.Arbitrary<IntType> = fc.record({
  kind: fc.constant('int' as const),
  bits: fc.constantFrom(8, 16, 32, 64),
  signed: fc.boolean(),
});

const borders = [8, 16, 32, 64].flatMap((bits) => {
  const all = 1n << BigInt(bits);
  return [all / 2n - 1n, all / 2n, all - 1n, all];
});
const numbers = [0n, 1n, 2n, 3n, 7n, 10n, 63n, 64n, 100n, ...borders].filter((value) => value < 1n << 63n);

const number = fc.constantFrom(...numbers).map((value): Expr => ({ kind: 'number', value }));
const divisor = fc.constantFrom(...numbers.slice(1)).map((value): Expr => ({ kind: 'number', value }));
const text = fc
  .constantFrom('', 'a', 'ab', 'abc', 'another text', 'a text of more than thirty-two bytes')
  .map((value): Expr => ({ kind: 'text', value }));

const variable = (name: string): Extract<Target, { kind: 'variable' }> => ({ kind: 'variable', name });
const map = (name: string, key: readonly Expr[]): Extract<Target, { kind: 'map' }> => ({
  kind: 'map',
  name,
  key,
});

const intVariables = ['a', 'b', 'c'] as const;
const textVariables = ['s', 't'] as const;
const fixedVariables = ['f', 'g'] as const;

const argument = fc.constantFrom<0 | 1>(0, 1).map((index): Expr => ({ kind: 'argument', index }));
const castArgument = fc
  .tuple(intType, argument)
  .map(([to, operand]): Expr => ({ kind: 'cast', to, operand }));
const anyInt = fc.constantFrom(...intVariables, ...fixedVariables).map(variable);

type Of = fc.Arbitrary<Expr>;

const arithmetic = (ops: readonly ArithmeticOp[], left: Of, right: Of): Of =>
  fc.record({ kind: fc.constant('arithmetic' as const), op: fc.constantFrom(...ops), left, right });
const comparison = (ops: readonly ComparisonOp[], of: Of): Of =>
  fc.record({ kind: fc.constant('comparison' as const), op: fc.constantFrom(...ops), left: of, right: of });
const logical = (left: Of, right: Of): Of =>
  fc.record({ kind: fc.constant('logical' as const), op: fc.constantFrom('&&', '||'), left, right });
const unary = (op: '-' | '~' | '!', of: Of): Of => of.map((operand) => ({ kind: 'unary', op, operand }));
const choice = (condition: Of, of: Of): Of =>
  fc.record({ kind: fc.constant('choice' as const), condition, then: of, else: of });

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

const defined = ['+', '-', '*', '&', '|', '^', '<<', '>>'] as const;
const dividing = ['/', '%'] as const;
const orders = ['==', '!=', '<', '>', '<=', '>='] as const;
const equalities = ['==', '!='] as const;

const {
  number: numberExpr,
  truth,
  text: textExpr,
  tuple,
} = fc.letrec<{ number: Expr; truth: Expr; text: Expr; tuple: Expr }>((tie) => {
  const [n, b, s, t] = [tie('number'), tie('truth'), tie('text'), tie('tuple')];
  const element = (index: number): Of => t.map((operand) => ({ kind: 'element', tuple: operand, index }));
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
      choice(fc.oneof(b, n), n),
      element(0),
      fc.constant(variable(roundName)),
      call(n),
    ),
    truth: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean().map((value): Expr => ({ kind: 'truth', value })),
      comparison(orders, n),
      comparison(equalities, s),
      comparison(equalities, t),
      logical(fc.oneof(b, n), fc.oneof(b, n, s)),
      unary('!', fc.oneof(b, n, s)),
    ),
    text: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      text,
      fc.constantFrom(...textVariables).map(variable),
      s.map((key) => map('n', [key])),
      choice(fc.oneof(b, n), s),
      element(1),
    ),
    tuple: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.constant(variable('u')),
      fc.constant(map('v', [])),
      fc.tuple(n, s).map((elements): Expr => ({ kind: 'tuple', elements })),
      choice(fc.oneof(b, n), t),
    ),
  };
});

const numberTarget: fc.Arbitrary<Target> = fc.oneof(
  fc.constantFrom(...intVariables).map(variable),
  fc.constantFrom(...fixedVariables).map(variable),
  fc.constant(map('x', [])),
  numberExpr.map((key) => map('k', [key])),
  fc.tuple(numberExpr, textExpr).map((key) => map('p', key)),
);

const assign = (target: fc.Arbitrary<Target>, value: fc.Arbitrary<Expr>): fc.Arbitrary<Statement> =>
  fc.record({ kind: fc.constant('assign' as const), target, value });

/** A variable of a fixed type takes no literal that is out of its range: a cast says that cutting it is meant. */
const assignNumber: fc.Arbitrary<Statement> = fc
  .tuple(numberTarget, numberExpr, intType)
  .map(([target, value, to]) => {
    const isFixed = target.kind === 'variable' && fixedVariables.some((name) => name === target.name);
    return { kind: 'assign', target, value: isFixed ? { kind: 'cast', to, operand: value } : value };
  });

/** Ranges begin here, and end up to three rounds later, or before they begin. */
const starts = [-2n, 0n, 1n, 126n, (1n << 31n) - 1n, (1n << 63n) - 4n];

const plus = (value: bigint, right: Expr): Expr => ({
  kind: 'arithmetic',
  op: '+',
  left: { kind: 'number', value },
  right,
});

const range: fc.Arbitrary<readonly [from: Expr, to: Expr]> = fc.constantFrom(...starts).chain((start) =>
  fc
    .oneof(
      fc
        .integer({ min: -1, max: 3 })
        .map((rounds): Expr => ({ kind: 'number', value: start + BigInt(rounds) })),
      argument.map((left): Expr => {
        const right: Expr = { kind: 'number', value: 3n };
        return plus(start, { kind: 'arithmetic', op: '&', left, right });
      }),
    )
    .map((to) => [{ kind: 'number', value: start }, to] as const),
);

const { block } = fc.letrec<{ statement: Statement; block: Block }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    assignNumber,
    assign(
      fc.oneof(
        fc.constantFrom(...textVariables).map(variable),
        textExpr.map((key) => map('n', [key])),
      ),
      textExpr,
    ),
    assign(fc.constantFrom<Target>(variable('u'), map('v', [])), tuple),
    fc.record({
      kind: fc.constant('update' as const),
      op: fc.constantFrom(...defined),
      target: numberTarget,
      value: numberExpr,
    }),
    fc.record({
      kind: fc.constant('update' as const),
      op: fc.constantFrom(...dividing),
      target: numberTarget,
      value: fc.oneof(divisor, anyInt, argument),
    }),
    fc.record({
      kind: fc.constant('step' as const),
      op: fc.constantFrom('++' as const, '--' as const),
      target: numberTarget,
    }),
    numberExpr.map((key): Statement => ({ kind: 'delete', name: 'k', key: [key] })),
    fc.tuple(numberExpr, textExpr).map((key): Statement => ({ kind: 'delete', name: 'p', key })),
    fc.record({
      kind: fc.constant('if' as const),
      condition: fc.oneof(truth, numberExpr),
      then: tie('block'),
      else: tie('block'),
    }),
    fc.record({
      kind: fc.constant('unroll' as const),
      times: fc.integer({ min: 1, max: 3 }),
      body: tie('block'),
    }),
    fc
      .tuple(range, tie('block'))
      .map(([[from, to], body]): Statement => ({ kind: 'for', name: roundName, from, to, body })),
    fc.record({
      kind: fc.constant('while' as const),
      name: fc.constant(roundName),
      times: fc.integer({ min: 0, max: 3 }),
      body: tie('block'),
    }),
    fc
      .tuple(truth, fc.constantFrom<Statement>({ kind: 'break' }, { kind: 'continue' }))
      .map(([condition, jump]): Statement => ({ kind: 'if', condition, then: [jump], else: [] })),
    fc
      .tuple(fc.constantFrom(...intVariables), tie('block'), numberExpr)
      .map(([name, body, result]): Statement => ({
        kind: 'assign',
        target: variable(name),
        value: { kind: 'block', body, result },
      })),
    // What can't be reached is dropped, and its types with it: nothing follows a return in its block.
    truth.map((condition): Statement => ({ kind: 'if', condition, then: [{ kind: 'return' }], else: [] })),
  ),
  block: fc.array(tie('statement'), { maxLength: 4 }),
}));

/** Gives every name a first value, so that it has a type. */
const prelude: fc.Arbitrary<Block> = fc
  .tuple(
    fc.array(castArgument, { minLength: 3, maxLength: 3 }),
    fc.array(intType, { minLength: 2, maxLength: 2 }),
  )
  .map(([values, types]) => [
    ...givenNames.map((name, index): Statement => ({
      kind: 'declare',
      name,
      type: { kind: 'int', bits: 64, signed: false },
      value: { kind: 'argument', index: index === 0 ? 0 : 1 },
    })),
    ...types.map((type, index): Statement => ({
      kind: 'declare',
      name: fixedVariables[index] ?? 'f',
      type,
      value: { kind: 'cast', to: type, operand: { kind: 'argument', index: 0 } },
    })),
    ...values.map((value, index): Statement => ({
      kind: 'assign',
      target: variable(intVariables[index] ?? 'a'),
      value,
    })),
    ...(
      [
        [variable('s'), { kind: 'text', value: 'ab' }],
        [variable('t'), { kind: 'text', value: '' }],
        [variable('u'), { kind: 'tuple', elements: [one, { kind: 'text', value: 'a' }] }],
        [map('v', []), { kind: 'tuple', elements: [one, { kind: 'text', value: 'ab' }] }],
        [map('x', []), one],
        [map('k', [one]), one],
        [map('p', [one, { kind: 'text', value: 'a' }]), one],
        [map('n', [{ kind: 'text', value: 'a' }]), { kind: 'text', value: 'b' }],
      ] satisfies readonly (readonly [Target, Expr])[]
    ).map(([target, value]): Statement => ({ kind: 'assign', target, value })),
  ]);

const one: Expr = { kind: 'number', value: 1n };

/** What the variables held, told by maps. Not reached after a return, by both sides. */
const epilogue: Block = [...intVariables, ...fixedVariables, ...textVariables, 'u'].map(
  (name): Statement => ({ kind: 'assign', target: map(`of_${name}`, []), value: variable(name) }),
);

export const randomBlock: fc.Arbitrary<Block> = fc
  .tuple(prelude, fc.array(block, { maxLength: 3 }))
  .map(([first, blocks]) => [...first, ...settle(blocks.flat()), ...epilogue]);

const word = fc.oneof(
  fc.constantFrom(...numbers, ...numbers.map((value) => BigInt.asUintN(64, -value))),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

export const randomArguments = fc.tuple(word, word);
