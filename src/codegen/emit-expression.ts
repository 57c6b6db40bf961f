/** Expressions: numbers end up in registers, everything else in bytes. One small function for each kind. */

import { assert, assertNever, Bug, present } from '../base/assert.ts';
import type { Argument, Operand, Scalar } from '../builtins/emitter.ts';
import type { TypedArgument, TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, partsOf, sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { tuple as tupleType } from '../types/type.ts';
import type { ByteText } from '../types/value.ts';
import { runtimeWarning } from '../builtins/runtime-warning.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import { emitEqualBytes, emitEqualsText, emitEqualTexts } from './emit-compare.ts';
import { emitDivision } from './emit-division.ts';
import { emitMapMemory, emitMapScalar, emitMapStep } from './emit-map.ts';
import { widthOf } from './emit-record.ts';
import { Place, Register, registerOf } from './values.ts';

type ExprOf<K extends TypedExpr['kind']> = Extract<TypedExpr, { kind: K }>;

/** A value that fits a register, as wide as its type; a bool is one bit. */
export function scalarOf(emission: Emission, expr: TypedExpr): Register {
  emission.out.locate(expr.span);
  const value = evaluate(emission, expr);
  assert(value instanceof Register, `${expr.kind} of ${expr.type.kind} is a number`);
  if (expr.type.kind === 'bool' && value.bits !== 1) return emission.out.compare('!=', value, 0);
  return value;
}

/** A value's bytes. */
export function memoryOf(emission: Emission, expr: TypedExpr): Place {
  emission.out.locate(expr.span);
  const value = evaluate(emission, expr);
  assert(value instanceof Place, `${expr.kind} of ${expr.type.kind} lies in memory`);
  return value;
}

/** Puts a value where it belongs: made there if possible, copied else. The place has the type's size. */
export function emitInto(emission: Emission, expr: TypedExpr, place: Place): void {
  const { out } = emission;
  if (isScalar(expr.type)) return out.store(place, 0, scalarOf(emission, expr));
  out.landIn(place, () => memoryOf(emission, expr));
}

/** What a value of a bool is: 64 bits for computing, with the type's own sign. */
export function wideOf(emission: Emission, expr: TypedExpr): Register {
  return emission.out.resize(scalarOf(emission, expr), 64, isSigned(expr.type));
}

const isSigned = (type: Type): boolean => (type.kind === 'int' || type.kind === 'enum') && type.signed;

function evaluate(emission: Emission, expr: TypedExpr): Operand {
  const { out } = emission;
  switch (expr.kind) {
    case 'constant':
      return expr.type.kind === 'bool' ? out.truth(expr.value !== 0n) : out.int(expr.value, widthOf(expr.type));
    case 'text':
      return emitText(emission, expr.value, expr.type.capacity);
    case 'variable':
      return emitVariable(emission, expr);
    case 'map-get':
      return isScalar(expr.type) ? asTruth(emission, expr.type, emitMapScalar(emission, expr.map, expr.key)) : emitMapMemory(emission, expr.map, expr.key);
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
    case 'array-element':
      return emitArrayElement(emission, expr);
    case 'load':
      return emitLoad(emission, expr);
    case 'advance':
      return out.add(scalarOf(emission, expr.pointer), out.multiply(wideOf(emission, expr.count), expr.stride));
    case 'convert':
      return emitConversion(emission, expr);
    case 'step':
      return emitStep(emission, expr);
    case 'builtin':
      return notContext(expr.definition.emit(out));
    case 'call':
      return emitCall(emission, expr);
    default:
      return assertNever(expr);
  }
}

function notContext(value: Operand | 'context'): Operand {
  assert(value !== 'context', 'the context is read through its fields only');
  return value;
}

/** Memory holds a truth value as a byte. */
function asTruth({ out }: Emission, type: Type, value: Register): Register {
  return type.kind === 'bool' && value.bits !== 1 ? out.compare('!=', value, 0) : value;
}

/** Text of the script, zeros behind it. */
function emitText({ out }: Emission, text: ByteText, capacity: number): Place {
  const place = out.reserve(capacity, 'text');
  const bytes = Buffer.alloc(capacity);
  bytes.write(text.slice(0, capacity - 1), 'latin1');
  let offset = 0;
  const used = Math.min(capacity, Math.ceil((text.length + 1) / 8) * 8);
  for (const size of [8, 4, 2, 1] as const)
    for (; used - offset >= size; offset += size) {
      const word = bytes.subarray(offset, offset + size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      out.store(place, offset, out.int(word, (size * 8) as 8 | 16 | 32 | 64));
    }
  if (capacity > offset) out.zero(out.part(place, offset, capacity - offset));
  return place;
}

function emitVariable(emission: Emission, { variable, type }: ExprOf<'variable'>): Operand {
  const { out, variables } = emission;
  const home = present(variables.get(variable.id), `variable $${variable.name}`);
  if (home instanceof Place) return home;
  return asTruth(emission, type, new Register(out.builder.load(out.int(0, widthOf(type)).ir.type, home, variable.name)));
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
      return signed ? out.shiftRightSigned(left, out.and(right, 63)) : out.shiftRight(left, out.and(right, 63));
    case '/':
    case '%':
      return emitDivision(out, op, left, right, signed, span);
    default:
      return assertNever(op);
  }
}

function emitComparison(emission: Emission, { op, left, right }: ExprOf<'comparison'>): Register {
  const { out } = emission;
  if (isScalar(left.type)) {
    const a = scalarOf(emission, left);
    return out.compare(op, a, scalarOf(emission, right), isSigned(left.type));
  }
  const equal = emitEquality(emission, left, right);
  return op === '==' ? equal : out.xor(equal, 1);
}

function emitEquality(emission: Emission, left: TypedExpr, right: TypedExpr): Register {
  const { out } = emission;
  if (left.type.kind === 'string') {
    if (right.kind === 'text') return emitEqualsText(out, memoryOf(emission, left), right.value);
    if (left.kind === 'text') return emitEqualsText(out, memoryOf(emission, right), left.value);
    return emitEqualTexts(out, memoryOf(emission, left), memoryOf(emission, right));
  }
  return emitEqualBytes(out, memoryOf(emission, left), memoryOf(emission, right), sizeOf(left.type));
}

function emitLogical(emission: Emission, { op, left, right }: ExprOf<'logical'>): Register {
  const { out } = emission;
  const evaluateRight = () => scalarOf(emission, right);
  const first = scalarOf(emission, left);
  return op === '&&'
    ? out.choose(first, evaluateRight, () => out.truth(false))
    : out.choose(first, () => out.truth(true), evaluateRight);
}

function emitChoice(emission: Emission, type: Type, condition: Register, then: TypedExpr, otherwise: TypedExpr): Operand {
  const { out } = emission;
  if (isScalar(type))
    return out.choose(
      condition,
      () => scalarOf(emission, then),
      () => scalarOf(emission, otherwise),
    );
  const result = out.reserve(sizeOf(type), 'choice');
  out.when(
    condition,
    () => emitInto(emission, then, result),
    () => emitInto(emission, otherwise, result),
  );
  return result;
}

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
  for (const { offset, bytes } of gapsOf(layout, (slot) => sizeOf(slot.type))) out.builder.memset(out.at(place, offset), 0, bytes);
  layout.slots.forEach((slot, index) =>
    emitInto(emission, present(elements[index], 'element'), out.part(place, slot.offset, sizeOf(slot.type))),
  );
  return place;
}

