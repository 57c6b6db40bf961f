/**
 * Where a script shows a map and then empties it, the two become one act: what other CPUs add in between would be neither shown nor
 * kept. Such a map lies in a slot, where user space puts an empty one in its place before it reads.
 */

import type { MapAct } from '../builtins/define.ts';
import type { Emptying } from '../builtins/emitter.ts';
import type { TypedArgument, TypedExpr, TypedProgram, TypedStatement } from '../sema/typed-tree.ts';
import { forEachExpr, partsOfExpr, partsOfProbe, partsOfStatement } from './walk.ts';

/** Whether a map, by its symbol, can be exchanged. */
type CanBeTaken = (symbol: string) => boolean;

/** print(@x) and, further on in the same block, clear(@x), with nothing between them that is about the map or leaves the block. */
export function joinActs(
  statements: readonly TypedStatement[],
  canBeTaken: CanBeTaken,
): readonly TypedStatement[] {
  const done = new Set<TypedStatement>();
  const joined = statements.map((statement, index) => {
    const shown = actOf(statement);
    if (shown?.act !== 'show' || !canBeTaken(shown.symbol)) return statement;
    const emptied = emptiedBehind(statements.slice(index + 1), shown.symbol);
    if (!emptied) return statement;
    done.add(emptied.statement);
    return showingAndThen(statement, emptied.act);
  });
  return joined.filter((statement) => !done.has(statement));
}

/**
 * Symbols of the maps that some block both shows and empties. Not those whose address is taken: it must be that of one map, which is there
 * as long as the script runs.
 */
export function takenMaps({ probes }: TypedProgram): ReadonlySet<string> {
  const addressed = new Set<string>();
  for (const probe of probes)
    forEachExpr(partsOfProbe(probe), (expr) => {
      if (expr.kind === 'map-address') addressed.add(expr.map.symbol);
    });
  const taken = new Set<string>();
  const taking: Taking = { taken, canBeTaken: (symbol) => !addressed.has(symbol) };
  for (const { predicate, body, functions } of probes) {
    if (predicate) addTakenWithin(predicate, taking);
    addTaken(body, taking);
    for (const called of functions) addTaken(called.body, taking);
  }
  return taken;
}

interface Taking {
  readonly taken: Set<string>;
  readonly canBeTaken: CanBeTaken;
}

function addTaken(statements: readonly TypedStatement[], taking: Taking): void {
  for (const statement of joinActs(statements, taking.canBeTaken)) {
    const act = actOf(statement);
    if (act?.then) taking.taken.add(act.symbol);
    for (const block of blocksOf(statement)) addTaken(block, taking);
    for (const expr of partsOfStatement(statement).exprs) addTakenWithin(expr, taking);
  }
}

function addTakenWithin(expr: TypedExpr, taking: Taking): void {
  const { exprs, statements } = partsOfExpr(expr);
  addTaken(statements, taking);
  for (const part of exprs) addTakenWithin(part, taking);
}

function blocksOf(statement: TypedStatement): readonly (readonly TypedStatement[])[] {
  return statement.kind === 'if'
    ? [statement.then, statement.else]
    : [partsOfStatement(statement).statements];
}

interface WholeMapAct {
  readonly act: MapAct;
  readonly symbol: string;
  readonly then?: Emptying;
}

/** A call that does something with a map as a whole. */
function actOf(statement: TypedStatement): WholeMapAct | undefined {
  if (statement.kind !== 'evaluate' || statement.value.kind !== 'call') return undefined;
  const { definition, args } = statement.value;
  const map = args[0]?.map;
  if (!definition.mapAct || !map || map.element) return undefined;
  return { act: definition.mapAct, symbol: map.symbol, ...(map.then && { then: map.then }) };
}

function emptiedBehind(
  statements: readonly TypedStatement[],
  symbol: string,
): { readonly statement: TypedStatement; readonly act: Emptying } | undefined {
  for (const statement of statements) {
    const found = actOf(statement);
    if (found?.symbol === symbol && found.act !== 'show') return { statement, act: found.act };
    if (leaves(statement) || isAbout(statement, symbol)) return undefined;
  }
  return undefined;
}

function showingAndThen(statement: TypedStatement, then: Emptying): TypedStatement {
  if (statement.kind !== 'evaluate' || statement.value.kind !== 'call') return statement;
  const args = statement.value.args.map((arg): TypedArgument =>
    arg.map ? { ...arg, map: { ...arg.map, then } } : arg,
  );
  return { ...statement, value: { ...statement.value, args } };
}

/** It may end the block. */
function leaves(statement: TypedStatement): boolean {
  const { exprs, statements } = partsOfStatement(statement);
  return (
    statement.kind === 'return' ||
    statement.kind === 'break' ||
    statement.kind === 'continue' ||
    exprs.some(endsProgram) ||
    statements.some(leaves)
  );
}

function endsProgram(expr: TypedExpr): boolean {
  const { exprs, statements } = partsOfExpr(expr);
  return (
    (expr.kind === 'call' && expr.definition.endsProgram === true) ||
    exprs.some(endsProgram) ||
    statements.some(leaves)
  );
}

/** It names the map, or calls a function of the script, which may. */
function isAbout(statement: TypedStatement, symbol: string): boolean {
  const { exprs, statements } = partsOfStatement(statement);
  return (
    ('map' in statement && statement.map.symbol === symbol) ||
    ('target' in statement && statement.target.kind === 'map' && statement.target.map.symbol === symbol) ||
    exprs.some((expr) => isExprAbout(expr, symbol)) ||
    statements.some((inner) => isAbout(inner, symbol))
  );
}

function isExprAbout(expr: TypedExpr, symbol: string): boolean {
  const { exprs, statements } = partsOfExpr(expr);
  return (
    expr.kind === 'invoke' ||
    ('map' in expr && expr.map.symbol === symbol) ||
    (expr.kind === 'step' && expr.target.kind === 'map' && expr.target.map.symbol === symbol) ||
    (expr.kind === 'call' && expr.args.some(({ map }) => map?.symbol === symbol)) ||
    exprs.some((part) => isExprAbout(part, symbol)) ||
    statements.some((inner) => isAbout(inner, symbol))
  );
}
