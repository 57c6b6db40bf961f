/** DOOR: a typed program becomes the text of a module and a plan. It has no errors, so this reports nothing. */

import type { Sources } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import { present } from '../base/assert.ts';
import type { NameTable } from '../builtins/emitter.ts';
import type { Machine } from '../plan/machine.ts';
import type { EventPlan, MapPlan, Plan, ProgramPlan } from '../plan/plan.ts';
import { importedSymbol } from '../plan/object-sections.ts';
import {
  largeScratchSymbol,
  lossSymbol,
  mapTypes,
  packetsSymbol,
  ringSymbol,
  scratchSymbol,
  secondSymbol,
  slotSymbol,
} from '../plan/plan.ts';
import { ringBytes } from '../plan/ring-size.ts';
import type { Settings } from '../plan/settings.ts';
import type { ExternalCode } from '../sema/facts.ts';
import type { MapSymbol, TypedProbe, TypedProgram } from '../sema/typed-tree.ts';
import type { FieldsOf } from '../types/field.ts';
import { namedFields, structTable } from '../types/field.ts';
import type { StructType, Type } from '../types/type.ts';
import type { ModuleContext } from './emission.ts';
import { keyLayoutOf, valueLayoutOf } from './emission.ts';
import type { EmittedProgram } from './emit-probe.ts';
import { emitProbe, scratchValueBytes } from './emit-probe.ts';
import { takenMaps } from './joined-acts.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { MapDescription } from './llvm/module.ts';
import { printModule } from './llvm/module.ts';
import { RingRoom } from './ring-room.ts';
import { Tables } from './tables.ts';
import { givesValue, sendsControlEvents, wantsWholeContext } from './walk.ts';

export interface Generated {
  /** Text of the module. */
  readonly ir: string;
  /** More modules, for LLVM to link with it. */
  readonly modules: readonly Uint8Array[];
  readonly plan: Plan;
  /** A function per program in the plan's order, then the module's local ones. */
  readonly functions: readonly FunctionBuilder[];
}

export interface GenerateFacts {
  struct(keyword: 'struct', name: string): StructType | undefined;
  kernelSymbol(name: string): { readonly address: bigint } | undefined;
  functionPrototypes(name: string): readonly { readonly btfObject: string; readonly btfId: number }[];
  readonly machine: Machine;
  readonly settings: Settings;
  readonly fieldsOf: FieldsOf;
  readonly externalCode: Pick<ExternalCode, 'modules' | 'maps'>;
}

export function generate(program: TypedProgram, sources: Sources, facts: GenerateFacts): Generated {
  const { machine, settings, fieldsOf } = facts;
  const ring = new RingRoom(settings, machine, sendsControlEvents(program));
  const tables = new Tables(
    program.requires,
    program.probes.map(({ name }) => name),
    takenMaps(program),
  );
  const byName = new Map(program.maps.map((map) => [map.symbol, map]));
  const kernelField = kernelFields(facts);
  const kernelSymbol = (name: string): bigint => present(facts.kernelSymbol(name), `symbol ${name}`).address;
  const module = {
    machine,
    settings,
    sources,
    maps: byName,
    programs: program.probes.length,
    ring,
    tables,
    kernelField,
    kernelSymbol,
    kernelFunction: (name: string) =>
      present(
        facts.functionPrototypes(name).find(({ btfObject }) => btfObject === 'vmlinux'),
        `function ${name}`,
      ).btfId,
  };
  const emitted = program.probes.map((probe, index) => emitProbe(probe, index, module));
  const maps = [
    ...program.maps.map(scriptMap).flatMap((map) => (tables.exchanged.has(map.symbol) ? inSlot(map) : [map])),
    ...ownMaps(program.probes.length + tables.failures.length, ring.bytes),
    ...scratchMaps(emitted, machine),
    ...[...tables.nameTables].map(nameMap),
    ...(tables.events.some(({ carriesPacket }) => carriesPacket) ? [packetsMap(machine)] : []),
  ];
  const functions = [...emitted.map(({ builder }) => builder), ...tables.functions.values()];
  const { events, strings, places, requires } = tables;
  return {
    ir: printModule({
      source: sources.main,
      maps: maps.map(describe),
      functions,
      license: settings.license,
    }),
    modules: facts.externalCode.modules,
    functions,
    plan: {
      programs: program.probes.map((probe) => programPlan(probe, machine)),
      maps: [...maps, ...importedMaps(facts, new Set(maps.map(({ symbol }) => symbol)))],
      events,
      strings,
      structs: structTable(valueTypes(maps, events), fieldsOf),
      places,
      failures: tables.failures,
      requires,
    },
  };
}

