/** Functions of the script: calls of them, and their bodies, which are typed for each program that calls them. */

import type { TypingContext } from '../builtins/define.ts';
import type { Span } from '../base/span.ts';
import type { Expr, FunctionDeclaration, FunctionParameter, TypeSyntax } from '../parser/ast.ts';
import { isScalar } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { errorType } from '../types/type.ts';
import { blockEndsFlow } from './flow.ts';
import { convertAssigned } from './infer-assignment.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, isWrong, value, wrong } from './infer-expression.ts';
import type { StatementOf } from './infer-statement.ts';
import { joinMemory, typeInMemory } from './infer-target.ts';
import { inferStatements } from './infer-statement.ts';
import type { Nesting } from './nesting.ts';
import { resolveType } from './resolve-type.ts';
import type { Round } from './scope.ts';
import { Scope } from './scope.ts';
import type { TypedExpr, TypedFunction, TypedStatement, VariableSymbol } from './typed-tree.ts';

export function inferInvoke(
  scope: Scope,
  declaration: FunctionDeclaration,
  args: readonly Expr[],
  span: Span,
): Inferred {
  const { name, parameters } = declaration;
  scope.nesting.noteCall(name.text, span);
  const type = returnTypeOf(scope, declaration);
  if (args.length !== parameters.length) return reportCount(scope, declaration, args.length, span);
  const typed = parameters.map((parameter, index) =>
    inferArgument(scope, declaration, parameter, args[index]),
  );
  const known = knownArguments(scope, typed);
  if (!known || type.kind === 'error') return wrong(span);
  return firm({
    kind: 'invoke',
    type: typeInMemory(scope, name, type),
    function: name.text,
    args: known,
    span,
  });
}

/**
 * Undefined if one is wrong. Before the last round that may be because it waits for this very call (@x = f(@x)), whose own type is known all
 * the same: then those are given that are known.
 */
export function knownArguments(
  { round }: Scope,
  typed: readonly (TypedExpr | undefined)[],
): readonly TypedExpr[] | undefined {
  const known = typed.filter((arg) => arg !== undefined);
  return known.length === typed.length || !round.final ? known : undefined;
}

/** Conversions are those of an assignment to a variable with a declared type. */
function inferArgument(
  scope: Scope,
  declaration: FunctionDeclaration,
  parameter: FunctionParameter,
  arg: Expr | undefined,
): TypedExpr | undefined {
  const type = parameterType(scope, declaration, parameter);
  const inferred = arg && infer(scope, arg);
  if (!inferred || isWrong(inferred) || value(scope, inferred) !== inferred.expr) return undefined;
  joinMemory(scope, parameter.name, type, inferred.expr);
  return type.kind === 'error' ? undefined : convertAssigned(scope, inferred, type, parameter.name);
}

