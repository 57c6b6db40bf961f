/**
 * The way to scratch memory, in front of a program that needs some: this CPU's entry of the scratch map, or a level of it that no
 * interrupted run of the same program has taken.
 */

import { kernelFrom } from '../plan/machine.ts';
import { largeScratchSymbol, scratchSymbol } from '../plan/plan.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import { helperNamed } from './bpf/helpers.ts';
import { scratchPointerName } from './bpf/storage.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { promised } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { i32, i64, nullPointer, symbolPointer, withAlign } from './llvm/ir-value.ts';

/**
 * How many runs of one program may be under way on one CPU: on a preemptible kernel a task can be interrupted within a uprobe's program,
 * and another task run the same one on the same CPU. They end in any order, so each level has a flag of its own.
 */
const levelsOfReentrant = 4;
/** In front of the levels' memory: a flag for each, set while it is taken. */
const flagBytes = 8;
const levelName = 'level_flag';
/** PCPU_MIN_UNIT_SIZE of include/linux/percpu.h: the largest value of a per-CPU map. Programs that need more have entries in a plain array. */
const perCpuBytesMax = 32 * 1024;

export interface ScratchEntry {
  readonly levels: number;
  /** The kernel has the atomic exchange. */
  readonly hasExchange: boolean;
  /** Of one level. */
  readonly bytes: number;
}

export type ScratchMap = typeof scratchSymbol | typeof largeScratchSymbol;

/** Which scratch map holds entries of so many bytes. */
export const scratchMapFor = (bytes: number): ScratchMap =>
  bytes <= perCpuBytesMax ? scratchSymbol : largeScratchSymbol;

export function scratchEntryOf({ program, machine }: BpfEmitter, bytes: number): ScratchEntry {
  return {
    levels: program.context.reentrant ? levelsOfReentrant : 1,
    hasExchange: kernelFrom(machine, 5, 12),
    bytes,
  };
}

/** Bytes of the program's entry in the scratch map. */
export const entryBytes = ({ levels, bytes }: ScratchEntry): number =>
  levels === 1 ? bytes : levels * (flagBytes + bytes);

/** At the program's end: its level may be taken again. */
export function releaseLevel(builder: FunctionBuilder, { levels }: ScratchEntry): void {
  if (levels === 1) return;
  builder.store(i64(0), builder.promise('ptr', levelName), { volatile: true, align: 8 });
}

/** Which of how many programs. */
export interface Ordinal {
  readonly program: number;
  readonly programs: number;
}

/** At its start. What is missing, or taken, is counted in `missing`. */
export function takeScratch(
  builder: FunctionBuilder,
  ordinal: Ordinal,
  entry: ScratchEntry,
  missing: IrBlock,
): void {
  const lookUp = (name: string): IrValue =>
    lookUpScratch(builder, ordinal, scratchMapFor(entryBytes(entry)), name, missing);
  if (entry.levels === 1) lookUp(promised(scratchPointerName));
  else takeLevel(builder, lookUp('levels'), entry, missing);
}

/** This CPU's entry of a scratch map. There is one, says the map's size, but the verifier wants to see it checked. */
function lookUpScratch(
  builder: FunctionBuilder,
  ordinal: Ordinal,
  map: ScratchMap,
  name: string,
  missing: IrBlock,
): IrValue {
  const key = builder.alloca('i32', 'program');
  builder.store(map === scratchSymbol ? i32(ordinal.program) : largeEntry(builder, ordinal), key);
  const entry = builder.callHelper(helperNamed('map_lookup_elem', 'ptr'), [symbolPointer(map), key], name);
  const found = builder.block('scratch.found');
  builder.condBr(builder.icmp('eq', entry, nullPointer, 'is_missing'), missing, found);
  builder.enter(found);
  return entry;
}

/** Entries for all programs of the first CPU, then those of the second … Programs don't move to another CPU while they run. */
function largeEntry(builder: FunctionBuilder, { program, programs }: Ordinal): IrValue {
  const cpu = builder.callHelper(helperNamed('get_smp_processor_id'), [], 'cpu');
  const first = builder.mul(builder.trunc(cpu, 'i32', 'cpu'), i32(programs), 'first');
  return builder.add(first, i32(program), 'entry');
}

/** The first level whose flag is clear; if none is, the event is lost. */
function takeLevel(
  builder: FunctionBuilder,
  entry: IrValue,
  { levels, hasExchange, bytes }: ScratchEntry,
  missing: IrBlock,
): void {
  const base = withAlign(entry, 8);
  const taken = builder.block('level.taken');
  const ways = Array.from({ length: levels }, (_, level) => {
    const flag = builder.gep(base, level * flagBytes, `flag.${level}`);
    const memory = builder.gep(base, levels * flagBytes + level * bytes, `level.${level}`);
    const before = hasExchange ? builder.atomic('xchg', flag, i64(1), 'was_taken') : setFlag(builder, flag);
    const from = builder.currentBlock;
    const isLast = level === levels - 1;
    const next = isLast ? missing : builder.block('level.next');
    builder.condBr(builder.icmp('eq', before, i64(0), 'is_free'), taken, next);
    if (!isLast) builder.enter(next);
    return { flag, memory, from };
  });
  builder.enter(taken);
  builder.phi(
    ways.map(({ flag, from }) => [flag, from] as const),
    promised(levelName),
  );
  builder.phi(
    ways.map(({ memory, from }) => [memory, from] as const),
    promised(scratchPointerName),
  );
}

/**
 * Kernels without the exchange run programs with preemption off: what comes between load and store is an interrupt's run, which gives
 * back what it took before this one goes on.
 */
function setFlag(builder: FunctionBuilder, flag: IrPointer): IrValue {
  const before = builder.load('i64', flag, 'was_taken', { volatile: true });
  builder.store(i64(1), flag, { volatile: true });
  return before;
}