/** A part of a value in memory. */
function partAt(emission: Emission, whole: Place, offset: number, type: Type): Operand {
  const { out } = emission;
  if (!isScalar(type)) return out.part(whole, offset, sizeOf(type));
  return asTruth(emission, type, out.load(whole, offset, widthOf(type)));
}

function emitElement(emission: Emission, { type, tuple, index }: ExprOf<'element'>): Operand {
  assert(tuple.type.kind === 'tuple', 'elements are of tuples');
  const slot = present(partsOf(tupleType(tuple.type.of)).slots[index], 'element');
  const whole = emission.out.withoutLanding(() => memoryOf(emission, tuple));
  return partAt(emission, whole, slot.offset, type);
}

function emitArrayElement(emission: Emission, expr: ExprOf<'array-element'>): Operand {
  const { out } = emission;
  const { type, array } = expr;
  assert(array.type.kind === 'array' && isScalar(type), 'a number out of an array');
  const { length } = array.type;
  const whole = out.withoutLanding(() => memoryOf(emission, array));
  const index = new Register(out.builder.opaque(wideOf(emission, expr.index).ir, 'index'));
  const width = widthOf(type);
  const value = out.choose(
    out.compare('<', index, length),
    () => out.loadAt(whole, out.multiply(index, sizeOf(type)), width),
    () => {
      out.submit(runtimeWarning, { place: out.place(expr.span, `Array index out of bounds: the array has ${length} elements; 0 is used`) });
      return out.int(0, width);
    },
  );
  return asTruth(emission, type, value);
}

