/** Statements. Each has its own scope of storage: what it needs meanwhile is free behind it. */

import { assertNever } from '../base/assert.ts';
import type { TypedStatement } from '../sema/typed-tree.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import type { Emission } from './emission.ts';
import {
  arithmetic,
  branchOn,
  evaluateOnly,
  isSigned,
  memoryOf,
  scalarOf,
  wideOf,
} from './emit-expression.ts';
import { emitMapLoop, emitRangeLoop } from './emit-for.ts';
import { emitAggregate, emitKey, emitMapAdd, emitMapScalarAt, emitMapStore, storeValue } from './emit-map.ts';
import { joinActs } from './joined-acts.ts';
import { emitUnroll, emitWhile, innermost } from './emit-rounds.ts';
import { widthOf } from './words.ts';
import { integerType } from './llvm/ir-value.ts';
import { Register } from './values.ts';
import { declare, homeOf } from './variables.ts';

export type StatementOf<K extends TypedStatement['kind']> = Extract<TypedStatement, { kind: K }>;

/** A block: variables that it declares live until its end. */
export function emitBlock(emission: Emission, statements: readonly TypedStatement[]): void {
  emission.out.storage.scope(() => emitStatements(emission, statements));
}

/** Variables that they declare live on. */
export function emitStatements(emission: Emission, statements: readonly TypedStatement[]): void {
  const { exchanged } = emission.tables;
  for (const statement of joinActs(statements, (symbol) => exchanged.has(symbol))) {
    // What follows a return or a jump can't be reached; sema has said so.
    if (emission.out.builder.hasEnded) return;
    emission.out.locate(statement.span);
    emission.out.endLongBlock();
    // A declared variable belongs to the block, not to its statement.
    if (statement.kind === 'declare') declare(emission, statement.variable);
    else emission.out.storage.scope(() => emitStatement(emission, statement));
  }
}

function emitStatement(emission: Emission, statement: TypedStatement): void {
  switch (statement.kind) {
    case 'declare':
      declare(emission, statement.variable);
      return;
    case 'assign':
      return assign(emission, statement);
    case 'update':
      return update(emission, statement);
    case 'aggregate':
      return aggregate(emission, statement);
    case 'evaluate':
      return evaluateOnly(emission, statement.value, statement.isDiscarded ?? false);
    case 'if':
      return emitIf(emission, statement);
    case 'block':
      return emitBlock(emission, statement.body);
    case 'unroll':
      return emitUnroll(emission, statement);
    case 'while':
      return emitWhile(emission, statement);
    case 'for-range':
      return emitRangeLoop(emission, statement);
    case 'for-map':
      return emitMapLoop(emission, statement);
    case 'break':
      return innermost(emission).break();
    case 'continue':
      return innermost(emission).continue();
    case 'return':
      return emitReturn(emission, statement);
    default:
      return assertNever(statement);
  }
}

function assign(emission: Emission, { target, value }: StatementOf<'assign'>): void {
  if (target.kind === 'map') return emitMapStore(emission, target.map, target.key, value);
  const { out } = emission;
  const home = homeOf(emission, target.variable);
  if (isScalar(value.type)) return out.store(home, 0, scalarOf(emission, value));
  // The value may be made of the variable itself: it is finished before the variable changes.
  const made = memoryOf(emission, value);
  if (made !== home) out.copy(home, 0, made, 0, home.bytes);
}

function update(emission: Emission, statement: StatementOf<'update'>): void {
  const { out } = emission;
  const { target, op, value, signed } = statement;
  const type = target.kind === 'map' ? target.map.value : target.variable.type;
  const compute = (before: Register): Register => {
    const wide = out.resize(before, 64, isSigned(type));
    return out.resize(
      arithmetic(emission, op, wide, wideOf(emission, value), signed, statement),
      widthOf(type),
    );
  };
  if (target.kind === 'variable') {
    const home = homeOf(emission, target.variable);
    const before = out.builder.load(integerType(sizeOf(type)), home.pointer, target.variable.name);
    return out.store(home, 0, compute(new Register(before)));
  }
  if (op === '+' || op === '-') {
    const addend = wideOf(emission, value);
    const signedAddend = op === '+' ? addend : out.subtract(out.int(0), addend);
    return emitMapAdd(emission, target.map, target.key, signedAddend);
  }
  const key = emitKey(emission, target.map, target.key);
  const after = compute(emitMapScalarAt(emission, target.map, key));
  const place = out.storage.reserve(sizeOf(type), 'value');
  out.store(place, 0, after);
  storeValue(emission, target.map, key, place);
}

function aggregate(emission: Emission, { map, key, definition, type, args }: StatementOf<'aggregate'>): void {
  emitAggregate(emission, map, key, definition, type, args);
}

function emitIf(emission: Emission, { condition, then, else: otherwise }: StatementOf<'if'>): void {
  const { builder } = emission.out;
  const yes = builder.block('then');
  const no = otherwise.length > 0 ? builder.block('else') : undefined;
  const end = builder.block('end');
  branchOn(emission, condition, yes, no ?? end);
  builder.enter(yes);
  emitBlock(emission, then);
  const thenEnds = builder.hasEnded;
  if (!thenEnds) builder.br(end);
  if (!no) return builder.enter(end);
  builder.enter(no);
  emitBlock(emission, otherwise);
  const bothEnd = thenEnds && builder.hasEnded;
  if (!builder.hasEnded) builder.br(end);
  // Nothing leads behind the statement if both branches return.
  if (!bothEnd) builder.enter(end);
}

function emitReturn(emission: Emission, { value }: StatementOf<'return'>): void {
  emission.leave(value && wideOf(emission, value));
}
