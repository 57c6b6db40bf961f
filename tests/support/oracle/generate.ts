/** Random programs for the reference evaluator, of statements around random expressions. */

import fc from 'fast-check';

import type { Of } from './generate-expression.ts';
import {
  anyInt,
  argument,
  arithmetic,
  castArgument,
  comparison,
  defined,
  dividing,
  divisor,
  fixedVariables,
  intType,
  intVariables,
  map,
  number,
  numberExpr,
  numbers,
  orders,
  record,
  recordOf,
  recordVariable,
  textExpr,
  textVariables,
  truth,
  truthVariable,
  tuple,
  tupleVariable,
  variable,
} from './generate-expression.ts';
import type { Block, Expr, Statement, Target } from './model.ts';
import { entryName, givenNames, roundName, settle } from './settle.ts';

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

/** What the body of a loop over a map computes with: the entry, and nothing that the body changes. */
const entry: Expr = { kind: 'variable', name: entryName };
const part = (tuple: Expr, index: number): Expr => ({ kind: 'element', tuple, index });

/** Over @k, whose key is a number, and over @p, whose key is a number and a text. */
const loops = [
  { name: 'k', copy: 'e', numbers: [part(entry, 0), part(entry, 1)] },
  { name: 'p', copy: 'q', numbers: [part(part(entry, 0), 0), part(entry, 1)] },
] as const;

/** One for each place, each with one operator: what is done to a number may be done in any order then. */
const updates = (value: Of): fc.Arbitrary<Block> =>
  fc.uniqueArray(
    fc.record({
      kind: fc.constant('update' as const),
      op: fc.constantFrom('+' as const, '-' as const, '^' as const, '|' as const, '&' as const),
      target: fc.constantFrom<Target>(...[...intVariables, ...fixedVariables].map(variable), map('x', [])),
      value,
    }),
    { maxLength: 3, selector: ({ target }) => target.name },
  );

const each: fc.Arbitrary<Statement> = fc.constantFrom(...loops).chain(({ name, copy, numbers: parts }) => {
  const leaf = fc.oneof(fc.constantFrom(...parts), number, argument);
  const value = fc.oneof(leaf, arithmetic(defined, leaf, leaf));
  const jump = comparison(orders, leaf).map((condition): Block => [
    { kind: 'if', condition, then: [{ kind: 'continue' }], else: [] },
  ]);
  const copies: Block = [{ kind: 'assign', target: map(copy, [part(entry, 0)]), value: part(entry, 1) }];
  return fc
    .tuple(fc.oneof(jump, fc.constant([])), updates(value), fc.constantFrom<Block>(copies, []))
    .map((blocks): Statement => ({ kind: 'each', name: entryName, map: name, body: blocks.flat() }));
});

/** Statements that hold no others, but for a loop over a map, whose body is its own. */
const simple: readonly fc.Arbitrary<Statement>[] = [
  assignNumber,
  assign(
    fc.oneof(
      fc.constantFrom(...textVariables).map(variable),
      textExpr.map((key) => map('n', [key])),
    ),
    textExpr,
  ),
  assign(fc.constantFrom<Target>(variable(tupleVariable), map('v', [])), tuple),
  assign(
    fc.oneof(
      fc.constant(variable(recordVariable)),
      numberExpr.map((key) => map('d', [key])),
    ),
    record,
  ),
  assign(
    fc.oneof(
      fc.constant(variable(truthVariable)),
      numberExpr.map((key) => map('w', [key])),
    ),
    truth,
  ),
  assign(
    fc.constantFrom(...intVariables).map(variable),
    fc.record({
      kind: fc.constant('stepped' as const),
      op: fc.constantFrom('++' as const, '--' as const),
      isPrefix: fc.boolean(),
      target: numberTarget,
    }),
  ),
  each,
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
];

const { block } = fc.letrec<{ statement: Statement; block: Block }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    ...simple,
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
        [variable(truthVariable), { kind: 'comparison', op: '==', left: variable('a'), right: one }],
        [map('w', [one]), { kind: 'truth', value: true }],
        [variable(tupleVariable), { kind: 'tuple', elements: [one, { kind: 'text', value: 'a' }] }],
        [variable(recordVariable), firstRecord],
        [map('d', [one]), firstRecord],
        [map('v', []), { kind: 'tuple', elements: [one, { kind: 'text', value: 'ab' }] }],
        [map('x', []), one],
        [map('k', [one]), one],
        [map('p', [one, { kind: 'text', value: 'a' }]), one],
        [map('e', [one]), one],
        [map('q', [one, { kind: 'text', value: 'a' }]), one],
        [map('n', [{ kind: 'text', value: 'a' }]), { kind: 'text', value: 'b' }],
      ] satisfies readonly (readonly [Target, Expr])[]
    ).map(([target, value]): Statement => ({ kind: 'assign', target, value })),
  ]);

const one: Expr = { kind: 'number', value: 1n };
const firstRecord = recordOf(
  one,
  { kind: 'text', value: 'a' },
  { kind: 'tuple', elements: [one, { kind: 'text', value: 'abc' }] },
);

const tell = (name: string, value: Expr): Statement => ({
  kind: 'assign',
  target: map(`of_${name}`, []),
  value,
});

/** What the variables held, told by maps: numbers by one, for each takes LLVM its time. Not reached after a return, by both sides. */
const epilogue: Block = [
  tell('numbers', { kind: 'tuple', elements: [...intVariables, ...fixedVariables].map(variable) }),
  ...[...textVariables, truthVariable, tupleVariable, recordVariable].map((name) =>
    tell(name, variable(name)),
  ),
];

export const randomBlock: fc.Arbitrary<Block> = fc
  .tuple(prelude, fc.array(block, { maxLength: 3 }))
  .map(([first, blocks]) => [...first, ...settle(blocks.flat()), ...epilogue]);

const word = fc.oneof(
  fc.constantFrom(...numbers, ...numbers.map((value) => BigInt.asUintN(64, -value))),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

export const randomArguments = fc.tuple(word, word);
