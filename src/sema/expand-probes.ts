/** Attach points become programs: places that offer the same share one, unless the block asks where it is. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { hasErrors } from '../base/outcome.ts';
import { originSource } from '../builtins/origin.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { ProgramInfo } from '../builtins/emitter.ts';
import type { AttachPoint, Expr, Probe, Program, Statement } from '../parser/ast.ts';
import type { Attachment, ProgramPlan } from '../plan/plan.ts';
import type { ResolvedProbe } from '../probes/define.ts';
import { findProbe, probeNames, probes } from '../probes/registry.ts';
import { checkModes } from './check-modes.ts';
import type { Facts } from './facts.ts';

/** A block, and all the places that run it as one program. */
export interface ExpandedProbe {
  /** kprobe_f_1. */
  readonly name: string;
  readonly info: ProgramInfo;
  readonly attachments: readonly Attachment[];
  readonly tracing?: NonNullable<ProgramPlan['tracing']>;
  readonly probe: Probe;
  /** The attach point. */
  readonly span: Span;
}

export function expandProbes(program: Program, facts: Facts, report: Report): readonly ExpandedProbe[] {
  const expanded: ExpandedProbe[] = [];
  for (const probe of program.probes) {
    const asks = asksOf(probe, facts.settings);
    for (const point of probe.attachPoints) {
      const places = resolve(point, facts, report).map((place) =>
        asks.forSignature ? { ...place, ...place.withSignature?.() } : place,
      );
      for (const group of groupsOf(places, asks.forPlace))
        expanded.push(programOf(group, probe, point, expanded.length + 1));
    }
  }
  checkFilter(expanded, program, facts, report);
  checkSole(expanded, report);
  checkModes(expanded, facts, program.probes[0]?.attachPoints[0]?.span ?? program.span, report);
  checkLimits(program, expanded, facts, report);
  return expanded;
}

interface Located extends ResolvedProbe {
  readonly provider: string;
  readonly type: ProgramInfo['type'];
}

function resolve(point: AttachPoint, facts: Facts, report: Report): readonly Located[] {
  const definition = findProbe(point.provider.text);
  if (!definition) {
    report.error('unknown-probe', `There is no probe type '${point.provider.text}'`, point.provider.span, {
      hints: nearOrAll(point.provider.text),
    });
    return [];
  }
  const target = { parts: point.parts, span: point.span, provider: definition.name };
  const found = new Report();
  const places = definition.resolve(target, facts, found);
  report.add(found.diagnostics.flatMap((told) => asMissingProbesSay(told, facts.settings)));
  const { probeFilter } = facts;
  return places
    .filter(({ name }) => !probeFilter || definition.unfiltered === true || probeFilter.test(name))
    .map((place) => ({ ...place, provider: definition.name, type: definition.programType }));
}

/** What is not there at all is told as what can't be attached is (runtime/attach.ts). */
function asMissingProbesSay(told: Diagnostic, { missingProbes }: Facts['settings']): readonly Diagnostic[] {
  if (told.code !== 'target-not-found' || missingProbes === 'error') return [told];
  return missingProbes === 'warn' ? [{ ...told, severity: 'warning' }] : [];
}

function nearOrAll(name: string): readonly string[] {
  const near = didYouMean(name, probeNames());
  return near.length > 0 ? near : [`There are ${probes.map((probe) => probe.name).join(', ')}.`];
}

function groupsOf(
  places: readonly Located[],
  perPlace: boolean,
): readonly (readonly [Located, ...Located[]])[] {
  const groups = new Map<string, [Located, ...Located[]]>();
  for (const place of places) {
    // Sites of one static probe have the same name.
    const key = perPlace
      ? `${place.name} ${place.contextKey} ${place.context.binary?.placeAddress}`
      : place.contextKey;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  }
  return [...groups.values()];
}

