/** Statements: blocks, branches, ends. Assignments are infer-assignment.ts. */

import { assertNever } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import type { Block, Statement } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { Branch } from './comptime.ts';
import { branchOf } from './comptime.ts';
import { endsFlow, endsProgram } from './flow.ts';
import { inferAssign, inferLet } from './infer-assignment.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, infer, inferTruth, isWrong, knownTruth, opposite, value } from './infer-expression.ts';
import { inferResult } from './infer-function.ts';
import { inferFor, inferJump, inferUnroll, inferWhile } from './infer-loop.ts';
import type { Scope, Variable } from './scope.ts';
import type { TypedStatement } from './typed-tree.ts';

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** A block with variables of its own. */
export function inferBlock(scope: Scope, block: Block): readonly TypedStatement[] {
  return scope.block(() => inferStatements(scope, block.statements));
}

export function inferStatements(scope: Scope, statements: readonly Statement[]): readonly TypedStatement[] {
  const typed: TypedStatement[] = [];
  const { growth } = scope.round;
  for (const [index, statement] of statements.entries()) {
    if (growth.isTooMuch) break;
    growth.count();
    const found = inferStatement(scope, statement);
    typed.push(...scope.takeIntroduced().map((variable) => declaration(scope, variable)), ...found);
    if (!endsFlow(statement)) continue;
    if (endsProgram(statement)) typed.push({ kind: 'return', span: statement.span });
    const [next, last] = [statements[index + 1], statements.at(-1)];
    if (next && last) reportUnreachable(scope, { ...next.span, end: last.span.end });
    break;
  }
  return typed;
}

const declaration = (scope: Scope, variable: Variable): TypedStatement => ({
  kind: 'declare',
  variable: scope.symbolOf(variable),
  span: variable.span,
});

export function reportUnreachable(scope: Scope, span: Span): void {
  scope.report.warning('unreachable', 'This is never reached: what stands before it ends the flow', span);
}

function inferStatement(scope: Scope, statement: Statement): readonly TypedStatement[] {
  switch (statement.kind) {
    case 'let':
      return inferLet(scope, statement);
    case 'assign':
      return inferAssign(scope, statement);
    case 'discard':
      return evaluated(scope, infer(scope, statement.value), statement.span, { isDiscarded: true });
    case 'expression':
      return inferExpressionStatement(scope, statement);
    case 'if':
      return inferIf(scope, statement);
    case 'unroll':
      return inferUnroll(scope, statement);
    case 'return':
      return inferReturn(scope, statement);
    case 'for':
      return inferFor(scope, statement);
    case 'while':
      return inferWhile(scope, statement);
    case 'break':
    case 'continue':
      return inferJump(scope, statement);
    case 'import':
      // What it names was read with the script.
      return [];
    case 'block':
      return [{ kind: 'block', body: inferBlock(scope, statement.body), span: statement.span }];
    default:
      return assertNever(statement);
  }
}

/** For its effects, if it has any. */
function evaluated(
  scope: Scope,
  inferred: Inferred,
  span: Span,
  { isDiscarded }: { readonly isDiscarded?: true } = {},
): readonly TypedStatement[] {
  const expr = inferred.expr.type.kind === 'none' ? inferred.expr : value(scope, inferred);
  return expr.type.kind === 'error'
    ? []
    : [{ kind: 'evaluate', value: expr, ...(isDiscarded && { isDiscarded }), span }];
}

function inferExpressionStatement(
  scope: Scope,
  { value: written, span }: StatementOf<'expression'>,
): readonly TypedStatement[] {
  const inferred = infer(scope, written);
  const { expr } = inferred;
  const discardable = expr.kind === 'call' ? expr.definition.discardable === true : expr.kind === 'step';
  if (!isWrong(inferred) && expr.type.kind !== 'none' && !discardable)
    scope.report.warning('unused-result', 'This has a value that is not used', span, {
      hints: ['Write _ = …; if that is meant.'],
    });
  return evaluated(scope, inferred, span);
}

function inferIf(scope: Scope, statement: StatementOf<'if'>): readonly TypedStatement[] {
  const branch = branchOf(scope, statement.condition);
  if (branch) return inferBranch(scope, statement, branch);
  const condition = inferTruth(scope, statement.condition);
  const holds = knownTruth(condition);
  const then = scope.nesting.behind(holds, () => inferBlock(scope, statement.then));
  const { else: written } = statement;
  const otherwise = written ? scope.nesting.behind(opposite(holds), () => inferBlock(scope, written)) : [];
  if (condition.type.kind === 'error') return [];
  return [{ kind: 'if', condition, then, else: otherwise, span: statement.span }];
}

/** Of the branch that is left out nothing is looked at. */
function inferBranch(
  scope: Scope,
  { then, else: otherwise, span }: StatementOf<'if'>,
  branch: Branch,
): readonly TypedStatement[] {
  const left = { then, else: otherwise, neither: undefined }[branch];
  return left ? [{ kind: 'block', body: inferBlock(scope, left), span }] : [];
}

function inferReturn(scope: Scope, statement: StatementOf<'return'>): readonly TypedStatement[] {
  if (scope.routine) return inferResult(scope, scope.routine, statement);
  const { value, span } = statement;
  if (!value) return [{ kind: 'return', span }];
  const inferred = infer(scope, value);
  if (!isWrong(inferred) && !asInt(inferred.expr.type))
    scope.report.error(
      'type-mismatch',
      `A probe returns an integer, not ${typeName(inferred.expr.type)}`,
      value.span,
    );
  return [{ kind: 'return', value: inferred.expr, span }];
}