/** Whose memory a pointer leads into. */
const spaceOf = (emission: Emission, type: Type): 'kernel' | 'user' => {
  const space = type.kind === 'pointer' ? type.space : 'none';
  return space === 'kernel' || space === 'user' ? space : emission.out.program.context.space;
};

interface Source {
  readonly address: Scalar;
  readonly space: 'kernel' | 'user';
}

/** Where a load reads from. */
function sourceOf(emission: Emission, { pointer, offset, dynamic }: ExprOf<'load'>): Source {
  const { out } = emission;
  if (!isContext(pointer)) return { address: out.add(scalarOf(emission, pointer), offset), space: spaceOf(emission, pointer.type) };
  const base = out.contextAddress();
  if (!dynamic) return { address: out.add(base, offset), space: 'kernel' };
  const location = out.context({ offset, type: { kind: 'int', bytes: 4, signed: false } });
  return { address: out.add(base, out.and(out.resize(location, 64), 0xffff)), space: 'kernel' };
}

const isContext = (pointer: TypedExpr): boolean => pointer.type.kind === 'pointer' && pointer.type.space === 'context';

function emitLoad(emission: Emission, expr: ExprOf<'load'>): Operand {
  const { out } = emission;
  const { type } = expr;
  if (expr.bits) return emitBitfield(emission, expr, expr.bits);
  if (isScalar(type) && isContext(expr.pointer)) return asTruth(emission, type, out.context({ offset: expr.offset, type }));
  if (isScalar(type)) {
    const place = out.withoutLanding(() => out.reserve(sizeOf(type), 'read'));
    const { address, space } = out.withoutLanding(() => sourceOf(emission, expr));
    out.readMemory(place, sizeOf(type), address, space);
    return asTruth(emission, type, out.load(place, 0, widthOf(type)));
  }
  const place = out.reserve(sizeOf(type), 'read');
  const { address, space } = out.withoutLanding(() => sourceOf(emission, expr));
  if (type.kind === 'string') {
    out.zero(place);
    out.readText(place, place.bytes, address, space);
  } else out.readMemory(place, place.bytes, address, space);
  return place;
}

/** A few bits out of the bytes that hold them. */
function emitBitfield(emission: Emission, expr: ExprOf<'load'>, { start, width }: { readonly start: number; readonly width: number }): Register {
  const { out } = emission;
  const firstByte = Math.floor(start / 8);
  const bytes = Math.ceil((start + width) / 8) - firstByte;
  assert(bytes <= 8, 'a bitfield lies within 8 bytes');
  const place = out.withoutLanding(() => out.reserve(8, 'bits'));
  out.store(place, 0, out.int(0));
  const { address, space } = out.withoutLanding(() => sourceOf(emission, { ...expr, offset: firstByte }));
  out.readMemory(out.part(place, 0, bytes), bytes, address, space);
  const up = 64 - width - (start - firstByte * 8);
  const high = out.shiftLeft(out.load(place, 0, 64), up);
  const value = isSigned(expr.type) ? out.shiftRightSigned(high, 64 - width) : out.shiftRight(high, 64 - width);
  return asTruth(emission, expr.type, out.resize(value, widthOf(expr.type)));
}

function emitConversion(emission: Emission, { type, operand }: ExprOf<'convert'>): Operand {
  const { out } = emission;
  if (isScalar(type) && isScalar(operand.type)) return convertScalar(emission, type, operand);
  if (type.kind === 'bool') return out.compare('!=', out.load(memoryOf(emission, operand), 0, 8), 0);
  if (isScalar(type)) return out.load(memoryOf(emission, operand), 0, widthOf(type));
  const place = out.reserve(sizeOf(type), 'converted');
  if (isScalar(operand.type)) out.store(place, 0, scalarOf(emission, operand));
  else if (type.kind === 'tuple') convertTuple(emission, type, operand, place);
  else convertBytes(emission, operand, place);
  return place;
}

