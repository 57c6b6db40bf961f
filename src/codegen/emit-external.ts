/** Calls of functions of C that the script imports. Numbers and pointers go in registers; of text it is the address. */

import type { Operand } from '../builtins/emitter.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import { sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { isSigned, memoryOf, scalarOf, wideOf } from './emit-expression.ts';
import { pointerOf } from './emit-load.ts';
import type { IrType, IrValue } from './llvm/ir-value.ts';
import { integerType } from './llvm/ir-value.ts';
import { Register } from './values.ts';

/** Undefined if it returns nothing. */
export function emitExternal(
  emission: Emission,
  { function: callee, type, args }: Extract<TypedExpr, { kind: 'external' }>,
): Operand | undefined {
  const { out } = emission;
  const parameters = callee.parameters.map((parameter) => ({
    type: irType(parameter.type),
    signed: isSigned(parameter.type),
  }));
  const values = args.map((arg, index) => emitArgument(emission, arg, parameters[index]?.type ?? 'i64'));
  const result = out.builder.callExternal(
    { name: callee.name, parameters, result: type.kind === 'none' ? undefined : irType(type) },
    values,
  );
  if (!result) return undefined;
  return new Register(result.type === 'ptr' ? out.builder.ptrToInt(result, callee.name) : result);
}

/** A truth value is a bit in C's calling convention. */
function irType(type: Type): IrType {
  if (type.kind === 'pointer') return 'ptr';
  return type.kind === 'bool' ? 'i1' : integerType(sizeOf(type));
}

function emitArgument(emission: Emission, arg: TypedExpr, type: IrType): IrValue {
  if (type !== 'ptr') return scalarOf(emission, arg).ir;
  if (arg.type.kind === 'string') return memoryOf(emission, arg).pointer;
  const { ir } = arg.type.kind === 'pointer' ? pointerOf(emission, arg) : wideOf(emission, arg);
  return ir.type === 'ptr' ? ir : emission.out.builder.intToPtr(ir, 'pointer');
}
