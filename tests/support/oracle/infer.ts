/** Types of a program's names: the join of all their uses, found by typing it again until nothing changes. */

import { present } from '../../../src/base/assert.ts';
import type { ArithmeticOp, Block, Expr, Statement, Target } from './model.ts';
import { functions } from './model.ts';
import type { Known, KnownInt } from './rules.ts';
import {
  compare,
  compute,
  convert,
  int,
  isTrue,
  join,
  joinInts,
  literalType,
  number,
  operandType,
  resultType,
  wrap,
} from './rules.ts';

type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

export interface Names {
  readonly variables: Map<string, Known>;
  /** Variables whose type the script fixed. */
  readonly fixed: Set<string>;
  readonly keys: Map<string, Known>;
  readonly values: Map<string, Known>;
}

/** A type, and the number (or 1 and 0 for true and false) where it is known from the text alone. */
interface Typed {
  readonly type: Known;
  readonly constant?: bigint;
  /** A number as it was written, or computed from such: also a negative one, which doesn't bend. */
  readonly isLiteral?: boolean;
}

export function inferNames(block: Block): Names {
  const names: Names = { variables: new Map(), fixed: new Set(), keys: new Map(), values: new Map() };
  for (let before = ''; ;) {
    typeBlock(block, names);
    const after = JSON.stringify([...names.variables, ...names.keys, ...names.values]);
    if (after === before) return names;
    before = after;
  }
}

const typeBlock = (block: Block, names: Names): void =>
  block.forEach((statement) => typeStatement(statement, names));

function typeStatement(statement: Statement, names: Names): void {
  switch (statement.kind) {
    case 'assign':
      return take(statement.target, typeOf(statement.value, names), names);
    case 'update':
    case 'step': {
      const value: Expr = statement.kind === 'update' ? statement.value : { kind: 'number', value: 1n };
      const op = statement.kind === 'update' ? statement.op : statement.op === '++' ? '+' : '-';
      return take(statement.target, updatedType(op, statement.target, value, names), names);
    }
    case 'declare':
      typeOf(statement.value, names);
      return setFixed(statement.name, { ...statement.type, flexible: false }, names);
    case 'delete':
      return takeKey(statement.name, statement.key, names);
    case 'if':
      typeOf(statement.condition, names);
      typeBlock(statement.then, names);
      return typeBlock(statement.else, names);
    case 'unroll':
      return typeBlock(statement.body, names);
    case 'for':
      setFixed(statement.name, loopType(statement, names), names);
      return typeBlock(statement.body, names);
    case 'each':
      setFixed(statement.name, entryType(statement.map, names), names);
      return typeBlock(statement.body, names);
    case 'while':
      setFixed(statement.name, int(64, true), names);
      return typeBlock(statement.body, names);
    case 'break':
    case 'continue':
    case 'return':
  }
}

function setFixed(name: string, type: Known, names: Names): void {
  names.variables.set(name, type);
  names.fixed.add(name);
}

/** A loop's variable over a map is a pair: the key, which is one value or a tuple, and the value. Like all loops' variables it doesn't bend. */
function entryType(name: string, names: Names): Known {
  const [key, value] = [names.keys.get(name), names.values.get(name)].map((type) =>
    present(type, `@${name}`),
  );
  if (key?.kind !== 'tuple' || !value) throw new Error(`@${name} has no key`);
  const [only, ...others] = key.of;
  return firm({ kind: 'tuple', of: [only && others.length === 0 ? only : key, value] });
}

function firm(type: Known): Known {
  if (type.kind === 'int') return { ...type, flexible: false };
  return type.kind === 'tuple' ? { ...type, of: type.of.map(firm) } : type;
}

/** A range is counted in 64 bits, of the sign that both its ends have together. */
export function loopType({ from, to }: Extract<Statement, { kind: 'for' }>, names: Names): KnownInt {
  return int(64, joinInts(asInt(typeOf(from, names)), asInt(typeOf(to, names))).signed);
}

/** What was only ever changed by literals bends as they do, unless it may have become negative. */
function updatedType(op: ArithmeticOp, target: Target, value: Expr, names: Names): Known {
  const result = asInt(typeOf({ kind: 'arithmetic', op, left: target, right: value }, names));
  const bends = [target, value].every((side) => asInt(typeOf(side, names)).flexible);
  return { ...result, flexible: op !== '-' && bends };
}

function take(target: Target, type: Known, names: Names): void {
  if (target.kind === 'variable') {
    if (!names.fixed.has(target.name))
      names.variables.set(target.name, join(names.variables.get(target.name), type));
    return;
  }
  takeKey(target.name, target.key, names);
  names.values.set(target.name, join(names.values.get(target.name), type));
}

function takeKey(name: string, key: readonly Expr[], names: Names): void {
  // First: the key's parts may read the same map.
  const type = keyType(key, names);
  names.keys.set(name, join(names.keys.get(name), type));
}

/** @m[(a, b)] is @m[a, b]. */
export function keyType(key: readonly Expr[], names: Names): Known {
  const of = key.map((part) => typeOf(part, names));
  const [only] = of;
  return of.length === 1 && only?.kind === 'tuple' ? only : { kind: 'tuple', of };
}

export const typeOf = (expr: Expr, names: Names): Known => typed(expr, names).type;

