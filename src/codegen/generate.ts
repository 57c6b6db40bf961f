/** DOOR: a typed program becomes the text of a module and a plan. It has no errors, so this reports nothing. */

import type { SourceFile } from '../base/source-file.ts';
import type { Machine } from '../plan/machine.ts';
import type { MapPlan, Plan, ProgramPlan } from '../plan/plan.ts';
import { lossSymbol, mapTypes, ringSymbol, scratchSymbol } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { MapSymbol, TypedProbe, TypedProgram } from '../sema/typed-tree.ts';
import { keyLayoutOf, valueLayoutOf } from './emission.ts';
import type { EmittedProgram, ModuleContext } from './emit-probe.ts';
import { emitProbe, scratchValueBytes } from './emit-probe.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { MapDescription } from './llvm/module.ts';
import { printModule } from './llvm/module.ts';
import { controlHeadroomBytes, ringBytesOf } from './ring-size.ts';
import { Tables } from './tables.ts';

export interface Generated {
  /** Text of the module. */
  readonly ir: string;
  readonly plan: Plan;
  /** A function per program in the plan's order, then the module's local ones. */
  readonly functions: readonly FunctionBuilder[];
}

export interface GenerateFacts {
  readonly machine: Machine;
  readonly settings: Settings;
}

export function generate(program: TypedProgram, source: SourceFile, { machine, settings }: GenerateFacts): Generated {
  const ringBytes = ringBytesOf(machine, settings);
  const context: ModuleContext = {
    machine,
    settings,
    source,
    maps: program.maps,
    programs: program.probes.length,
    ring: { bytes: ringBytes, headroomBytes: controlHeadroomBytes(ringBytes) },
    callbacks: { functions: [] },
  };
  const tables = new Tables();
  const emitted = program.probes.map((probe, index) => emitProbe(probe, index, context, tables));
  const maps = [...program.maps.map((map) => scriptMap(map, program.probes.length)), ...ownMaps(program, ringBytes, emitted)];
  const functions = [...emitted.map(({ builder }) => builder), ...context.callbacks.functions];
  return {
    ir: printModule({ source, maps: maps.map(describe), functions }),
    functions,
    plan: {
      programs: program.probes.map(programPlan),
      maps,
      events: tables.events,
      strings: tables.strings,
      places: tables.places,
      requires: program.requires,
    },
  };
}

const programPlan = ({ name, info, attachments, tracing, span }: TypedProbe): ProgramPlan => ({
  name,
  probe: info.name,
  type: info.type,
  attachments,
  ...(tracing && { tracing }),
  span,
});

function scriptMap(map: MapSymbol, programs: number): MapPlan {
  const keyLayout = keyLayoutOf(map);
  const valueLayout = valueLayoutOf(map);
  return {
    symbol: map.symbol,
    type: map.type,
    keyBytes: keyLayout.size,
    valueBytes: valueLayout.size,
    entriesMax: map.entriesMax,
    script: { name: map.name, key: map.key, keyLayout, value: map.value, valueLayout, failureSlot: programs + map.index },
  };
}

function ownMaps(program: TypedProgram, ringBytes: number, emitted: readonly EmittedProgram[]): readonly MapPlan[] {
  const scratchBytes = scratchValueBytes(emitted);
  const programs = program.probes.length;
  return [
    { symbol: ringSymbol, type: 'ringbuf', keyBytes: 0, valueBytes: 0, entriesMax: ringBytes },
    { symbol: lossSymbol, type: 'percpu-array', keyBytes: 4, valueBytes: 8, entriesMax: programs + program.maps.length },
    ...(scratchBytes > 0
      ? [{ symbol: scratchSymbol, type: 'percpu-array', keyBytes: 4, valueBytes: scratchBytes, entriesMax: programs } as const]
      : []),
  ];
}

const describe = (map: MapPlan): MapDescription => ({
  symbol: map.symbol,
  type: mapTypes[map.type],
  maxEntries: map.entriesMax,
  keyBytes: map.keyBytes,
  valueBytes: map.valueBytes,
  flags: 0,
});
