/** DOOR: a program as written becomes a typed one. Never fails: what is wrong is in the diagnostics, and then the tree has holes. */

import { Report } from '../base/diagnostic.ts';
import { hasErrors } from '../base/outcome.ts';
import type { Outcome } from '../base/outcome.ts';
import type { TypingContext } from '../builtins/define.ts';
import type { Program } from '../parser/ast.ts';
import type { Attachment, Requirement } from '../plan/plan.ts';
import { checkMacros } from './check-macros.ts';
import type { ExpandedProbe } from './expand-probes.ts';
import { expandProbes } from './expand-probes.ts';
import type { Facts } from './facts.ts';
import { inferTruth } from './infer-expression.ts';
import { inferStatements } from './infer-statement.ts';
import type { Round } from './scope.ts';
import { mapSymbolOf, Scope } from './scope.ts';
import type { ScriptArguments } from './script-options.ts';
import { checkOptionsGiven, ScriptOptions } from './script-options.ts';
import type { MapFacts } from './symbols.ts';
import { SymbolTable } from './symbols.ts';
import type { TypedProbe, TypedProgram } from './typed-tree.ts';
import { reportUnsupportedSections } from './unsupported.ts';

/**
 * A name's type is the join of all its uses, also later ones: so the whole program is typed again and again, each round with what the round before
 * has found, until nothing new is found; then once more, to tell what is wrong and to keep the tree.
 */
export function analyse(program: Program, facts: Facts, given: ScriptArguments): Outcome<TypedProgram> {
  const report = new Report();
  checkMacros(report, program.macros);
  reportUnsupportedSections(report, program);
  const expanded = expandProbes(program, facts, report);
  if (expanded.length === 0 && !hasErrors(report.diagnostics))
    report.error('no-probes', 'There are no probes to attach', program.span, {
      hints: ['A script has at least one: begin { printf("hello\\n"); }'],
    });
  const common = { facts, given };
  const before = inferTypes(expanded, common);
  const requires: Requirement[] = [];
  const options = new ScriptOptions();
  const last: Round = { ...common, report, before, next: new SymbolTable(), requires, options, final: true };
  const probes = inferAll(expanded, last);
  checkOptionsGiven(given, options.all, program.span, report);
  const maps = [...before.maps.values()].filter((map) => map.value);
  if (!hasErrors(report.diagnostics)) maps.filter(isUntyped).forEach((map) => reportUntyped(report, map));
  return {
    value: {
      probes,
      maps: maps.map((map) => mapSymbolOf(map, facts.settings.maxMapKeys)).sort((a, b) => a.index - b.index),
      requires: distinct(requires),
      options: options.all,
    },
    diagnostics: distinctDiagnostics(report),
  };
}

/** Comes to an end, for a table only grows and a type can't grow for ever: sizes have limits, and tuples keep their shape. */
function inferTypes(expanded: readonly ExpandedProbe[], common: Pick<Round, 'facts' | 'given'>): SymbolTable {
  for (let table = new SymbolTable(); ;) {
    const next = new SymbolTable(table);
    inferAll(expanded, {
      ...common,
      report: new Report(),
      before: table,
      next,
      requires: [],
      options: new ScriptOptions(),
      final: false,
    });
    if (next.equals(table)) return next;
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

const distinct = (requires: readonly Requirement[]): readonly Requirement[] => [
  ...new Map(requires.map((requirement) => [requirement.feature, requirement])).values(),
];

/** A block that several programs share is typed for each: what is wrong in it is told once. */
function distinctDiagnostics(report: Report): Outcome<unknown>['diagnostics'] {
  const seen = new Set<string>();
  return report.diagnostics.filter(({ code, message, span }) => {
    const key = `${code} ${span?.start} ${span?.end} ${message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function inferAll(expanded: readonly ExpandedProbe[], round: Round): readonly TypedProbe[] {
  return expanded.map((probe, index) => inferProbe(probe, index, round));
}

/** Attachments that fire for every process: the kernel can't be told to leave the others out. */
const everyProcess: ReadonlySet<Attachment['kind']> = new Set([
  'kprobe',
  'tracepoint',
  'raw-tracepoint',
  'tracing',
]);

function inferProbe(
  { name, info, attachments, tracing, probe, span }: ExpandedProbe,
  index: number,
  round: Round,
): TypedProbe {
  const { facts } = round;
  const context: TypingContext = {
    program: info,
    machine: facts.machine,
    settings: facts.settings,
    option: (name) => round.given.named?.get(name),
    declareOption: (option) => round.options.declare(option),
    kernelSymbol: (symbol) => facts.kernelSymbol(symbol)?.address,
    struct: (keyword, structName) => facts.struct(keyword, structName),
  };
  const scope = new Scope(round, context, index);
  const predicate = probe.predicate && inferTruth(scope, probe.predicate);
  const body = inferStatements(scope, probe.body.statements);
  scope.finish();
  const { targetPid } = facts.machine;
  const needsFilter = attachments.some(({ kind }) => everyProcess.has(kind));
  return {
    name,
    info,
    attachments,
    ...(tracing && { tracing }),
    ...(targetPid !== undefined && needsFilter && { onlyProcess: targetPid }),
    ...(predicate && { predicate }),
    body,
    span,
  };
}
