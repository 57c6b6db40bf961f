/** Statements: blocks, branches, ends. Assignments are infer-assignment.ts. */

import { assertNever } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { Block, Statement } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import { inferAssign, inferLet } from './infer-assignment.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, infer, inferTruth, isWrong, value } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedStatement } from './typed-tree.ts';
import { reportUnsupported } from './unsupported.ts';

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** A block with variables of its own. */
export function inferBlock(scope: Scope, block: Block): readonly TypedStatement[] {
  return scope.block(() => inferStatements(scope, block.statements));
}

export function inferStatements(scope: Scope, statements: readonly Statement[]): readonly TypedStatement[] {
  const typed: TypedStatement[] = [];
  for (const [index, statement] of statements.entries()) {
    typed.push(...inferStatement(scope, statement));
    if (!endsProgram(statement)) continue;
    if (statement.kind !== 'return') typed.push({ kind: 'return', span: statement.span });
    const [next, last] = [statements[index + 1], statements.at(-1)];
    if (next && last)
      scope.report.warning('unreachable', 'This is never reached: the program ends before it', {
        ...next.span,
        end: last.span.end,
      });
    break;
  }
  return typed;
}

/** Told from how it is written, so that every round of inference sees the same statements. */
function endsProgram(statement: Statement): boolean {
  if (statement.kind === 'return') return true;
  if (statement.kind !== 'expression') return false;
  const { value: call } = statement;
  const name = call.kind === 'call' ? call.callee.text : call.kind === 'identifier' ? call.name : '';
  const builtin = findBuiltin(name);
  return builtin?.kind === 'function' && builtin.endsProgram === true;
}

function inferStatement(scope: Scope, statement: Statement): readonly TypedStatement[] {
  switch (statement.kind) {
    case 'let':
      return inferLet(scope, statement);
    case 'assign':
      return inferAssign(scope, statement);
    case 'discard':
      return evaluated(scope, infer(scope, statement.value), statement.span);
    case 'expression':
      return inferExpressionStatement(scope, statement);
    case 'if':
      return inferIf(scope, statement);
    case 'unroll':
      return inferUnroll(scope, statement);
    case 'return':
      return inferReturn(scope, statement);
    case 'for':
    case 'while':
    case 'break':
    case 'continue':
    case 'import':
      reportUnsupported(scope.report, statement);
      return [];
    case 'block':
      return [{ kind: 'block', body: inferBlock(scope, statement.body), span: statement.span }];
    default:
      return assertNever(statement);
  }
}

/** For its effects, if it has any. */
function evaluated(scope: Scope, inferred: Inferred, span: Span): readonly TypedStatement[] {
  const expr = inferred.expr.type.kind === 'none' ? inferred.expr : value(scope, inferred);
  return expr.type.kind === 'error' ? [] : [{ kind: 'evaluate', value: expr, span }];
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
  const condition = inferTruth(scope, statement.condition);
  const then = inferBlock(scope, statement.then);
  const otherwise = statement.else ? inferBlock(scope, statement.else) : [];
  if (condition.type.kind === 'error') return [];
  return [{ kind: 'if', condition, then, else: otherwise, span: statement.span }];
}

const roundsMax = 100n;

function inferUnroll(scope: Scope, { count, body, span }: StatementOf<'unroll'>): readonly TypedStatement[] {
  const { expr } = infer(scope, count);
  const typed = inferBlock(scope, body);
  if (expr.type.kind === 'error') return [];
  if (expr.kind !== 'constant' || expr.value < 1n || expr.value > roundsMax) {
    scope.report.error(
      'bad-argument',
      `unroll() takes a number from 1 to ${roundsMax} that is known when compiling`,
      count.span,
    );
    return [];
  }
  return [{ kind: 'unroll', times: Number(expr.value), body: typed, span }];
}

function inferReturn(scope: Scope, { value, span }: StatementOf<'return'>): readonly TypedStatement[] {
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