function convertScalar(emission: Emission, type: Type, operand: TypedExpr): Register {
  const { out } = emission;
  const value = scalarOf(emission, operand);
  if (type.kind === 'bool') return value.bits === 1 ? value : out.compare('!=', value, 0);
  const isLaundered = operand.type.kind === 'pointer' && type.kind !== 'pointer' && out.program.context.typedPointers === true;
  return out.resize(isLaundered ? launder(emission, value) : value, widthOf(type), isSigned(operand.type));
}

/** The verifier forbids arithmetic on the typed pointers of tracing programs; read back from the stack they are plain numbers. */
function launder({ out }: Emission, pointer: Register): Register {
  const [stored, read] = [out.storage.reserve(8, 'pointer'), out.storage.reserve(8, 'number')];
  out.store(stored, 0, pointer);
  out.helper('probe_read_kernel', [read, 8, stored]);
  return out.load(read, 0, 64);
}

/** Text or bytes of another size: what fits, and zeros behind. */
function convertBytes(emission: Emission, operand: TypedExpr, place: Place): void {
  const { out } = emission;
  const from = out.withoutLanding(() => memoryOf(emission, operand));
  const bytes = Math.min(from.bytes, place.bytes);
  out.copy(place, 0, from, 0, bytes);
  if (bytes < place.bytes) out.zero(out.part(place, bytes, place.bytes - bytes));
}

function convertTuple(emission: Emission, type: Type, operand: TypedExpr, place: Place): void {
  const { out } = emission;
  out.zero(place);
  const from = out.withoutLanding(() => memoryOf(emission, operand));
  const target = partsOf(type);
  const source = partsOf(operand.type);
  target.slots.forEach((slot, index) => {
    const part = present(source.slots[index], 'element');
    if (isScalar(slot.type)) {
      const value = asTruth(emission, part.type, out.load(from, part.offset, widthOf(part.type)));
      out.store(place, slot.offset, out.resize(value, widthOf(slot.type), isSigned(part.type)));
    } else out.copy(place, slot.offset, from, part.offset, Math.min(sizeOf(part.type), sizeOf(slot.type)));
  });
}

function emitStep(emission: Emission, { type, target, delta, prefix }: ExprOf<'step'>): Register {
  const { out, variables } = emission;
  if (target.kind === 'map') return emitMapStep(emission, target.map, target.key, delta, prefix);
  const home = present(variables.get(target.variable.id), 'variable');
  assert(!(home instanceof Place), 'numbers live in registers');
  const before = new Register(out.builder.load(out.int(0, widthOf(type)).ir.type, home, target.variable.name));
  const after = out.add(before, delta);
  out.builder.store(after.ir, home);
  return prefix ? after : before;
}

function emitCall(emission: Emission, { definition, args, span }: ExprOf<'call'>): Operand {
  const value = definition.emit(args, emission.out, span);
  return value ?? emission.out.int(0);
}

/** An argument as a builtin asks for it. */
export function evaluateArgument(emission: Emission, argument: Argument): Operand {
  const { expr } = argument as TypedArgument;
  if (!expr) throw new Bug('this argument has no value');
  return isScalar(expr.type) ? scalarOf(emission, expr) : memoryOf(emission, expr);
}

/** Where an argument's bytes are, without reading them: of a pointer what it leads to, of a field of a struct the field. */
export function addressOfArgument(emission: Emission, argument: Argument): Source {
  const { out } = emission;
  const { expr } = argument as TypedArgument;
  if (!expr) throw new Bug('this argument has no address');
  if (isScalar(expr.type)) return { address: out.resize(registerOf(wideOf(emission, expr)), 64), space: spaceOf(emission, expr.type) };
  if (expr.kind === 'load' && !expr.bits) return sourceOf(emission, expr);
  return { address: out.addressOf(memoryOf(emission, expr)), space: 'kernel' };
}
