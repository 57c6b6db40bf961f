/** Names: builtins, enumerators, variables, positional parameters. */

import type { ProgramInfo } from '../builtins/emitter.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Builtin, Constant, VariableDefinition } from '../builtins/define.ts';
import { builtinNames, findBuiltin } from '../builtins/registry.ts';
import { bool, recordOf, string, u64 } from '../types/type.ts';
import { byteText } from '../types/value.ts';
import { inferCall } from './check-call.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, inferText, literal, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** A bare word: a constant of the script's C, a builtin, a function that needs no argument, an enumerator. */
export function inferName(scope: Scope, name: string, span: Span): Inferred {
  const constant = scope.facts.constant(name);
  if (typeof constant === 'string') return inferText(scope, constant, span);
  if (constant !== undefined) return literal(constant, span);
  const builtin = findBuiltin(name);
  if (builtin?.kind === 'variable') return inferBuiltin(scope, builtin, span);
  if (builtin) return inferCall(scope, { text: name, span }, [], span);
  const enumerator = scope.facts.enumerator(name);
  if (enumerator) return firm({ kind: 'constant', type: enumerator.type, value: enumerator.value, span });
  const isMacro = scope.facts.isMacro(name);
  const message = isMacro
    ? `The macro ${name} is no constant that C can compute`
    : `There is no builtin or enumerator '${name}'`;
  scope.report.error('unknown-identifier', message, span, {
    hints: [
      ...(isMacro
        ? ['Macros of C are numbers or text here; macros of statements are written with macro.']
        : []),
      ...(scope.find(name) ? [`The variable is written $${name}.`] : []),
      ...(scope.round.before.maps.has(name) ? [`The map is written @${name}.`] : []),
      ...nearNames(scope, name),
    ],
  });
  return wrong(span);
}

/** The kernel's enumerators are many: they are looked through only where no builtin is near. */
function nearNames(scope: Scope, name: string): readonly string[] {
  const near = didYouMean(name, builtinNames());
  return near.length > 0 || !scope.round.final ? near : nearEnumerators(scope, name);
}

function nearEnumerators({ round, facts }: Scope, name: string): readonly string[] {
  const near = round.nearEnumerators.get(name) ?? didYouMean(name, facts.enumeratorNames());
  round.nearEnumerators.set(name, near);
  return near;
}

export function inferBuiltin(scope: Scope, definition: VariableDefinition, span: Span): Inferred {
  if (!isAvailable(scope, definition, span)) return wrong(span);
  const { context } = scope;
  const type = typeof definition.type === 'function' ? definition.type(context) : definition.type;
  if (!scope.nesting.isDead) definition.check?.(context, scope.report, span);
  const value = definition.constant?.(context);
  if (typeof value === 'string') return firm({ kind: 'text', type: string(value.length + 1), value, span });
  if (typeof value === 'object') return firm(constantRecord(value, span));
  if (value !== undefined) return firm({ kind: 'constant', type, value: BigInt(value), span });
  return firm({ kind: 'builtin', type, definition, span });
}

function constantRecord(values: Readonly<Record<string, Constant>>, span: Span): TypedExpr {
  const elements = Object.values(values).map((value): TypedExpr => {
    if (typeof value === 'string') return { kind: 'text', type: string(value.length + 1), value, span };
    return { kind: 'constant', type: typeof value === 'boolean' ? bool : u64, value: BigInt(value), span };
  });
  const type = recordOf(
    Object.keys(values),
    elements.map((element) => element.type),
  );
  return { kind: 'tuple', type, elements, span };
}

