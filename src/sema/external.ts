/** Functions of C that a script imports: what they are called with, and calls of them. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { Expr } from '../parser/ast.ts';
import { isScalar } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { pointerTo } from '../types/type.ts';
import type { CSource, ExternalFunction, Facts } from './facts.ts';
import { convertAssigned } from './infer-assignment.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, isWrong, value, wrong } from './infer-expression.ts';
import { knownArguments } from './infer-function.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** Facts with the functions of the C that a script imports, and their code; mistakes in it are reported. */
export function withExternal(sources: readonly CSource[], facts: Facts, report: Report): Facts {
  if (sources.length === 0) return facts;
  const { value: code, diagnostics } = facts.compileC(sources);
  report.add(diagnostics);
  const functions = declared(code.functions, report);
  const externalFunction = (name: string): ExternalFunction | undefined => functions.get(name);
  return { ...facts, externalFunction, externalNames: () => functions.keys(), externalCode: code };
}

function declared(
  functions: readonly ExternalFunction[],
  report: Report,
): ReadonlyMap<string, ExternalFunction> {
  const byName = new Map<string, ExternalFunction>();
  for (const external of functions) {
    const { name, span } = external;
    const earlier = byName.get(name);
    if (findBuiltin(name))
      report.error('reserved-name', `${name} is a builtin: a function needs a name of its own`, span);
    else if (earlier)
      report.error('declared-twice', `${name}() is defined twice`, span, {
        labels: [{ span: earlier.span, text: 'it is defined here first' }],
      });
    else byName.set(name, external);
  }
  return byName;
}

/** BPF functions have five registers for what they are given (Documentation/bpf/standardization/abi.rst). */
const parametersMax = 5;

export function inferExternal(
  scope: Scope,
  external: ExternalFunction,
  args: readonly Expr[],
  span: Span,
): Inferred {
  scope.nesting.noteCall(external.name, span);
  if (!isCallable(scope, external, span)) return wrong(span);
  const { name, parameters } = external;
  if (args.length !== parameters.length) {
    const wanted = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`;
    scope.report.error('wrong-argument-count', `${name}() takes ${wanted}, ${args.length} given`, span, {
      labels: [{ span: external.span, text: 'it is defined here' }],
    });
    return wrong(span);
  }
  const typed = args.map((arg, index) => inferArgument(scope, external, index, arg));
  const known = knownArguments(scope, typed);
  if (!known) return wrong(span);
  const type = asKnown(scope, external.returns);
  return firm({ kind: 'external', type, function: external, args: known, span });
}

/** In registers: numbers and pointers. */
function isCallable(
  scope: Scope,
  { name, parameters, returns, span: place }: ExternalFunction,
  span: Span,
): boolean {
  const unfit = [...parameters.map(({ type }) => type), ...(returns.kind === 'none' ? [] : [returns])].find(
    (type) => !isScalar(type),
  );
  if (!unfit && parameters.length <= parametersMax) return true;
  const reason = unfit ? `takes or returns ${typeName(unfit)}` : `takes ${parameters.length} arguments`;
  scope.report.error('bad-signature', `${name}() can't be called: it ${reason}`, span, {
    labels: [{ span: place, text: 'it is defined here' }],
    hints: [`Functions of C take up to ${parametersMax} integers, enums and pointers, and return one.`],
  });
  return false;
}

/** Conversions are those of an assignment to a variable with a declared type; text is handed over where `char *` is wanted. */
function inferArgument(
  scope: Scope,
  { name, parameters, span }: ExternalFunction,
  index: number,
  arg: Expr,
): TypedExpr | undefined {
  const type = asKnown(scope, parameters[index]?.type ?? { kind: 'none' });
  const inferred = infer(scope, arg);
  if (isWrong(inferred) || value(scope, inferred) !== inferred.expr) return undefined;
  const { expr } = inferred;
  if (type.kind !== 'pointer') return convertAssigned(scope, inferred, type, { span });
  if (expr.type.kind === 'string' && pointsToBytes(type.to)) return expr;
  if (expr.type.kind === 'pointer' && isTaken(expr.type.to, type.to)) return expr;
  if (expr.kind === 'constant' && expr.value === 0n) return expr;
  const what = `a value of type ${typeName(expr.type)}`;
  scope.report.error('wrong-argument-type', `${name}() takes ${typeName(type)} here, not ${what}`, arg.span, {
    labels: [{ span, text: 'it is defined here' }],
    hints: [
      expr.kind === 'variable-address' && type.to.kind !== 'none'
        ? `Declare the variable with that type: let $${expr.variable.name}: ${typeName(type.to)};`
        : `If that is what it is, say so: (${typeName(type)})…`,
    ],
  });
  return undefined;
}

const pointsToBytes = (to: Type): boolean => to.kind === 'none' || (to.kind === 'int' && to.bytes === 1);

/** Text behind a pointer is bytes, as it is where it stands itself. */
const isTaken = (from: Type, to: Type): boolean =>
  leadsTo(from, to) || (from.kind === 'string' && pointsToBytes(to));

/** `void *` takes all, and is taken for all. */
function leadsTo(from: Type, to: Type): boolean {
  if (from.kind === 'none' || to.kind === 'none') return true;
  if (from.kind === 'pointer' && to.kind === 'pointer') return leadsTo(from.to, to.to);
  return typeName(from) === typeName(to);
}

/** C of an import knows structs by its own definitions; here they are what the script or the kernel has by that name. */
function asKnown(scope: Scope, type: Type): Type {
  if (type.kind !== 'pointer') return type;
  const { to } = type;
  if (to.kind === 'pointer') return pointerTo(asKnown(scope, to), 'none');
  if (to.kind !== 'struct') return pointerTo(to, 'none');
  const known = scope.facts.struct(to.keyword, to.name) ?? { ...to, bytes: 0, id: 'c:' };
  return pointerTo(known, 'none');
}
