/** What sema promises code generation about the typed tree (the comments of sema/typed-tree.ts), as checks. */

import { assertNever } from '../../src/base/assert.ts';
import { wrap } from '../../src/sema/fold.ts';
import { printExpr } from '../../src/sema/print-types.ts';
import type {
  MapSymbol,
  TypedArgument,
  TypedExpr,
  TypedProgram,
  TypedStatement,
  TypedTarget,
} from '../../src/sema/typed-tree.ts';
import { typeName } from '../../src/types/type-name.ts';
import type { Type } from '../../src/types/type.ts';
import { sameType, tuple } from '../../src/types/type.ts';

type Check = (holds: boolean, what: string, expr: TypedExpr) => void;

/** Broken promises, in words. */
export function brokenPromises(program: TypedProgram): readonly string[] {
  const broken: string[] = [];
  const check: Check = (holds, what, expr) => {
    if (!holds) broken.push(`${what}: ${printExpr(expr)}`);
  };
  for (const { predicate, body, functions } of program.probes) {
    if (predicate) checkBool(check, predicate);
    [...body, ...functions.flatMap((called) => called.body)].forEach((statement) =>
      checkStatement(check, statement),
    );
  }
  return broken;
}

function checkStatement(check: Check, statement: TypedStatement): void {
  switch (statement.kind) {
    case 'declare':
      return;
    case 'assign': {
      const { target, value } = statement;
      checkExpr(check, value);
      checkTarget(check, target);
      return check(sameType(value.type, typeOfTarget(target)), 'a value is of its target’s type', value);
    }
    case 'update':
      checkExpr(check, statement.value);
      checkTarget(check, statement.target);
      return check(isWide(statement.value.type), 'updates are made in 64 bits', statement.value);
    case 'aggregate':
      checkKey(check, statement.map, statement.key);
      return statement.args.forEach((arg) => checkArgument(check, arg));
    case 'evaluate':
      return checkExpr(check, statement.value);
    case 'if':
      checkBool(check, statement.condition);
      return [...statement.then, ...statement.else].forEach((inner) => checkStatement(check, inner));
    case 'block':
    case 'unroll':
    case 'for-map':
      return statement.body.forEach((inner) => checkStatement(check, inner));
    case 'while':
      checkBool(check, statement.condition);
      return statement.body.forEach((inner) => checkStatement(check, inner));
    case 'for-range':
      for (const bound of [statement.from, statement.to]) {
        checkExpr(check, bound);
        check(sameType(bound.type, statement.variable.type), 'a bound has its variable’s type', bound);
      }
      return statement.body.forEach((inner) => checkStatement(check, inner));
    case 'break':
    case 'continue':
      return;
    case 'return':
      return statement.value && checkExpr(check, statement.value);
    default:
      return assertNever(statement);
  }
}

const typeOfTarget = (target: TypedTarget): Type =>
  target.kind === 'variable' ? target.variable.type : target.map.value;

function checkTarget(check: Check, target: TypedTarget): void {
  if (target.kind === 'map') checkKey(check, target.map, target.key);
}

function checkKey(check: Check, { key: types }: MapSymbol, key: TypedExpr | undefined): void {
  if (!key) return;
  checkExpr(check, key);
  const [only] = types;
  const wanted = types.length === 1 && only ? only : tuple(types);
  check(types.length > 0 && sameType(key.type, wanted), `a key is ${typeName(wanted)}`, key);
}

function checkArgument(check: Check, { expr, map, mapSymbol }: TypedArgument): void {
  if (expr) checkExpr(check, expr);
  const element: TypedArgument | undefined = map?.element;
  if (mapSymbol && element) checkKey(check, mapSymbol, element.expr);
}

function checkBool(check: Check, expr: TypedExpr): void {
  checkExpr(check, expr);
  check(expr.type.kind === 'bool', 'a condition is a bool', expr);
}

const isWide = (type: Type): boolean => type.kind === 'int' && type.bytes === 8;

function isInRange(type: Type, value: bigint): boolean {
  if (type.kind === 'bool') return value === 0n || value === 1n;
  if (type.kind === 'pointer') return BigInt.asUintN(64, value) === value;
  return (type.kind === 'int' || type.kind === 'enum') && wrap(value, type) === value;
}

