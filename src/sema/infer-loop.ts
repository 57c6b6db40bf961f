/** Loops, and the jumps within them. */

import type { Expr, LoopRange } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { IntType, Type } from '../types/type.ts';
import { errorType, intType, tuple } from '../types/type.ts';
import { bends, convertTo, joinKnown } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { infer, inferTruth, isWrong, knownOf, signOf, value, warnSignChange } from './infer-expression.ts';
import type { MapExpr } from './infer-map.ts';
import { reportUnknown } from './infer-map.ts';
import type { StatementOf } from './infer-statement.ts';
import { inferBlock, inferStatements } from './infer-statement.ts';
import type { Scope } from './scope.ts';
import type { MapSymbol, TypedExpr, TypedStatement, VariableSymbol } from './typed-tree.ts';

type For = StatementOf<'for'>;

export function inferFor(scope: Scope, statement: For): readonly TypedStatement[] {
  const { over } = statement;
  scope.round.growth.countLoop('for', statement.span);
  return over.kind === 'range'
    ? inferRange(scope, statement, over)
    : inferMapLoop(scope, statement, over.map);
}

interface Body {
  readonly variable: VariableSymbol;
  readonly body: readonly TypedStatement[];
}

/** The loop's variable lives in the body, with the type that the loop gives it. */
function inferBody(scope: Scope, { variable: { text, span }, body }: For, type: Type): Body {
  const earlier = scope.find(text);
  if (earlier)
    scope.report.error(
      'shadowed-variable',
      `$${text} exists already: a loop needs a variable of its own`,
      span,
      {
        labels: [{ span: earlier.span, text: 'it is declared here' }],
      },
    );
  return scope.block(() => {
    const variable = scope.declare(text, span, type);
    variable.assigned = true;
    const typed = scope.nesting.inBody(() => inferStatements(scope, body.statements));
    return { variable: scope.symbolOf(variable), body: typed };
  });
}

/** BPF_MAX_LOOPS of include/linux/bpf.h. */
const roundsMax = 8n * 1024n * 1024n;

function inferRange(scope: Scope, statement: For, { from, to }: LoopRange): readonly TypedStatement[] {
  const bounds = inferBounds(scope, from, to);
  const typed = inferBody(scope, statement, bounds?.type ?? errorType);
  if (!bounds) return [];
  const { from: first, to: end } = bounds;
  if (first.kind === 'constant' && end.kind === 'constant' && end.value - first.value > roundsMax) {
    scope.report.error(
      'bad-argument',
      `This range has ${end.value - first.value} numbers, a loop has at most ${roundsMax} rounds`,
      { ...from.span, end: to.span.end },
      { hints: ['Put one loop into another.'] },
    );
  }
  return [{ kind: 'for-range', ...typed, from: first, to: end, span: statement.span }];
}

interface Bounds {
  readonly type: IntType;
  readonly from: TypedExpr;
  readonly to: TypedExpr;
}

/** Both in 64 bits, so that no number between them is cut. */
function inferBounds(scope: Scope, from: Expr, to: Expr): Bounds | undefined {
  const [first, end] = [inferBound(scope, from), inferBound(scope, to)];
  const joined = first && end && joinKnown(knownOf(first), knownOf(end));
  if (!joined) return undefined;
  const type = intType(8, signOf(joined.type));
  const [typedFrom, typedTo] = [first, end].map((bound) => {
    if (!bends(bound) && bound.expr.kind !== 'constant')
      warnSignChange(scope, bound.expr.type, type, bound.expr.span);
    return convertTo(bound.expr, type);
  });
  return typedFrom && typedTo && { type, from: typedFrom, to: typedTo };
}

function inferBound(scope: Scope, written: Expr): Inferred | undefined {
  const inferred = infer(scope, written);
  if (isWrong(inferred) || value(scope, inferred).type.kind === 'error') return undefined;
  const { type, span } = inferred.expr;
  if (type.kind === 'int' || type.kind === 'enum') return inferred;
  scope.report.error(
    'type-mismatch',
    `A range goes from one integer to another, not ${typeName(type)}`,
    span,
  );
  return undefined;
}

function inferMapLoop(scope: Scope, statement: For, map: MapExpr): readonly TypedStatement[] {
  const symbol = iterable(scope, map);
  const typed = inferBody(scope, statement, symbol ? pairOf(symbol) : errorType);
  return symbol ? [{ kind: 'for-map', ...typed, map: symbol, span: statement.span }] : [];
}

/** Undefined if there is nothing to go over, which has been told, or as long as it is not known what. */
function iterable(scope: Scope, { name, span, keys }: MapExpr): MapSymbol | undefined {
  const { value: held, key, aggregation } = scope.factsOf(name, span);
  if (keys) scope.report.error('not-iterable', `A loop goes over a whole map: @${name} without a key`, span);
  else if (!held) reportUnknown(scope, name, span);
  else if (key?.length === 0)
    scope.report.error('not-iterable', `@${name} holds one value: there are no keys to go over`, span);
  else if (aggregation && !aggregation.read)
    scope.report.error(
      'not-iterable',
      `@${name} holds what ${aggregation.name}() gathers, which is no number: no loop can go over it`,
      span,
      { hints: [`print(@${name}) shows it.`] },
    );
  else if (key && held.type.kind !== 'error') return scope.mapSymbol(name, span);
  return undefined;
}

/** Key and value. */
function pairOf({ key, value: held }: MapSymbol): Type {
  const [only] = key;
  const keyType = key.length === 1 && only ? only : tuple(key);
  return tuple([keyType, held.kind === 'aggregate' ? intType(8, held.signed) : held]);
}

export function inferWhile(
  scope: Scope,
  { condition, body, span }: StatementOf<'while'>,
): readonly TypedStatement[] {
  scope.report.warning(
    'deprecated',
    'while is deprecated',
    { ...span, end: condition.span.end },
    {
      hints: ['Use for $i : 0..N { … }: it needs no bound that the verifier can see.'],
    },
  );
  scope.round.growth.countLoop('while', span);
  const tested = inferTruth(scope, condition);
  const typed = scope.nesting.inLoop(() => inferBlock(scope, body));
  return tested.type.kind === 'error' ? [] : [{ kind: 'while', condition: tested, body: typed, span }];
}

const unrolledMax = 100n;

export function inferUnroll(
  scope: Scope,
  { count, body, span }: StatementOf<'unroll'>,
): readonly TypedStatement[] {
  const { expr } = infer(scope, count);
  const times =
    expr.kind === 'constant' && expr.value >= 1n && expr.value <= unrolledMax && Number(expr.value);
  const typed = scope.round.growth.unrolled(times || 1, span, () =>
    scope.nesting.inLoop(() => inferBlock(scope, body)),
  );
  if (expr.type.kind === 'error') return [];
  if (times === false) {
    scope.report.error(
      'bad-argument',
      `unroll() takes a number from 1 to ${unrolledMax} that is known when compiling`,
      count.span,
    );
    return [];
  }
  return [{ kind: 'unroll', times, body: typed, span }];
}

export function inferJump(
  scope: Scope,
  { kind, span }: StatementOf<'break' | 'continue'>,
): readonly TypedStatement[] {
  if (scope.nesting.isInLoop) return [{ kind, span }];
  scope.report.error('misplaced-jump', `${kind} is for loops: there is none around it`, span, {
    hints: ['return ends the probe.'],
  });
  return [];
}