/** The program whose own function has the most instructions. */
export function largestProgram({ plan, functions }: Pick<Generated, 'plan' | 'functions'>): {
  readonly span: Span;
  readonly size: number;
} {
  const sizes = plan.programs.map(({ span }, index) => ({
    span,
    size: present(functions[index], 'function of a program').instructionCount,
  }));
  return sizes.reduce((most, one) => (one.size > most.size ? one : most));
}

/** Fields of the kernel's structs by their names, those of anonymous members too. */
const kernelFields =
  (facts: GenerateFacts): ModuleContext['kernelField'] =>
  (struct, name) => {
    const type = present(facts.struct('struct', struct), `struct ${struct}`);
    return present(
      namedFields(type, facts.fieldsOf).find((field) => field.name === name),
      `${struct}.${name}`,
    );
  };

/** Types of all values that user space reads. */
function* valueTypes(maps: readonly MapPlan[], events: readonly EventPlan[]): Iterable<Type> {
  for (const { record } of events) for (const { type } of record.fields) yield type;
  for (const { script } of maps) if (script) yield* [...script.key, script.value];
}

const programPlan = (probe: TypedProbe, machine: Machine): ProgramPlan => ({
  name: probe.name,
  probe: probe.info.name,
  type: probe.info.type,
  attachments: probe.attachments,
  ...(probe.tracing && { tracing: probe.tracing }),
  ...(wantsWholeContext(probe, machine) && { wholeContext: true }),
  ...(givesValue(probe.body) && { givesResult: true }),
  span: probe.span,
});

function scriptMap(map: MapSymbol): MapPlan {
  const keyLayout = keyLayoutOf(map);
  const valueLayout = valueLayoutOf(map);
  const { name, key, value, isDeclared } = map;
  return {
    symbol: map.symbol,
    type: map.type,
    keyBytes: keyLayout.size,
    valueBytes: valueLayout.size,
    entriesMax: map.entriesMax,
    script: { name, key, keyLayout, value, valueLayout, isDeclared },
  };
}

/** A map, another like it, and the slot that one of them is in. */
function inSlot(map: MapPlan): readonly MapPlan[] {
  const { script: _, ...second } = { ...map, symbol: secondSymbol(map.symbol) };
  const holds = { first: map.symbol, second: second.symbol };
  const slot = { symbol: slotSymbol(map.symbol), keyBytes: 4, valueBytes: 4, entriesMax: 1, holds };
  return [map, second, { ...slot, type: 'array-of-maps' }];
}

function ownMaps(counters: number, ringBytes: number): readonly MapPlan[] {
  return [
    { symbol: ringSymbol, type: 'ringbuf', keyBytes: 0, valueBytes: 0, entriesMax: ringBytes },
    {
      symbol: lossSymbol,
      type: 'percpu-array',
      keyBytes: 4,
      valueBytes: 8,
      entriesMax: Math.max(1, counters),
    },
  ];
}

/** Keys are CPUs, values perf events. */
const packetsMap = ({ possibleCpus }: Machine): MapPlan => ({
  symbol: packetsSymbol,
  type: 'perf-event-array',
  keyBytes: 4,
  valueBytes: 4,
  entriesMax: possibleCpus,
});

/** Those that some program uses. */
function scratchMaps(emitted: readonly EmittedProgram[], { possibleCpus }: Machine): readonly MapPlan[] {
  const programs = emitted.length;
  const kinds = [
    { symbol: scratchSymbol, type: 'percpu-array', entriesMax: programs },
    { symbol: largeScratchSymbol, type: 'array', entriesMax: programs * possibleCpus },
  ] as const;
  return kinds
    .map((kind) => ({ ...kind, keyBytes: 4, valueBytes: scratchValueBytes(emitted, kind.symbol) }))
    .filter(({ valueBytes }) => valueBytes > 0);
}

/** Defined in their own modules. A ring has a power of two of pages. */
function importedMaps(
  { externalCode, machine }: GenerateFacts,
  own: ReadonlySet<string>,
): readonly MapPlan[] {
  return externalCode.maps.map((map) => ({
    ...map,
    symbol: importedSymbol(map.symbol, own),
    imported: map.symbol,
    ...(map.type === 'ringbuf' && { entriesMax: ringBytes(map.entriesMax, { machine, ...machine }) }),
  }));
}

const nameMap = ([symbol, { bytes, names }]: [string, NameTable]): MapPlan => ({
  symbol,
  type: 'array',
  keyBytes: 4,
  valueBytes: bytes,
  entriesMax: names.length,
  texts: names,
});

const describe = (map: MapPlan): MapDescription => ({
  symbol: map.symbol,
  type: mapTypes[map.type],
  maxEntries: map.entriesMax,
  keyBytes: map.keyBytes,
  valueBytes: map.valueBytes,
  flags: 0,
});
