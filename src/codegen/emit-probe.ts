/** One program: predicate, block, exit; and in front of them, if it needs scratch memory, the way to it. */

import { present } from '../base/assert.ts';
import type { SourceFile } from '../base/source-file.ts';
import { lineColumnAt } from '../base/source-file.ts';
import type { Argument } from '../builtins/emitter.ts';
import { currentIds } from '../builtins/variables/pid.ts';
import type { Machine } from '../plan/machine.ts';
import { scratchSymbol } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { MapSymbol, TypedArgument, TypedExpr, TypedProbe, TypedStatement } from '../sema/typed-tree.ts';
import { roundUp } from '../types/layout.ts';
import type { Surroundings } from './bpf-emitter.ts';
import { BpfEmitter } from './bpf-emitter.ts';
import { Failures } from './bpf/failures.ts';
import { helperNamed } from './bpf/helpers.ts';
import { scratchPointerName, Storage } from './bpf/storage.ts';
import type { Emission } from './emission.ts';
import { addressOfArgument, branchOn, emitInto, evaluateArgument } from './emit-expression.ts';
import { emitCountEntries, emitKey, mapOf } from './emit-map.ts';
import { emitRecord, givenField } from './emit-record.ts';
import { emitBlock } from './emit-statement.ts';
import { Exits } from './exits.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import type { IrValue } from './llvm/ir-value.ts';
import { i32, i64, nullPointer, symbolPointer, withAlign } from './llvm/ir-value.ts';
import type { RingRoom } from './ring-room.ts';
import type { Tables } from './tables.ts';
import type { Place } from './values.ts';
import { registerOf } from './values.ts';

export interface ModuleContext {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly source: SourceFile;
  readonly maps: ReadonlyMap<string, MapSymbol>;
  /** Slot of the loss counters that belongs to the first map: as many as there are programs. */
  readonly firstMapSlot: number;
  readonly ring: RingRoom;
  readonly tables: Tables;
}

export interface EmittedProgram {
  readonly builder: FunctionBuilder;
  /** Bytes of its entry in the scratch map; 0 if it needs none. */
  readonly scratchBytes: number;
}

export function emitProbe(probe: TypedProbe, index: number, module: ModuleContext): EmittedProgram {
  const emission = startProgram(probe, index, module);
  const { builder } = emission.out;
  const entry = builder.currentBlock;
  if (probe.info.type !== 'tracing' && probe.body.some(givesValue)) emission.exits.prepareResult();
  emission.exits.clearResult();
  emitBody(emission, probe);
  const scratchBytes = finishProgram(emission, index, entry);
  return { builder, scratchBytes };
}

function startProgram(probe: TypedProbe, index: number, module: ModuleContext): Emission {
  const { machine, settings, source, tables } = module;
  const builder = new FunctionBuilder(probe.name, {
    section: `s_${probe.name}`,
    location: lineColumnAt(source, probe.span.start),
  });
  const storage = new Storage(builder, settings.onStackLimit);
  const holder: { emission?: Emission } = {};
  const surroundings = surroundingsOf(() => present(holder.emission, 'the program being written'));
  const { info, span } = probe;
  const emission: Emission = {
    out: new BpfEmitter({
      builder,
      storage,
      program: info,
      machine,
      settings,
      source,
      tables,
      surroundings,
      span,
    }),
    program: index,
    maps: module.maps,
    firstMapSlot: module.firstMapSlot,
    failures: new Failures(builder, tables),
    exits: new Exits(builder),
    ring: module.ring,
    variables: new Map(),
  };
  holder.emission = emission;
  return emission;
}

/** A `return` with a value, which the kernel takes from all but programs on trampolines (kernel/bpf/verifier.c, check_return_code). */
function givesValue(statement: TypedStatement): boolean {
  switch (statement.kind) {
    case 'return':
      return statement.value !== undefined;
    case 'if':
      return statement.then.some(givesValue) || statement.else.some(givesValue);
    case 'block':
    case 'unroll':
      return statement.body.some(givesValue);
    default:
      return false;
  }
}

function emitBody(emission: Emission, { onlyProcess, predicate, body }: TypedProbe): void {
  const { out, exits } = emission;
  if (onlyProcess !== undefined) {
    const go = out.builder.block('process.found');
    const isTheirs = out.storage.scope(() => out.compare('==', currentIds(out, false).pid, onlyProcess));
    out.builder.condBr(registerOf(isTheirs).ir, go, exits.block);
    out.builder.enter(go);
  }
  if (predicate) {
    const go = out.builder.block('predicate.true');
    out.storage.scope(() => branchOn(emission, predicate, go, exits.block));
    out.builder.enter(go);
  }
  emitBlock(emission, body);
}

