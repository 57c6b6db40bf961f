/** let @name = kind(N): which kind of map of the kernel holds a map of the script, and how many keys it takes. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { MapDeclaration } from '../parser/ast.ts';
import type { MapType } from '../plan/plan.ts';
import type { MapFacts } from './symbols.ts';

export interface DeclaredMap {
  readonly type: MapType;
  readonly entriesMax: number;
  /** Its name. */
  readonly span: Span;
}

interface Kind {
  readonly type: MapType;
  /** A value on each CPU, as aggregations want it; all other values have one place. */
  readonly perCpu: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  hash: { type: 'hash', perCpu: false },
  lruhash: { type: 'lru-hash', perCpu: false },
  percpuhash: { type: 'percpu-hash', perCpu: true },
  percpulruhash: { type: 'lru-percpu-hash', perCpu: true },
};

const kindNames = Object.keys(kinds);

/** max_entries of include/uapi/linux/bpf.h is a __u32. */
const entriesMax = 2n ** 32n - 1n;

/** By name. */
export function declareMaps(
  report: Report,
  declarations: readonly MapDeclaration[],
): ReadonlyMap<string, DeclaredMap> {
  const declared = new Map<string, DeclaredMap>();
  for (const { name, mapKind, entries } of declarations) {
    const { text, span } = name;
    const earlier = declared.get(text);
    if (earlier)
      report.error('declared-twice', `@${text} is declared twice`, span, {
        labels: [{ span: earlier.span, text: 'it is declared here first' }],
      });
    const kind = kinds[mapKind.text];
    if (!kind) reportKind(report, mapKind);
    if (entries.value > entriesMax)
      report.error('bad-argument', `A map has at most ${entriesMax} keys`, entries.span);
    if (kind && !earlier) declared.set(text, { type: kind.type, entriesMax: Number(entries.value), span });
  }
  return declared;
}

function reportKind(report: Report, { text, span }: MapDeclaration['mapKind']): void {
  report.error('unknown-map-kind', `There is no kind of map '${text}'`, span, {
    hints: [`A map is one of ${kindNames.join(', ')}.`],
  });
}

/** What the script does with its declared maps. */
export function checkDeclaredMaps(
  report: Report,
  declared: ReadonlyMap<string, DeclaredMap>,
  maps: ReadonlyMap<string, MapFacts>,
): void {
  for (const [name, { type, span }] of declared) {
    const map = maps.get(name);
    if (!map) report.warning('unused-map', `@${name} is declared but not used`, span);
    else if (map.value) checkKind(report, type, map, span);
  }
}

function checkKind(
  report: Report,
  type: MapType,
  { name, written, aggregation }: MapFacts,
  span: Span,
): void {
  const kind = Object.values(kinds).find((candidate) => candidate.type === type);
  const perCpu = aggregation !== undefined;
  if (kind?.perCpu === perCpu) return;
  const fitting = kindNames.filter((name) => kinds[name]?.perCpu === perCpu);
  const message = aggregation
    ? `@${name} is filled by ${aggregation.name}(), which keeps a value on each CPU: its kind has one value for all`
    : `@${name} holds plain values: its kind has another one on each CPU`;
  report.error('incompatible-map-kind', message, span, {
    labels: written ? [{ span: written, text: 'it is filled here' }] : [],
    hints: [`Declare it as ${fitting.join(' or ')}.`],
  });
}
