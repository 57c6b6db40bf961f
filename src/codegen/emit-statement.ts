/** Statements. Each has its own scope of storage: what it needs meanwhile is free behind it. */

import { assert, assertNever, present } from '../base/assert.ts';
import type { TypedStatement, VariableSymbol } from '../sema/typed-tree.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import type { Emission } from './emission.ts';
import { arithmetic, emitInto, memoryOf, scalarOf, wideOf } from './emit-expression.ts';
import { emitAggregate, emitKey, emitMapAdd, emitMapScalar, emitMapStore, storeValue } from './emit-map.ts';
import { widthOf } from './emit-record.ts';
import { Place, Register } from './values.ts';

type StatementOf<K extends TypedStatement['kind']> = Extract<TypedStatement, { kind: K }>;

/** A block: variables that it declares live until its end. */
export function emitBlock(emission: Emission, statements: readonly TypedStatement[]): void {
  emission.out.storage.scope(() => {
    for (const statement of statements) {
      // What follows a return can't be reached; sema has said so.
      if (emission.out.builder.hasEnded) return;
      emission.out.locate(statement.span);
      // A declared variable belongs to the block, not to its statement.
      if (statement.kind === 'declare') declare(emission, statement.variable);
      else emission.out.storage.scope(() => emitStatement(emission, statement));
    }
  });
}

function emitStatement(emission: Emission, statement: TypedStatement): void {
  switch (statement.kind) {
    case 'declare':
      return declare(emission, statement.variable);
    case 'assign':
      return assign(emission, statement);
    case 'update':
      return update(emission, statement);
    case 'aggregate':
      return emitAggregate(emission, statement.map, statement.key, statement.definition, statement.type, statement.args);
    case 'evaluate':
      return evaluateOnly(emission, statement);
    case 'if':
      return emitIf(emission, statement);
    case 'block':
      return emitBlock(emission, statement.body);
    case 'unroll':
      for (let round = 0; round < statement.times && !emission.out.builder.hasEnded; round++) emitBlock(emission, statement.body);
      return;
    case 'return':
      return emitReturn(emission, statement);
    default:
      return assertNever(statement);
  }
}

/** Zeroed, whenever the declaration is run. */
function declare({ out, variables }: Emission, variable: VariableSymbol): void {
  const { type, name, id } = variable;
  if (isScalar(type)) {
    const zero = out.int(0, widthOf(type));
    const home = variables.get(id) ?? out.builder.alloca(zero.ir.type, name);
    assert(!(home instanceof Place), 'numbers live in registers');
    out.builder.store(zero.ir, home);
    variables.set(id, home);
    return;
  }
  const place = out.storage.reserve(sizeOf(type), name);
  out.zero(place);
  variables.set(id, place);
}

function assign(emission: Emission, { target, value }: StatementOf<'assign'>): void {
  if (target.kind === 'map') return emitMapStore(emission, target.map, target.key, value);
  const { out, variables } = emission;
  const home = present(variables.get(target.variable.id), `variable $${target.variable.name}`);
  if (!(home instanceof Place)) {
    const { ir } = out.resize(scalarOf(emission, value), widthOf(target.variable.type));
    out.builder.store(ir, home);
    return;
  }
  // The value may be made of the variable itself: it is finished before the variable changes.
  const made = memoryOf(emission, value);
  if (made !== home) out.copy(home, 0, made, 0, home.bytes);
}

function update(emission: Emission, statement: StatementOf<'update'>): void {
  const { out } = emission;
  const { target, op, value, signed } = statement;
  if (target.kind === 'map' && (op === '+' || op === '-')) {
    const addend = wideOf(emission, value);
    return emitMapAdd(emission, target.map, target.key, op === '+' ? addend : out.subtract(out.int(0), addend));
  }
  const type = target.kind === 'map' ? target.map.value : target.variable.type;
  const isSigned = type.kind === 'int' && type.signed;
  const width = widthOf(type);
  const compute = (before: Register): Register =>
    out.resize(arithmetic(emission, op, out.resize(before, 64, isSigned), wideOf(emission, value), signed, statement), width);
  if (target.kind === 'variable') {
    const home = present(emission.variables.get(target.variable.id), `variable $${target.variable.name}`);
    assert(!(home instanceof Place), 'numbers live in registers');
    const before = new Register(out.builder.load(out.int(0, width).ir.type, home, target.variable.name));
    out.builder.store(compute(before).ir, home);
    return;
  }
  const after = compute(emitMapScalar(emission, target.map, target.key));
  const place = out.storage.reserve(sizeOf(type), 'value');
  out.store(place, 0, after);
  storeValue(emission, target.map, emitKey(emission, target.map, target.key), place);
}

function evaluateOnly(emission: Emission, { value }: StatementOf<'evaluate'>): void {
  if (value.type.kind === 'none' || isScalar(value.type)) void (value.type.kind === 'none' ? emitNothing(emission, value) : scalarOf(emission, value));
  else emitInto(emission, value, emission.out.storage.reserve(sizeOf(value.type), 'unused'));
}

/** A call for what it does. */
function emitNothing(emission: Emission, value: StatementOf<'evaluate'>['value']): void {
  assert(value.kind === 'call', `only calls have no value, not ${value.kind}`);
  value.definition.emit(value.args, emission.out, value.span);
}

function emitIf(emission: Emission, { condition, then, else: otherwise }: StatementOf<'if'>): void {
  const { out } = emission;
  const value = scalarOf(emission, condition);
  out.when(value, () => emitBlock(emission, then), otherwise.length === 0 ? undefined : () => emitBlock(emission, otherwise));
}

function emitReturn(emission: Emission, { value }: StatementOf<'return'>): void {
  const { out } = emission;
  // The kernel takes nothing but 0 from programs on trampolines.
  if (value && out.program.type !== 'tracing') out.builder.store(out.resize(wideOf(emission, value), 64).ir, emission.result);
  out.builder.br(emission.exit);
}