function checkExpr(check: Check, expr: TypedExpr): void {
  const { type } = expr;
  check(type.kind !== 'error', 'nothing is wrong', expr);
  switch (expr.kind) {
    case 'constant':
      return check(isInRange(type, expr.value), 'constants are in range', expr);
    case 'text':
      return check(expr.value.length < expr.type.capacity, 'text fits with its NUL', expr);
    case 'variable':
      return check(sameType(type, expr.variable.type), 'a variable has its type', expr);
    case 'variable-address': {
      const { to } = expr.type;
      return check(sameType(to, expr.variable.type), 'an address leads to its variable’s type', expr);
    }
    case 'map-address':
    case 'builtin':
      return;
    case 'map-get':
      check(sameType(type, expr.map.value), 'a value has its map’s type', expr);
      return checkKey(check, expr.map, expr.key);
    case 'aggregate-get':
      check(isWide(type), 'an aggregation is read in 64 bits', expr);
      return checkKey(check, expr.map, expr.key);
    case 'call':
      return expr.args.forEach((arg) => checkArgument(check, arg));
    case 'invoke':
    case 'external':
      return expr.args.forEach((arg) => checkExpr(check, arg));
    case 'block':
      expr.body.forEach((statement) => checkStatement(check, statement));
      checkExpr(check, expr.result);
      return check(sameType(type, expr.result.type), 'a block has its result’s type', expr);
    case 'step':
      check(sameType(type, typeOfTarget(expr.target)), 'a step has its target’s type', expr);
      return checkTarget(check, expr.target);
    default:
      partsOf(expr).forEach((part) => checkExpr(check, part));
      return checkParts(check, expr);
  }
}

type Composite = Exclude<
  TypedExpr,
  {
    kind:
      | 'constant'
      | 'text'
      | 'variable'
      | 'variable-address'
      | 'map-address'
      | 'builtin'
      | 'map-get'
      | 'aggregate-get'
      | 'call'
      | 'invoke'
      | 'external'
      | 'block'
      | 'step';
  }
>;

function partsOf(expr: Composite): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'unary':
    case 'not':
    case 'convert':
      return [expr.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return [expr.left, expr.right];
    case 'conditional':
      return [expr.condition, expr.then, expr.else];
    case 'elvis':
      return [expr.value, expr.else];
    case 'tuple':
      return expr.elements;
    case 'element':
      return [expr.tuple];
    case 'part':
      return [expr.whole];
    case 'array-element':
      return [expr.array, expr.index];
    case 'load':
      return [expr.pointer];
    case 'advance':
      return [expr.pointer, expr.count];
    default:
      return assertNever(expr);
  }
}

function checkParts(check: Check, expr: Composite): void {
  const { type } = expr;
  const parts = partsOf(expr).map((part) => part.type);
  const are = (...kinds: readonly Type['kind'][]): boolean =>
    parts.every((part, index) => part.kind === (kinds[index] ?? part.kind));
  const isOneType = (of: readonly Type[]): boolean => of.every((part) => sameType(part, of[0] ?? part));
  switch (expr.kind) {
    case 'unary':
      return check(isWide(type) && isOneType([type, ...parts]), 'unary operators keep 64 bits', expr);
    case 'not':
      return check(are('bool'), 'not is of bools', expr);
    case 'arithmetic':
      return check([type, ...parts].every(isWide), 'arithmetic is of 64 bits', expr);
    case 'comparison':
      return check(are('string', 'string') || isOneType(parts), 'comparisons are of one type', expr);
    case 'logical':
      return check(are('bool', 'bool'), 'logic is of bools', expr);
    case 'conditional':
      return check(are('bool') && isOneType([type, ...parts.slice(1)]), 'branches are of one type', expr);
    case 'elvis':
      return check(isOneType([type, ...parts]), 'branches are of one type', expr);
    case 'tuple':
      return check(sameType(type, { ...expr.type, of: parts }), 'a tuple is of its elements', expr);
    case 'element': {
      const [whole] = parts;
      const element = whole?.kind === 'tuple' ? whole.of[expr.index] : undefined;
      return check(element !== undefined && sameType(type, element), 'an element has its type', expr);
    }
    case 'part':
      return check(are('struct') || are('array'), 'parts are of structs and arrays', expr);
    case 'array-element':
      return check(are('array') && isWide(expr.index.type), 'an index is of 64 bits', expr);
    case 'load':
      return check(are('pointer') && Number.isSafeInteger(expr.offset), 'loads are from pointers', expr);
    case 'advance':
      return check(isWide(expr.count.type) && sameType(type, expr.pointer.type), 'it stays a pointer', expr);
    case 'convert':
      return check(!isOneType([type, ...parts]), 'conversions change something', expr);
    default:
      return assertNever(expr);
  }
}