function typed(expr: Expr, names: Names): Typed {
  switch (expr.kind) {
    case 'number':
      return ofLiteral(expr.value);
    case 'argument':
      return { type: int(64, false) };
    case 'text':
      return { type: { kind: 'text' } };
    case 'truth':
      return ofTruth(expr.value);
    case 'comparison':
      return typedComparison(expr, names);
    case 'logical':
      return typedLogical(expr, names);
    case 'variable':
      return { type: present(names.variables.get(expr.name), `type of $${expr.name}`) };
    case 'map':
      takeKey(expr.name, expr.key, names);
      return { type: present(names.values.get(expr.name), `type of @${expr.name}`) };
    case 'cast': {
      const { constant } = typed(expr.operand, names);
      const type: Known = { ...expr.to, flexible: false };
      return { type, ...(constant !== undefined && { constant: wrap(expr.to, constant) }) };
    }
    case 'unary':
      return typedUnary(expr, names);
    case 'arithmetic':
      return typedArithmetic(expr, names);
    case 'choice':
      return typedChoice(typed(expr.condition, names).constant, [expr.then, expr.else], names);
    case 'elvis':
      return typedChoice(typed(expr.left, names).constant, [expr.left, expr.right], names);
    case 'tuple':
      return { type: { kind: 'tuple', of: expr.elements.map((element) => typeOf(element, names)) } };
    case 'element': {
      const tuple = typeOf(expr.tuple, names);
      return { type: present(tuple.kind === 'tuple' ? tuple.of[expr.index] : undefined, 'element') };
    }
    case 'record': {
      const fields = sortedFields(expr).map(([name, value]) => [name, typeOf(value, names)] as const);
      return {
        type: { kind: 'tuple', of: fields.map(([, type]) => type), names: fields.map(([name]) => name) },
      };
    }
    case 'member':
      return { type: memberOf(typeOf(expr.record, names), expr.name).type };
    case 'stepped': {
      const op = expr.op === '++' ? '+' : '-';
      take(expr.target, updatedType(op, expr.target, { kind: 'number', value: 1n }, names), names);
      // Like that of +, the value of ++ doesn't bend.
      return { type: firm(typeOf(expr.target, names)) };
    }
    case 'call':
      expr.args.forEach((arg) => typed(arg, names));
      return { type: { ...functions[expr.of].returns, flexible: false } };
    case 'block':
      typeBlock(expr.body, names);
      return { type: typeOf(expr.result, names) };
  }
}

const ofLiteral = (value: bigint): Typed => ({
  type: literalType(value),
  constant: value,
  isLiteral: true,
});
const ofTruth = (value: boolean): Typed => ({ type: { kind: 'bool' }, constant: value ? 1n : 0n });

function typedComparison({ op, left, right }: ExprOf<'comparison'>, names: Names): Typed {
  const [a, b] = [typed(left, names), typed(right, names)];
  if (a.constant === undefined || b.constant === undefined) return { type: { kind: 'bool' } };
  const type = a.type.kind === 'int' && b.type.kind === 'int' ? joinInts(a.type, b.type) : a.type;
  return ofTruth(compare(op, convert(a.constant, type), convert(b.constant, type)));
}

/** Known if the left side decides, or if it doesn't and the right side is known. */
function typedLogical({ op, left, right }: ExprOf<'logical'>, names: Names): Typed {
  const [a, b] = [typed(left, names), typed(right, names)];
  if (a.constant === undefined) return { type: { kind: 'bool' } };
  if (isTrue(a.constant) === (op === '||')) return ofTruth(op === '||');
  return b.constant === undefined ? { type: { kind: 'bool' } } : ofTruth(isTrue(b.constant));
}

function typedUnary(expr: ExprOf<'unary'>, names: Names): Typed {
  const { type, constant, isLiteral } = typed(expr.operand, names);
  if (expr.op === '!')
    return constant === undefined ? { type: { kind: 'bool' } } : ofTruth(!isTrue(constant));
  if (isLiteral && constant !== undefined)
    return ofLiteral(BigInt.asIntN(64, expr.op === '-' ? -constant : ~constant));
  const wide = int(64, asInt(type).signed);
  if (constant === undefined) return { type: wide };
  return { type: wide, constant: wrap(wide, expr.op === '-' ? -constant : ~constant) };
}

function typedArithmetic({ op, left, right }: ExprOf<'arithmetic'>, names: Names): Typed {
  const [a, b] = [typed(left, names), typed(right, names)];
  const operands = operandType(op, asInt(a.type), asInt(b.type));
  const type = { ...resultType(op, operands), flexible: false };
  if (a.constant === undefined || b.constant === undefined) return { type };
  const constant = wrap(type, compute(op, wrap(operands, a.constant), wrap(operands, b.constant)));
  const flexible = asInt(a.type).flexible && asInt(b.type).flexible && constant >= 0n;
  const isLiteral = a.isLiteral === true && b.isLiteral === true;
  return { type: { ...type, flexible }, constant, isLiteral };
}

/** `decided` is the condition, if that is known. */
function typedChoice(decided: bigint | undefined, [then, other]: readonly [Expr, Expr], names: Names): Typed {
  const branches = [typed(then, names), typed(other, names)] as const;
  const type = join(branches[0].type, branches[1].type);
  const constant = decided === undefined ? undefined : branches[isTrue(decided) ? 0 : 1].constant;
  return { type, ...(constant !== undefined && { constant: number(convert(constant, type)) }) };
}

/** In the order that a record's values have. */
export const sortedFields = ({ fields }: ExprOf<'record'>): ExprOf<'record'>['fields'] =>
  [...fields].sort(([a], [b]) => (a < b ? -1 : 1));

export function memberOf(type: Known, name: string): { readonly type: Known; readonly index: number } {
  if (type.kind !== 'tuple') throw new Error(`the generator put ${type.kind} where a record stands`);
  const index = type.names?.indexOf(name) ?? -1;
  return { type: present(type.of[index], `field ${name}`), index };
}

export function asInt(type: Known): KnownInt {
  if (type.kind === 'int') return type;
  throw new Error(`the generator put ${type.kind} where a number stands`);
}