/** Whether a builtin may stand in this probe; also notes what the kernel must have for it. */
export function isAvailable(
  scope: Scope,
  definition: Exclude<Builtin, { kind: 'aggregation' }>,
  span: Span,
): boolean {
  const { program } = scope.context;
  const refusal =
    outOfReach(scope, definition) ?? withoutUs(definition, program) ?? definition.available?.(program);
  for (const feature of definition.requires ?? []) scope.round.requires.push({ feature, span });
  if (!refusal) return true;
  scope.report.error('not-available-here', `${definition.name} can't be used here: ${refusal.reason}`, span, {
    hints: refusal.hint === undefined ? [] : [refusal.hint],
  });
  return false;
}

/** When a pinned iterator is read, no tstrace is there to do anything about it. */
function withoutUs(
  definition: Exclude<Builtin, { kind: 'aggregation' }>,
  { context }: ProgramInfo,
): { readonly reason: string; readonly hint: string } | undefined {
  if (!context.walk?.isPinned || definition.kind !== 'function') return undefined;
  if (definition.events === undefined || definition.worksPinned) return undefined;
  return {
    reason: 'nobody is there to handle it when a pinned iterator is read',
    hint: 'printf() writes into the file that is read.',
  };
}

/** Bodies of `for` loops and functions of the script are functions of their own, which see nothing of the probe's context (b.8). */
function outOfReach(
  { nesting, routine }: Scope,
  definition: Exclude<Builtin, { kind: 'aggregation' }>,
): { readonly reason: string; readonly hint: string } | undefined {
  if (definition.kind !== 'variable' || !definition.fromContext) return undefined;
  const { name } = definition;
  if (nesting.isInBody)
    return {
      reason: 'the body of a for loop does not see what the probe was given',
      hint: `Keep it in a variable before the loop: $value = ${name};`,
    };
  if (!routine) return undefined;
  return {
    reason: 'a function does not see what the probe was given',
    hint: `Pass it as an argument: ${routine.name.text}(${name})`,
  };
}

export function inferVariable(scope: Scope, name: string, span: Span): Inferred {
  const variable = scope.find(name);
  if (!variable) {
    reportUndefined(scope, name, span);
    return wrong(span);
  }
  variable.used = true;
  if (!variable.assigned && !variable.addressed && scope.isEvaluated) variable.readEarly ??= span;
  const { type, flexible } = scope.typeOfVariable(variable);
  return { expr: { kind: 'variable', type, variable: scope.symbolOf(variable), span }, flexible };
}

function reportUndefined(scope: Scope, name: string, span: Span): void {
  const ended = scope.findEnded(name);
  const near = didYouMean(
    `$${name}`,
    scope.variableNames.map((other) => `$${other}`),
  );
  scope.report.error('undefined-variable', `$${name} has no value: nothing is assigned to it before`, span, {
    labels: ended ? [{ span: ended.span, text: 'this one lives in its block only' }] : [],
    hints: ended ? [`Declare it outside of that block: let $${name};`] : near,
  });
}

/** $1: a number if it reads as one, else text; $#: how many there are. */
export function inferParameter(scope: Scope, index: number, span: Span): Inferred {
  if (index === 0) return literal(BigInt(scope.round.given.parameters.length), span);
  const text = parameterText(scope, index, span);
  const number = text === '' ? 0n : numberOf(text);
  return number === undefined ? inferText(scope, byteText(text), span) : literal(number, span);
}

/** $1 where only text can stand, also if it reads as a number. */
export const inferParameterText = (scope: Scope, index: number, span: Span): Inferred =>
  inferText(scope, byteText(parameterText(scope, index, span)), span);

function parameterText(scope: Scope, index: number, span: Span): string {
  const text = scope.round.given.parameters[index - 1];
  if (text === undefined)
    scope.report.warning(
      'unknown-parameter',
      `Parameter $${index} was not given: it counts as 0 or as empty text`,
      span,
      { hints: ['Parameters follow the script on the command line.'] },
    );
  return text ?? '';
}

/** Numbers of 64 bits; all others are text. */
function numberOf(text: string): bigint | undefined {
  if (!/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  return value < 1n << 64n && value >= -(1n << 63n) ? value : undefined;
}