/** A program has the name that the script gives it; programs of several places else are named as they were written. */
function programOf(
  group: readonly [Located, ...Located[]],
  probe: Probe,
  point: AttachPoint,
  number: number,
): ExpandedProbe {
  const [first] = group;
  const written = [first.provider, ...point.parts.map(({ text }) => text)].join(':');
  const name = point.label?.text ?? (group.length === 1 ? first.name : written);
  return {
    name: `${identifier(name)}_${number}`,
    info: { name, provider: first.provider, type: first.type, context: first.context },
    attachments: group.map(({ attachment }) => attachment),
    ...(first.tracing && { tracing: first.tracing }),
    probe,
    span: point.span,
  };
}

/** Names of functions in the object need not be long: the number makes them unique. */
const identifierCharactersMax = 64;

const identifier = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, identifierCharactersMax);

/** A filter that leaves nothing to trace is a slip. */
function checkFilter(
  expanded: readonly ExpandedProbe[],
  program: Program,
  { probeFilter }: Facts,
  report: Report,
): void {
  if (!probeFilter || hasErrors(report.diagnostics)) return;
  if (expanded.some(({ info }) => findProbe(info.provider)?.unfiltered !== true)) return;
  const { span } = program.probes[0]?.attachPoints[0] ?? program;
  report.error('no-probes', `No probe of the script fits the filter ${probeFilter.source}`, span, {
    hints: ['tstrace -l SCRIPT shows the names that it is compared with.'],
  });
}

/** Some kinds take a script for themselves. */
function checkSole(expanded: readonly ExpandedProbe[], report: Report): void {
  const sole = expanded.find(({ info }) => findProbe(info.provider)?.sole);
  if (!sole || expanded.length === 1) return;
  const other = expanded.find((probe) => probe !== sole);
  report.error('probe-not-supported', `${sole.info.name} must be the only probe of its script`, sole.span, {
    labels: other ? [{ span: other.span, text: 'there is this one, too' }] : [],
    hints: ['Put it into a script of its own.'],
  });
}

function checkLimits(
  program: Program,
  expanded: readonly ExpandedProbe[],
  { settings }: Facts,
  report: Report,
): void {
  const { span } = program.probes[0]?.attachPoints[0] ?? program;
  const places = expanded.reduce((sum, { attachments }) => sum + attachments.length, 0);
  const tooMany = (what: string, count: number, limit: number, key: string): void =>
    report.error('too-many-probes', `The script needs ${count} ${what}, the limit is ${limit}`, span, {
      hints: [`Narrow the wildcards, or raise the limit: TSTRACE_${key}=${count}`],
    });
  if (places > settings.maxProbes) tooMany('probes', places, settings.maxProbes, 'MAX_PROBES');
  if (expanded.length > settings.maxBpfProgs)
    tooMany('BPF programs', expanded.length, settings.maxBpfProgs, 'MAX_BPF_PROGS');
}

/** What a block's builtins want to know: what differs from place to place, what the probed function takes or returns. */
function asksOf(
  probe: Probe,
  { originFields }: Pick<Facts['settings'], 'originFields'>,
): { readonly forPlace: boolean; readonly forSignature: boolean } {
  const names = new Set<string>();
  collectNames(probe.predicate ? [probe.predicate, probe.body] : [probe.body], names);
  const builtins = [...names].flatMap((name) => findBuiltin(name) ?? []);
  return {
    forPlace:
      builtins.some((builtin) => 'perProbe' in builtin && builtin.perProbe === true) ||
      originFields.some((field) => originSource[field] === 'program'),
    forSignature: builtins.some((builtin) => 'ofSignature' in builtin && builtin.ofSignature === true),
  };
}

/** All bare words and callees below some nodes; without recursion, for trees may be deep. */
function collectNames(roots: readonly object[], names: Set<string>): void {
  const pending: unknown[] = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (Array.isArray(node)) pending.push(...(node as unknown[]));
    else if (typeof node === 'object' && node !== null) {
      const { kind, name, callee } = node as Partial<Extract<Expr, { kind: 'identifier' }>> &
        Partial<Extract<Expr, { kind: 'call' }>> &
        Partial<Statement>;
      if (kind === 'identifier' && typeof name === 'string') names.add(name);
      if (callee) names.add(callee.text);
      pending.push(
        ...Object.values(node as Record<string, unknown>).filter(
          (value) => typeof value === 'object' && value !== null,
        ),
      );
    }
  }
}
