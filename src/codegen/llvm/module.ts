/** Prints a whole module: target, licence, maps with their BTF, functions with debug locations. The only place that knows sections. */

import { assert } from '../../base/assert.ts';
import type { IrBlock, ScriptSource } from './block-writer.ts';
import type { DebugType } from './debug-info.ts';
import { DebugInfo } from './debug-info.ts';
import type { FunctionBuilder } from './ir.ts';

export interface MapDescription {
  /** Its global: AT_x. */
  readonly symbol: string;
  /** BPF_MAP_TYPE_…, as a number. */
  readonly type: number;
  readonly maxEntries: number;
  /** 0 where the map type has no key or value (ring buffer). */
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly flags: number;
  /** How BTF describes keys and values. By default 4 and 8 bytes are an integer, all else an array of bytes. */
  readonly keyType?: DebugType;
  readonly valueType?: DebugType;
  /** Sizes only: for map types whose keys and values the kernel won't have typed (stack traces, perf event arrays). */
  readonly untyped?: boolean;
}

export interface ModuleDescription {
  /** The script's own text; functions may have others. */
  readonly source: ScriptSource;
  readonly maps: readonly MapDescription[];
  readonly functions: readonly FunctionBuilder[];
  /** The licence the kernel sees; helpers that read memory want GPL. */
  readonly license?: string;
}

/** The BPF back end's own layout; LLVM adopts nothing less. */
const header = [
  "; ModuleID = 'tstrace'",
  'source_filename = "tstrace"',
  'target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"',
  'target triple = "bpf"',
];

/** A function of no more instructions is short enough for any branch: few of them become more than one of BPF, none of them hundreds. */
const nearInstructionsMax = 2000;

/** The text of a module; same input, same bytes. */
export function printModule({ source, maps, functions, license = 'GPL' }: ModuleDescription): string {
  const symbols = [...maps.map((map) => map.symbol), ...functions.map((builder) => builder.name)];
  assert(new Set(symbols).size === symbols.length, `a symbol appears twice: ${symbols.join(' ')}`);
  const debug = new DebugInfo(source);
  const globals = maps.map((map) => printMap(map, debug));
  const bodies = functions.map((builder) => printFunction(builder, debug));
  const intrinsics = [...new Set(functions.flatMap((builder) => [...builder.intrinsics]))].sort();
  const parts = [
    header.join('\n'),
    [printLicense(license), ...globals].join('\n'),
    ...bodies,
    [...intrinsics, 'attributes #0 = { nounwind }'].join('\n'),
    debug.print(),
  ];
  return `${parts.join('\n\n')}\n`;
}

function printLicense(license: string): string {
  assert(/^[ -!#-[\]-~]*$/.test(license), `licence ${license}`);
  return `@LICENSE = dso_local global [${license.length + 1} x i8] c"${license}\\00", section "license", align 1`;
}

/** A map definition as libbpf reads it: a struct of pointers that are never followed; all is in their types. */
function printMap(map: MapDescription, debug: DebugInfo): string {
  const members = mapMembers(map, debug);
  const struct = `{ ${members.map(() => 'ptr').join(', ')} }`;
  const node = debug.map(map.symbol, members);
  return `@${map.symbol} = dso_local global ${struct} zeroinitializer, section ".maps", align 8, !dbg ${node}`;
}

function mapMembers(map: MapDescription, debug: DebugInfo): [name: string, type: string][] {
  const members: [string, string][] = [['type', debug.number(map.type)]];
  if (map.maxEntries > 0) members.push(['max_entries', debug.number(map.maxEntries)]);
  if (map.flags > 0) members.push(['map_flags', debug.number(map.flags)]);
  const parts = [
    ['key', map.keyBytes, map.keyType],
    ['value', map.valueBytes, map.valueType],
  ] as const;
  for (const [name, bytes, type] of parts) {
    if (bytes === 0) continue;
    if (map.untyped === true) members.push([`${name}_size`, debug.number(bytes)]);
    else members.push([name, debug.type(type ?? plainType(bytes))]);
  }
  return members;
}

function plainType(bytes: number): DebugType {
  if (bytes === 8 || bytes === 4) return { kind: 'int', bytes, signed: true };
  return { kind: 'array', of: { kind: 'int', bytes: 1, signed: true }, length: bytes };
}

function printFunction(builder: FunctionBuilder, debug: DebugInfo): string {
  const subprogram = debug.function(builder);
  const parameters = builder.parameters.map(({ name, type }) => `${type} %${name}`).join(', ');
  const linkage = builder.section === undefined ? 'internal ' : '';
  const section = builder.section === undefined ? '' : ` section "${builder.section}"`;
  const signature = `${linkage}${builder.result} @${builder.name}(${parameters})`;
  const isLong = builder.instructionCount > nearInstructionsMax;
  const written = builder.finish();
  const blocks = (isLong ? coldBesideBranches(written) : written).map((block) =>
    printBlock(block, subprogram, debug, isLong ? expected(block, debug) : ''),
  );
  return `define ${signature} #0${section} !dbg ${subprogram} {\n${blocks.join('\n\n')}\n}`;
}

/** The notes of a block's last instruction stand in `atEnd`. */
function printBlock(block: IrBlock, subprogram: string, debug: DebugInfo, atEnd: string): string {
  const lines = block.instructions.map(
    ({ text, location }) => `  ${text}, !dbg ${debug.location(location, subprogram)}`,
  );
  return `${[`${block.label}:`, ...lines].join('\n')}${atEnd}`;
}

/**
 * A branch of BPF leads over 32,767 instructions (Documentation/bpf/standardization/instruction-set.rst: 16 bits). In a long function each cold
 * block stands beside the branch that leads to it,
 */
function coldBesideBranches(blocks: readonly IrBlock[]): readonly IrBlock[] {
  const order = new Set<IrBlock>();
  for (const block of blocks) {
    order.add(block);
    for (const next of block.successors ?? []) if (next.isCold) order.add(next);
  }
  return [...order];
}

/** and LLVM is told that it is likely to be run: what isn't it lays out behind all others. */
function expected({ successors = [] }: IrBlock, debug: DebugInfo): string {
  const [first, second] = successors;
  if (!first || !second || first.isCold === second.isCold) return '';
  return `, !prof ${debug.likely(first.isCold ? 0 : 1)}`;
}
