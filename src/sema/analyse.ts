/** DOOR: a program as written becomes a typed one. Never fails: what is wrong is in the diagnostics, and then the tree has holes. */

import { Report } from '../base/diagnostic.ts';
import { hasErrors } from '../base/outcome.ts';
import type { Outcome } from '../base/outcome.ts';
import type { Span } from '../base/span.ts';
import type { TypingContext } from '../builtins/define.ts';
import type { Program } from '../parser/ast.ts';
import type { Attachment, Requirement } from '../plan/plan.ts';
import type { FieldsOf } from '../types/field.ts';
import type { ExpandedProbe } from './expand-probes.ts';
import { expandProbes } from './expand-probes.ts';
import type { Facts } from './facts.ts';
import { Growth } from './growth.ts';
import { checkRecursion, declareFunctions, depthOf } from './function-declarations.ts';
import { inferTruth, knownTruth } from './infer-expression.ts';
import { inferCalled, inferFunction } from './infer-function.ts';
import { inferStatements } from './infer-statement.ts';
import { checkDeclaredMaps, declareMaps } from './map-declarations.ts';
import type { Round } from './scope.ts';
import { mapSymbolOf, Scope } from './scope.ts';
import type { ScriptArguments } from './script-options.ts';
import { checkOptionsGiven, ScriptOptions } from './script-options.ts';
import { expandMacros } from './macros/expand.ts';
import type { MapFacts } from './symbols.ts';
import { SymbolTable } from './symbols.ts';
import type { TypedProbe, TypedProgram } from './typed-tree.ts';

/**
 * A name's type is the join of all its uses, also later ones: so the whole program is typed again and again, each round with what the round before
 * has found, until nothing new is found; then once more, to tell what is wrong and to keep the tree.
 */
export function analyse(written: Program, facts: Facts, given: ScriptArguments): Outcome<TypedProgram> {
  const report = new Report();
  const program = expandMacros(written, report);
  const expanded = expandProbes(program, facts, report);
  if (expanded.length === 0 && !hasErrors(report.diagnostics))
    report.error('no-probes', 'There are no probes to attach', program.span, {
      hints: ['A script has at least one: begin { printf("hello\\n"); }'],
    });
  const functions = declareFunctions(report, program.functions);
  const declaredMaps = declareMaps(report, program.maps);
  const growth = new Growth(program);
  const nearEnumerators = new Map<string, readonly string[]>();
  const fieldsOf = fieldsWith(facts, expanded);
  const common = { facts, fieldsOf, given, functions, declaredMaps, growth, nearEnumerators };
  const before = inferTypes(expanded, common);
  const requires: Requirement[] = [];
  const options = new ScriptOptions();
  const found = new Report();
  const untyped: Round['untyped'] = [];
  const probes = inferAll(expanded, {
    ...common,
    ...{ report: found, before, next: new SymbolTable(), requires, options, untyped, final: true },
  });
  // What was found is about a script that was looked at in part.
  if (growth.report(report)) return { value: nothing, diagnostics: report.diagnostics };
  report.add(found.diagnostics);
  checkOptionsGiven(given, options.all, program.span, report);
  checkDeclaredMaps(report, declaredMaps, before.maps);
  const maps = [...before.maps.values()].filter((map) => map.value);
  if (!hasErrors(report.diagnostics)) {
    maps.filter(isUntyped).forEach((map) => reportUntyped(report, map));
    untyped.forEach((variable) => reportUntypedVariable(report, variable));
  }
  return {
    value: {
      probes,
      maps: maps
        .map((map) => mapSymbolOf(map, facts.settings.maxMapKeys, declaredMaps))
        .sort((a, b) => a.index - b.index),
      requires: distinct(requires),
      options: options.all,
    },
    diagnostics: distinctDiagnostics(report),
  };
}

/** Some probes say themselves what their arguments are. */
function fieldsWith(facts: Facts, expanded: readonly ExpandedProbe[]): FieldsOf {
  const own = new Map(
    expanded.flatMap(({ info: { context } }) =>
      context.args && context.argsFields ? [[context.args.id, context.argsFields] as const] : [],
    ),
  );
  return (struct) => own.get(struct.id) ?? facts.fieldsOf(struct);
}

const nothing: TypedProgram = { probes: [], maps: [], requires: [], options: [] };

/** Comes to an end, for a table only grows and a type can't grow for ever: sizes have limits, and tuples keep their shape. */
function inferTypes(
  expanded: readonly ExpandedProbe[],
  common: Pick<
    Round,
    'facts' | 'fieldsOf' | 'given' | 'functions' | 'declaredMaps' | 'growth' | 'nearEnumerators'
  >,
): SymbolTable {
  for (let table = new SymbolTable(); ;) {
    const next = new SymbolTable(table);
    inferAll(expanded, {
      ...common,
      report: new Report(),
      before: table,
      next,
      requires: [],
      options: new ScriptOptions(),
      untyped: [],
      final: false,
    });
    const news = next.newsSince(table);
    if (!news || common.growth.isTooMuch) return next;
    common.growth.blameIfTooSlow(news);
    table = next;
  }
}

