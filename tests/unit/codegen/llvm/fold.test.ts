/** What we fold must be what the machine would do: random expressions, folded by us and left to LLVM, give the same number. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitObject } from '../../../../src/codegen/llvm/emit-object.ts';
import type { BinaryOperation, Comparison } from '../../../../src/codegen/llvm/fold.ts';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';
import type { IntegerIrType, IrValue } from '../../../../src/codegen/llvm/ir-value.ts';
import { bitsOf, constant, i64, signedConstant } from '../../../../src/codegen/llvm/ir-value.ts';
import { printModule } from '../../../../src/codegen/llvm/module.ts';
import { installedLlvms } from './llvm-versions.ts';

type Tree =
  | { readonly kind: 'leaf'; readonly value: bigint }
  | {
      readonly kind: 'binary';
      readonly operation: BinaryOperation;
      readonly left: Tree;
      readonly right: Tree;
    }
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly left: Tree; readonly right: Tree }
  | { readonly kind: 'through'; readonly type: IntegerIrType; readonly signed: boolean; readonly of: Tree };

const operations = ['add', 'sub', 'mul', 'udiv', 'urem', 'and', 'or', 'xor', 'shl', 'lshr', 'ashr'] as const;
const comparisons = ['eq', 'ne', 'ult', 'ule', 'ugt', 'uge', 'slt', 'sle', 'sgt', 'sge'] as const;

const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.record({
      kind: fc.constant('leaf' as const),
      value: fc.oneof(
        fc.bigInt({ min: -3n, max: 70n }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      ),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operation: fc.constantFrom(...operations),
      left: tie('tree'),
      right: tie('tree'),
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      comparison: fc.constantFrom(...comparisons),
      left: tie('tree'),
      right: tie('tree'),
    }),
    fc.record({
      kind: fc.constant('through' as const),
      type: fc.constantFrom('i8' as const, 'i16' as const, 'i32' as const),
      signed: fc.boolean(),
      of: tie('tree'),
    }),
  ),
})).tree;

/** Writes the tree, each leaf made by `leaf`. Shift amounts and divisors are kept defined, as codegen must. */
function write(b: FunctionBuilder, tree: Tree, leaf: (value: bigint) => IrValue): IrValue {
  switch (tree.kind) {
    case 'leaf':
      return leaf(tree.value);
    case 'binary': {
      const right = write(b, tree.right, leaf);
      return b.binary(
        tree.operation,
        write(b, tree.left, leaf),
        defined(b, tree.operation, right),
        tree.operation,
      );
    }
    case 'compare': {
      const [left, right] = [write(b, tree.left, leaf), write(b, tree.right, leaf)];
      return b.zext(b.icmp(tree.comparison, left, right, tree.comparison), 'i64', 'truth');
    }
    case 'through': {
      const cut = b.trunc(write(b, tree.of, leaf), tree.type, 'cut');
      return tree.signed ? b.sext(cut, 'i64', 'wide') : b.zext(cut, 'i64', 'wide');
    }
  }
}

function defined(b: FunctionBuilder, operation: BinaryOperation, right: IrValue): IrValue {
  if (operation === 'shl' || operation === 'lshr' || operation === 'ashr')
    return b.and(right, i64(63), 'amount');
  if (operation === 'udiv' || operation === 'urem') return b.or(right, i64(1), 'divisor');
  return right;
}

const [llvm] = installedLlvms();

/** What LLVM makes of the tree when every leaf is read back from the stack, so that we know nothing and it finds out all. */
function foldedByLlvm(tree: Tree): string {
  const b = new FunctionBuilder('f', { section: 's_f' });
  const result = write(b, tree, (value) => {
    const slot = b.alloca('i64', 'leaf');
    b.store(i64(value), slot);
    return b.load('i64', slot, 'value');
  });
  b.ret(result);
  const text = printModule({ source: { name: 'x', text: '' }, maps: [], functions: [b] });
  const emitted = llvm && emitObject(llvm, text, { wantIr: true });
  if (!emitted?.ok) throw new Error(emitted?.error.message ?? 'no LLVM');
  return (
    /ret i64 (-?\d+)/.exec(emitted.value.optimisedIr ?? '')?.[1] ?? `not folded: ${emitted.value.optimisedIr}`
  );
}

function foldedByUs(tree: Tree): string {
  const b = new FunctionBuilder('f');
  return signedConstant(write(b, tree, i64)).toString();
}

test('random expressions compile, and fold to what LLVM folds them to', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      expect(foldedByUs(tree)).toBe(foldedByLlvm(tree));
    }),
    { numRuns: 300 },
  );
});

test('random expressions of unknown values are verified by LLVM', () => {
  const programs = fc.array(trees, { minLength: 1, maxLength: 4 });
  const property = fc.property(programs, (expressions) => {
    const b = new FunctionBuilder('f', { section: 's_f' });
    const unknown = b.load('i64', b.parameter(0), 'unknown', { volatile: true });
    const results = expressions.map((tree) =>
      write(b, tree, (value) => (value % 2n === 0n ? unknown : i64(value))),
    );
    b.ret(results.reduce((sum, result) => b.xor(sum, result, 'sum'), i64(0)));
    const text = printModule({ source: { name: 'x', text: '' }, maps: [], functions: [b] });
    const emitted = llvm && emitObject(llvm, text);
    expect(emitted?.ok === false ? emitted.error : undefined).toBeUndefined();
  });
  fc.assert(property, { numRuns: 100 });
});

test('a constant keeps its value through every width', () => {
  const widths = fc.constantFrom<IntegerIrType>('i8', 'i16', 'i32', 'i64');
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), widths, (value, type) => {
      expect(constant(type, value).constant).toBe(BigInt.asUintN(bitsOf(type), value));
    }),
  );
});
