/** Expressions: numbers end up in registers, everything else in bytes. One small function for each kind. */

import { assert, assertNever, present } from '../base/assert.ts';
import type { Argument, Operand } from '../builtins/emitter.ts';
import type { TypedArgument, TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, partsOf, sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import { emitAggregateGet } from './emit-aggregate-get.ts';
import { emitEqualBytes, emitEqualsText } from './emit-compare.ts';
import { emitConversion } from './emit-convert.ts';
import { emitDivision } from './emit-division.ts';
import { emitExternal } from './emit-external.ts';
import { emitInvoke } from './emit-invoke.ts';
import type { Source } from './emit-load.ts';
import { emitLoad, pointerOf, sourceOf, spaceOf } from './emit-load.ts';
import { emitMapAdd, emitMapAddress, emitMapMemory, emitMapScalar, emitMapStep } from './emit-map.ts';
import { emitAdvance, emitArrayElement, emitElement, emitPart } from './emit-part.ts';
import { emitStatements } from './emit-statement.ts';
import { widthOf } from './words.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { integerType, nullPointer } from './llvm/ir-value.ts';
import { Place, Register } from './values.ts';
import { homeOf } from './variables.ts';

export type ExprOf<K extends TypedExpr['kind']> = Extract<TypedExpr, { kind: K }>;

/** A value that fits a register, as wide as its type; a bool is one bit. */
export function scalarOf(emission: Emission, expr: TypedExpr): Register {
  const value = emission.out.at(expr.span, () => evaluate(emission, expr));
  assert(value instanceof Register, `${expr.kind} of ${expr.type.kind} is a number`);
  if (expr.type.kind === 'bool' && value.bits !== 1) return emission.out.compare('!=', value, 0);
  return value;
}

/** A value's bytes. */
export function memoryOf(emission: Emission, expr: TypedExpr): Place {
  const value = emission.out.at(expr.span, () => evaluate(emission, expr));
  assert(value instanceof Place, `${expr.kind} of ${expr.type.kind} lies in memory`);
  return value;
}

/** Puts a value where it belongs: made there if possible, copied else. The place has the type's size. */
export function emitInto(emission: Emission, expr: TypedExpr, place: Place): void {
  const { out } = emission;
  if (isScalar(expr.type)) return out.store(place, 0, scalarOf(emission, expr));
  out.landIn(place, () => memoryOf(emission, expr));
}

/** 64 bits for computing, extended by the type's own sign. */
export function wideOf(emission: Emission, expr: TypedExpr): Register {
  return emission.out.resize(scalarOf(emission, expr), 64, isSigned(expr.type));
}

export const isSigned = (type: Type): boolean => (type.kind === 'int' || type.kind === 'enum') && type.signed;

function evaluate(emission: Emission, expr: TypedExpr): Operand {
  const { out } = emission;
  switch (expr.kind) {
    case 'constant':
      return expr.type.kind === 'bool'
        ? out.truth(expr.value !== 0n)
        : out.int(expr.value, widthOf(expr.type));
    case 'text':
      return out.literal(expr.value, expr.type.capacity);
    case 'variable':
      return emitVariable(emission, expr);
    case 'variable-address':
      return out.addressOf(homeOf(emission, expr.variable));
    case 'map-address':
      return emitMapAddress(emission, expr.map);
    case 'map-get':
      return isScalar(expr.type)
        ? asTruth(emission, expr.type, emitMapScalar(emission, expr.map, expr.key))
        : emitMapMemory(emission, expr.map, expr.key);
    case 'aggregate-get':
      return emitAggregateGet(emission, expr);
    case 'unary':
      return emitUnary(emission, expr);
    case 'not':
      return out.xor(scalarOf(emission, expr.operand), 1);
    case 'arithmetic':
      return emitArithmetic(emission, expr);
    case 'comparison':
      return emitComparison(emission, expr);
    case 'logical':
      return emitLogical(emission, expr);
    case 'conditional':
      return emitChoice(emission, expr.type, scalarOf(emission, expr.condition), expr.then, expr.else);
    case 'elvis':
      return emitElvis(emission, expr);
    case 'tuple':
      return emitTuple(emission, expr);
    case 'element':
      return emitElement(emission, expr);
    case 'part':
      return emitPart(emission, expr);
    case 'array-element':
      return emitArrayElement(emission, expr);
    case 'load':
      return emitLoad(emission, expr);
    case 'advance':
      return emitAdvance(emission, expr);
    case 'convert':
      return emitConversion(emission, expr);
    case 'step':
      return emitStep(emission, expr);
    case 'builtin':
      return notContext(expr.definition.emit(out));
    case 'call':
      return emitCall(emission, expr);
    case 'invoke':
      return emitResult(emission, expr);
    case 'external':
      return emitExternal(emission, expr) ?? nothing;
    case 'block':
      return emitBlockExpr(emission, expr);
    default:
      return assertNever(expr);
  }
}

function notContext(value: Operand | 'context'): Operand {
  assert(value !== 'context', 'the context is read through its fields only');
  return value;
}

/** Memory holds a truth value as a byte. */
export function asTruth({ out }: Emission, type: Type, value: Register): Register {
  return type.kind === 'bool' && value.bits !== 1 ? out.compare('!=', value, 0) : value;
}

function emitVariable(emission: Emission, { variable, type }: ExprOf<'variable'>): Operand {
  const { out } = emission;
  const home = homeOf(emission, variable);
  if (!isScalar(type)) return home;
  const value = out.builder.load(integerType(sizeOf(type)), home.pointer, variable.name);
  return asTruth(emission, type, new Register(value));
}

function emitUnary(emission: Emission, { op, operand }: ExprOf<'unary'>): Register {
  const { out } = emission;
  const value = scalarOf(emission, operand);
  return op === '-' ? out.subtract(out.int(0, widthOf(operand.type)), value) : out.xor(value, -1);
}

function emitArithmetic(emission: Emission, expr: ExprOf<'arithmetic'>): Register {
  const left = scalarOf(emission, expr.left);
  const right = scalarOf(emission, expr.right);
  return arithmetic(emission, expr.op, left, right, isSigned(expr.left.type), expr);
}

/** On 64 bits. Shift counts are taken modulo 64, as the machine does. */
export function arithmetic(
  { out }: Emission,
  op: ExprOf<'arithmetic'>['op'],
  left: Register,
  right: Register,
  signed: boolean,
  { span }: Pick<TypedExpr, 'span'>,
): Register {
  switch (op) {
    case '+':
      return out.add(left, right);
    case '-':
      return out.subtract(left, right);
    case '*':
      return out.multiply(left, right);
    case '&':
      return out.and(left, right);
    case '|':
      return out.or(left, right);
    case '^':
      return out.xor(left, right);
    case '<<':
      return out.shiftLeft(left, out.and(right, 63));
    case '>>':
      return signed
        ? out.shiftRightSigned(left, out.and(right, 63))
        : out.shiftRight(left, out.and(right, 63));
    case '/':
    case '%':
      return emitDivision(out, op, left, right, signed, span);
    default:
      return assertNever(op);
  }
}

function emitComparison(emission: Emission, { op, left, right }: ExprOf<'comparison'>): Register {
  const { out } = emission;
  if (!isScalar(left.type)) {
    const equal = emitEquality(emission, left, right);
    return op === '==' ? equal : out.xor(equal, 1);
  }
  const [a, b] = isNullCheck(op, left, right)
    ? [pointerOf(emission, left), pointerOf(emission, right)]
    : [scalarOf(emission, left), scalarOf(emission, right)];
  return out.compare(op, a, b, isSigned(left.type));
}

/** Whether a pointer is null the verifier lets us ask of every pointer. */
const isNullCheck = (op: ExprOf<'comparison'>['op'], left: TypedExpr, right: TypedExpr): boolean =>
  (op === '==' || op === '!=') && [left, right].some((side) => side.kind === 'constant' && side.value === 0n);

function emitEquality(emission: Emission, left: TypedExpr, right: TypedExpr): Register {
  const { out } = emission;
  if (right.kind === 'text' || left.kind === 'text') {
    const [text, other] = right.kind === 'text' ? [right, left] : [left, right];
    assert(text.kind === 'text', 'one of the two is text of the script');
    return emitEqualsText(out, memoryOf(emission, other), text.value, () => memoryOf(emission, text));
  }
  const [a, b] = [memoryOf(emission, left), memoryOf(emission, right)];
  assert(left.type.kind === 'string' || a.bytes === b.bytes, 'values of one type are compared');
  return emitEqualBytes(out, a, b, Math.min(a.bytes, b.bytes), left.type.kind === 'string');
}

/** Goes on at `yes` or `no`; what the first operand of && or || decides alone needs no value. */
export function branchOn(emission: Emission, condition: TypedExpr, yes: IrBlock, no: IrBlock): void {
  const { builder } = emission.out;
  if (condition.kind === 'logical') {
    const isAnd = condition.op === '&&';
    const further = builder.block(isAnd ? 'and' : 'or');
    branchOn(emission, condition.left, isAnd ? further : yes, isAnd ? no : further);
    builder.enter(further);
    branchOn(emission, condition.right, yes, no);
  } else if (condition.kind === 'not') branchOn(emission, condition.operand, no, yes);
  else builder.condBr(scalarOf(emission, condition).ir, yes, no);
}

function emitLogical(emission: Emission, { op, left, right }: ExprOf<'logical'>): Register {
  const { out } = emission;
  const evaluateRight = () => scalarOf(emission, right);
  const first = scalarOf(emission, left);
  return op === '&&'
    ? out.choose(first, evaluateRight, () => out.truth(false))
    : out.choose(first, () => out.truth(true), evaluateRight);
}

function emitChoice(
  emission: Emission,
  type: Type,
  condition: Register,
  then: TypedExpr,
  otherwise: TypedExpr,
): Operand {
  const { out } = emission;
  if (isScalar(type))
    return out.choose(
      condition,
      () => scalarOf(emission, then),
      () => scalarOf(emission, otherwise),
    );
  if (type.kind === 'none') {
    const act = (expr: TypedExpr) => (): void => void out.at(expr.span, () => evaluate(emission, expr));
    out.when(condition, act(then), act(otherwise));
    return nothing;
  }
  const result = out.reserve(sizeOf(type), 'choice');
  out.when(
    condition,
    () => emitInto(emission, then, result),
    () => emitInto(emission, otherwise, result),
  );
  return result;
}

/** What a call gives that is made for what it does. */
const nothing = new Place(nullPointer, 0);

function emitElvis(emission: Emission, { type, value, else: otherwise }: ExprOf<'elvis'>): Operand {
  const { out } = emission;
  if (!isScalar(type)) {
    const result = out.reserve(sizeOf(type), 'choice');
    emitInto(emission, value, result);
    out.when(out.compare('==', out.load(result, 0, 8), 0), () => emitInto(emission, otherwise, result));
    return result;
  }
  const first = scalarOf(emission, value);
  const condition = first.bits === 1 ? first : out.compare('!=', first, 0);
  return out.choose(
    condition,
    () => first,
    () => scalarOf(emission, otherwise),
  );
}

function emitTuple(emission: Emission, { type, elements }: ExprOf<'tuple'>): Place {
  const { out } = emission;
  const layout = partsOf(type);
  const place = out.reserve(layout.size, 'tuple');
  for (const { offset, bytes } of gapsOf(layout)) out.zero(out.part(place, offset, bytes));
  layout.slots.forEach((slot, index) =>
    emitInto(emission, present(elements[index], 'element'), out.part(place, slot.offset, sizeOf(slot.type))),
  );
  return place;
}

function emitStep(emission: Emission, { type, target, delta, prefix }: ExprOf<'step'>): Register {
  const { out } = emission;
  if (target.kind === 'map') return emitMapStep(emission, target.map, target.key, delta, prefix);
  const home = homeOf(emission, target.variable);
  const width = integerType(sizeOf(type));
  const before = new Register(out.builder.load(width, home.pointer, target.variable.name));
  const after = out.add(before, delta);
  out.builder.store(after.ir, home.pointer);
  return prefix ? after : before;
}

function emitCall(emission: Emission, { definition, args, span }: ExprOf<'call'>): Operand {
  return definition.emit(args, emission.out, span) ?? nothing;
}

/** Of a function of the script. */
function emitResult(emission: Emission, expr: ExprOf<'invoke'>): Operand {
  const result = emitInvoke(emission, expr);
  if (expr.type.kind === 'none') return nothing;
  return asTruth(emission, expr.type, emission.out.resize(result, widthOf(expr.type)));
}

/** The result outlives the block's own values. */
function emitBlockExpr(emission: Emission, { type, body, result }: ExprOf<'block'>): Operand {
  const { out } = emission;
  const place = isScalar(type) || type.kind === 'none' ? undefined : out.reserve(sizeOf(type), 'block');
  return out.storage.scope(() => {
    out.withoutLanding(() => emitStatements(emission, body));
    // If the block ends before its result, sema has said so; LLVM drops what follows.
    if (out.builder.hasEnded) out.builder.enter(out.builder.block('unreachable'));
    if (place) emitInto(emission, result, place);
    return place ?? out.at(result.span, () => evaluate(emission, result));
  });
}

/** An expression for what it does. */
export function evaluateOnly(emission: Emission, expr: TypedExpr, isDiscarded: boolean): void {
  const { out } = emission;
  if (expr.kind === 'call' && expr.definition.emitUnused && !isDiscarded) {
    const { definition, args, span } = expr;
    return out.at(span, () => definition.emitUnused?.(args, out, span));
  }
  out.at(expr.span, () => {
    if (expr.kind !== 'step' || expr.target.kind !== 'map') return void evaluate(emission, expr);
    const { map, key } = expr.target;
    emitMapAdd(emission, map, key, out.int(expr.delta, widthOf(map.value)));
  });
}

/** An argument as a builtin asks for it. */
export function evaluateArgument(emission: Emission, argument: Argument): Operand {
  const expr = expressionOf(argument);
  return isScalar(expr.type) ? scalarOf(emission, expr) : memoryOf(emission, expr);
}

/** Where an argument's bytes are, without reading them: of a pointer what it leads to, of a field of a struct the field. */
export function addressOfArgument(emission: Emission, argument: Argument): Source {
  const { out } = emission;
  const expr = expressionOf(argument);
  const space = spaceOf(emission, expr.type);
  if (expr.type.kind === 'pointer') return { address: pointerOf(emission, expr), space };
  if (isScalar(expr.type)) return { address: wideOf(emission, expr), space };
  if (expr.kind === 'load' && !expr.bits) return sourceOf(emission, expr);
  return { address: out.addressOf(memoryOf(emission, expr)), space: 'kernel' };
}

function expressionOf(argument: Argument): TypedExpr {
  const typed: TypedArgument = argument;
  return present(typed.expr, 'expression of an argument');
}