/** What stands behind the block, and what is known only now. Returns the bytes of scratch. */
function finishProgram({ out, exits, failures }: Emission, index: number, entry: IrBlock): number {
  const { builder, storage, span } = out;
  const bytes = storage.scratchBytes;
  const levels = levelsFor(out, bytes);
  const flag = bytes > 0 && levels > 1 ? builder.promise('ptr', levelName) : undefined;
  let last = exits.enter();
  if (flag) builder.store(i64(0), flag, { volatile: true, align: 8 });
  if (bytes > 0) {
    last = builder.block('leave');
    builder.br(last);
    builder.enter(last);
  }
  builder.ret(exits.result());
  out.locate(span);
  if (bytes > 0) {
    const missing = failures.block('scratch.missing', index, last);
    builder.enterFirst(builder.block('prologue'));
    exits.clearResult();
    if (flag) takeLevel(builder, lookUpScratch(builder, index, 'levels', missing), levels, bytes, missing);
    else lookUpScratch(builder, index, scratchPointerName, missing);
    builder.br(entry);
  }
  failures.write(last);
  return bytes === 0 ? 0 : levels === 1 ? bytes : levels * (flagBytes + bytes);
}

/**
 * How many runs of one program may be under way on one CPU: on a preemptible kernel a task can be interrupted within a uprobe's program,
 * and another task run the same one on the same CPU. They end in any order, so each level has a flag of its own.
 */
const levelsOfPreemptible = 4;
/** In front of the levels' memory: a flag for each, set while it is taken. */
const flagBytes = 8;
const levelName = 'level_flag';
/** PCPU_MIN_UNIT_SIZE of include/linux/percpu.h: the largest value of a per-CPU map. */
const entryBytesMax = 32 * 1024;

function levelsFor({ program, machine }: BpfEmitter, bytes: number): number {
  // Kernels without atomic exchange (before 5.12) run programs of uprobes with preemption off (kernel/trace/trace_uprobe.c).
  const [major, minor] = machine.kernel;
  const isPreempted = program.context.preemptible === true && (major > 5 || (major === 5 && minor >= 12));
  if (!isPreempted) return 1;
  return Math.max(1, Math.min(levelsOfPreemptible, Math.floor(entryBytesMax / (bytes + flagBytes))));
}

/** This CPU's entry of the scratch map. There is one, says the map's size, but the verifier wants to see it checked. */
function lookUpScratch(builder: FunctionBuilder, index: number, name: string, missing: IrBlock): IrValue {
  const key = builder.alloca('i32', 'program');
  builder.store(i32(index), key);
  const entry = builder.callHelper(
    helperNamed('map_lookup_elem', 'ptr'),
    [symbolPointer(scratchSymbol), key],
    name,
  );
  const found = builder.block('scratch.found');
  builder.condBr(builder.icmp('eq', entry, nullPointer, 'is_missing'), missing, found);
  builder.enter(found);
  return entry;
}

/** The first level whose flag is clear; if none is, the event is lost. */
function takeLevel(
  builder: FunctionBuilder,
  levels: IrValue,
  count: number,
  bytes: number,
  missing: IrBlock,
): void {
  const base = withAlign(levels, 8);
  const taken = builder.block('level.taken');
  const ways = Array.from({ length: count }, (_, level) => {
    const flag = builder.gep(base, level * flagBytes, `flag.${level}`);
    const memory = builder.gep(base, count * flagBytes + level * bytes, `level.${level}`);
    const before = builder.atomic('xchg', flag, i64(1), 'was_taken');
    const from = builder.currentBlock;
    const isLast = level === count - 1;
    const next = isLast ? missing : builder.block('level.next');
    builder.condBr(builder.icmp('eq', before, i64(0), 'is_free'), taken, next);
    if (!isLast) builder.enter(next);
    return { flag, memory, from };
  });
  builder.enter(taken);
  builder.phi(
    ways.map(({ flag, from }) => [flag, from] as const),
    levelName,
  );
  builder.phi(
    ways.map(({ memory, from }) => [memory, from] as const),
    scratchPointerName,
  );
}

function surroundingsOf(emission: () => Emission): Surroundings {
  return {
    evaluate: (argument) => evaluateArgument(emission(), argument),
    address: (argument) => addressOfArgument(emission(), argument),
    keyOf: (map, key) => {
      const current = emission();
      return emitKey(current, mapOf(current, map.symbol), expressionOf(key ?? map.element));
    },
    countEntries: (map) => emitCountEntries(emission(), map.symbol),
    submit: (event, fields, constants) => {
      const current = emission();
      const given = Object.entries(event.fields).map(([name, type]) =>
        givenField(current, name, type, fields[name] ?? 0),
      );
      emitRecord(current, event, given, constants);
    },
    submitArguments: (event, args, constants) => {
      const current = emission();
      const fields = args.map((argument, index) => ({
        name: String(index),
        type: argument.type,
        fill: (place: Place) =>
          emitInto(current, present(expressionOf(argument), 'value of an argument'), place),
      }));
      emitRecord(current, event, fields, constants);
    },
  };
}

/** Arguments come from sema, with their expressions. */
const expressionOf = (argument: Argument | undefined): TypedExpr | undefined => {
  const typed: TypedArgument | undefined = argument;
  return typed?.expr;
};

/** Bytes of a scratch map's value that holds all that its programs need. */
export const scratchValueBytes = (programs: readonly EmittedProgram[]): number =>
  roundUp(Math.max(0, ...programs.map(({ scratchBytes }) => scratchBytes)), 8);