const isUntyped = ({ value }: MapFacts): boolean => value?.type.kind === 'error';

/** @x = @y; @y = @x; where nothing else is stored. */
function reportUntyped(report: Report, { name, span }: MapFacts): void {
  report.error(
    'unknown-map',
    `Nothing tells what @${name} holds: it only gets what was made of it before`,
    span,
    {
      hints: [`Store a first value: @${name} = 0;`],
    },
  );
}

/** let $x; $x = $x; where nothing else is assigned. */
function reportUntypedVariable(report: Report, { name, span }: Round['untyped'][number]): void {
  report.error(
    'undefined-variable',
    `Nothing tells what $${name} holds: it only gets what was made of it before`,
    span,
    { hints: [`Assign a first value: $${name} = 0;`] },
  );
}

const distinct = (requires: readonly Requirement[]): readonly Requirement[] => [
  ...new Map(requires.map((requirement) => [requirement.feature, requirement])).values(),
];

/** A block that several programs share is typed for each: what is wrong in it is told once. */
function distinctDiagnostics(report: Report): Outcome<unknown>['diagnostics'] {
  const seen = new Set<string>();
  return report.diagnostics.filter(({ code, message, span }) => {
    const key = `${code} ${span?.file} ${span?.start} ${span?.end} ${message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function inferAll(expanded: readonly ExpandedProbe[], round: Round): readonly TypedProbe[] {
  round.growth.beginRound();
  const called = new Set<string>();
  const probes = expanded.map((probe, index) => {
    round.growth.beginProgram();
    const typed = inferProbe(probe, index, round);
    typed.functions.forEach(({ name }) => called.add(name));
    round.growth.blameIfTooLarge(probe.span, 'places');
    return typed;
  });
  inferUncalled(expanded, called, round);
  return probes;
}

/** Functions that no probe calls are checked too, as if the first one did. */
function inferUncalled(expanded: readonly ExpandedProbe[], called: ReadonlySet<string>, round: Round): void {
  const [first] = expanded;
  const uncalled = [...round.functions.values()].filter(({ name }) => !called.has(name.text));
  if (!first || uncalled.length === 0) return;
  const caller = { round, context: contextOf(first, round), program: expanded.length };
  checkRecursion(
    round.report,
    new Map(uncalled.map((declaration) => [declaration.name.text, inferFunction(caller, declaration)])),
  );
}

/** Attachments that fire for every process: the kernel can't be told to leave the others out. */
const everyProcess: ReadonlySet<Attachment['kind']> = new Set([
  'kprobe',
  'tracepoint',
  'raw-tracepoint',
  'tracing',
]);

const contextOf = ({ info }: ExpandedProbe, { facts, given, options }: Round): TypingContext => ({
  program: info,
  machine: facts.machine,
  settings: facts.settings,
  option: (name) => given.named?.get(name),
  declareOption: (option) => options.declare(option),
  kernelSymbol: (symbol) => facts.kernelSymbol(symbol)?.address,
  hasKernelFunction: (name) => facts.functionPrototypes(name).length > 0,
  mayCall: (name) => facts.mayCall(name, info.type),
  cgroupId: (path) => facts.cgroupId(path),
  struct: (keyword, structName) => facts.struct(keyword, structName),
});

function inferProbe(expanded: ExpandedProbe, index: number, round: Round): TypedProbe {
  const { name, info, attachments, tracing, probe, span } = expanded;
  const context = contextOf(expanded, round);
  const scope = new Scope(round, context, index);
  const predicate = probe.predicate && inferTruth(scope, probe.predicate);
  for (const { name: filled, span: place } of scope.takeIntroduced())
    round.report.error('undefined-variable', `$${filled} can't come to life in a predicate`, place, {
      hints: ['Ask with `if` in the block.'],
    });
  const body = scope.nesting.behind(predicate && knownTruth(predicate), () =>
    inferStatements(scope, probe.body.statements),
  );
  scope.finish();
  const called = inferCalled({ round, context, program: index }, scope.nesting);
  checkRecursion(round.report, called);
  const depth = checkedDepth(round.report, depthOf(scope.nesting, called), span);
  const { targetPid } = round.facts.machine;
  const needsFilter = attachments.some(({ kind }) => everyProcess.has(kind));
  return {
    name,
    info,
    attachments,
    ...(tracing && { tracing }),
    ...(targetPid !== undefined && needsFilter && { onlyProcess: targetPid }),
    ...(predicate && { predicate }),
    body,
    functions: Array.from(called.values(), ({ typed }) => typed),
    depth,
    span,
  };
}

/** MAX_CALL_FRAMES of include/linux/bpf_verifier.h, without the frame of the function that counts failures. */
const depthMax = 7;

function checkedDepth(report: Report, depth: number, span: Span): number {
  if (depth > depthMax)
    report.error(
      'too-deeply-nested',
      `Loops and functions stand within each other ${depth - 1} deep in this probe: the kernel takes ${depthMax - 1}`,
      span,
    );
  return depth;
}