function reportCount(
  scope: Scope,
  { name, parameters }: FunctionDeclaration,
  given: number,
  span: Span,
): Inferred {
  const wanted = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`;
  scope.report.error('wrong-argument-count', `${name.text}() takes ${wanted}, ${given} given`, span, {
    labels: [{ span: name.span, text: 'it is declared here' }],
  });
  return wrong(span);
}

function parameterType(scope: Scope, declaration: FunctionDeclaration, { type }: FunctionParameter): Type {
  return fittingRegister(scope, signatureType(scope, declaration, type), type.span);
}

function returnTypeOf(scope: Scope, declaration: FunctionDeclaration): Type {
  const { returns } = declaration;
  const type = signatureType(scope, declaration, returns);
  return type.kind === 'none' ? type : fittingRegister(scope, type, returns.span);
}

/** typeof may hold a call of the same function, or a return from it. */
function signatureType(scope: Scope, declaration: FunctionDeclaration, syntax: TypeSyntax): Type {
  const type = scope.inSignature(declaration, () => resolveType(scope, syntax));
  if (type) return type;
  scope.report.error(
    'bad-signature',
    `The types of ${declaration.name.text}() are made of themselves`,
    syntax.span,
    {
      hints: ['Write the type out.'],
    },
  );
  return errorType;
}

/** What a function is given and gives travels in registers. */
function fittingRegister(scope: Scope, type: Type, span: Span): Type {
  if (type.kind === 'error' || isScalar(type)) return type;
  scope.report.error(
    'bad-signature',
    `A function takes and returns what fits a register: integers, bools, enums and pointers, not ${typeName(type)}`,
    span,
    { hints: ['Pass such values through a map.'] },
  );
  return errorType;
}

/** What a function of the script is typed for: the program that calls it. */
export interface Caller {
  readonly round: Round;
  readonly context: TypingContext;
  /** Its number. */
  readonly program: number;
}

export interface InferredFunction {
  readonly typed: TypedFunction;
  readonly nesting: Nesting;
}

/** The functions that are called here and within each other. */
export function inferCalled(caller: Caller, nesting: Nesting): ReadonlyMap<string, InferredFunction> {
  const inferred = new Map<string, InferredFunction>();
  const calls = [...nesting.calls];
  // Typing a function appends what it calls itself.
  for (const { name } of calls) {
    const declaration = caller.round.functions.get(name);
    if (!declaration || inferred.has(name)) continue;
    const called = inferFunction(caller, declaration);
    inferred.set(name, called);
    calls.push(...called.nesting.calls);
  }
  return inferred;
}

export function inferFunction(
  { round, context, program }: Caller,
  declaration: FunctionDeclaration,
): InferredFunction {
  const { name, parameters, body } = declaration;
  const scope = new Scope(round, context, program, declaration);
  const returns = returnTypeOf(scope, declaration);
  const typed: TypedFunction = {
    name: name.text,
    parameters: parameters.map((parameter) => declareParameter(scope, declaration, parameter)),
    returns,
    body: inferStatements(scope, body.statements),
    span: name.span,
  };
  scope.finish();
  if (returns.kind !== 'none' && returns.kind !== 'error' && !blockEndsFlow(body))
    scope.report.error(
      'missing-return',
      `${name.text}() returns ${typeName(returns)}, but not on every way through it`,
      name.span,
      { hints: ['End it with return VALUE;'] },
    );
  return { typed, nesting: scope.nesting };
}

function declareParameter(
  scope: Scope,
  declaration: FunctionDeclaration,
  parameter: FunctionParameter,
): VariableSymbol {
  const { text, span } = parameter.name;
  const earlier = scope.find(text);
  if (earlier)
    scope.report.error('shadowed-variable', `There are two parameters $${text}`, span, {
      labels: [{ span: earlier.span, text: 'this is the other one' }],
    });
  const variable = scope.declare(text, span, parameterType(scope, declaration, parameter));
  variable.assigned = true;
  return scope.symbolOf(variable);
}

/** `return` in a function of the script. */
export function inferResult(
  scope: Scope,
  declaration: FunctionDeclaration,
  { value: written, span }: StatementOf<'return'>,
): readonly TypedStatement[] {
  const { name, returns } = declaration;
  const type = returnTypeOf(scope, declaration);
  if (!written) {
    if (type.kind !== 'none' && type.kind !== 'error')
      scope.report.error('missing-return', `${name.text}() returns ${typeName(type)}: say which`, span);
    return [{ kind: 'return', span }];
  }
  const inferred = infer(scope, written);
  if (type.kind === 'none')
    scope.report.error('type-mismatch', `${name.text}() returns nothing`, written.span, {
      labels: [{ span: returns.span, text: 'it is declared so here' }],
    });
  if (type.kind === 'none' || type.kind === 'error' || isWrong(inferred)) return [{ kind: 'return', span }];
  if (value(scope, inferred) !== inferred.expr) return [{ kind: 'return', span }];
  joinMemory(scope, name, type, inferred.expr);
  const converted = convertAssigned(scope, inferred, typeInMemory(scope, name, type), returns);
  return [{ kind: 'return', ...(converted && { value: converted }), span }];
}
