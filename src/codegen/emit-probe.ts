/** One program: entry, scratch, predicate, block, exit. */

import { present } from '../base/assert.ts';
import type { SourceFile } from '../base/source-file.ts';
import type { Argument } from '../builtins/emitter.ts';
import type { Machine } from '../plan/machine.ts';
import { scratchSymbol } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { MapSymbol, TypedArgument, TypedExpr, TypedProbe } from '../sema/typed-tree.ts';
import { roundUp } from '../types/layout.ts';
import type { EmitterOptions, Surroundings } from './bpf-emitter.ts';
import { BpfEmitter } from './bpf-emitter.ts';
import { Storage } from './bpf/storage.ts';
import type { Callbacks, Emission } from './emission.ts';
import { addressOfArgument, emitInto, evaluateArgument, scalarOf } from './emit-expression.ts';
import { countInto, LossCounters } from './emit-loss.ts';
import { emitCountEntries, emitKey, mapOf } from './emit-map.ts';
import { emitRecord, givenField } from './emit-record.ts';
import { emitBlock } from './emit-statement.ts';
import type { IrPointer } from './llvm/ir-value.ts';
import { i64, nullPointer, withAlign } from './llvm/ir-value.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import { Tables } from './tables.ts';

export interface ModuleContext {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly source: SourceFile;
  readonly maps: readonly MapSymbol[];
  readonly programs: number;
  readonly ring: Emission['ring'];
  readonly callbacks: Callbacks;
}

export interface EmittedProgram {
  readonly builder: FunctionBuilder;
  readonly tables: Tables;
  /** Bytes of its entry in the scratch map; 0 if it needs none. */
  readonly scratchBytes: number;
}

/**
 * How many runs of one program may be under way on one CPU: on a fully preemptible kernel a task can be interrupted within a uprobe's program,
 * and another task run the same one on the same CPU.
 */
const levelsOfPreemptible = 3;
/** In front of the levels' memory: a flag for each, set while it is taken. */
const flagBytes = 8;

/** Written twice: the first time shows whether scratch is needed and which losses are counted. */
export function emitProbe(probe: TypedProbe, index: number, module: ModuleContext, tables: Tables): EmittedProgram {
  const trial = write(probe, index, { ...module, callbacks: { functions: [...module.callbacks.functions] } }, new Tables(tables), undefined);
  return write(probe, index, module, tables, trial.needs);
}

/** What the first writing has shown. */
interface Needs {
  readonly scratchBytes: number;
  readonly slots: ReadonlySet<number>;
}

function write(
  probe: TypedProbe,
  index: number,
  module: ModuleContext,
  tables: Tables,
  needs: Needs | undefined,
): EmittedProgram & { readonly needs: Needs } {
  const builder = new FunctionBuilder(probe.name, { section: `s_${probe.name}` });
  const exit = builder.block('exit');
  const [leave, gone] = [builder.block('leave'), builder.block('gone')];
  const result = builder.alloca('i64', 'result');
  builder.store(i64(0), result);
  const levels = probe.info.context.preemptible && hasExchange(module.machine) ? levelsOfPreemptible : 1;
  const scratch = needs && needs.scratchBytes > 0 ? openScratch() : undefined;
  const storage = new Storage({ builder, onStackLimit: module.settings.onStackLimit, scratch: scratch?.memory });
  const holder: { emission?: Emission } = {};
  const out = new BpfEmitter({ ...emitterOptions(), storage, surroundings: () => surroundingsOf(probe, () => present(holder.emission, 'program')) });
  const losses = new LossCounters(out, module.programs, needs?.slots ?? new Set());
  const maps = new Map(module.maps.map((map) => [map.symbol, map]));
  const emission: Emission = {
    out,
    program: index,
    maps,
    losses,
    ring: module.ring,
    variables: new Map(),
    exit,
    result,
    callbacks: module.callbacks,
  };
  holder.emission = emission;
  out.locate(probe.span);
  emitBody(emission, probe);
  builder.enter(exit);
  losses.flush();
  if (scratch?.flag) builder.atomic('xchg', scratch.flag, i64(0), 'taken');
  builder.br(leave);
  builder.enter(leave);
  builder.ret(builder.load('i64', result, 'result'));
  const scratchBytes = storage.scratchBytes === 0 ? 0 : levels === 1 ? storage.scratchBytes : levels * (flagBytes + storage.scratchBytes);
  return { builder, tables, scratchBytes, needs: { scratchBytes: storage.scratchBytes, slots: losses.slots } };

  function emitterOptions(): Omit<EmitterOptions, 'storage' | 'surroundings'> {
    const { machine, settings, source } = module;
    return { builder, program: probe.info, machine, settings, source, tables };
  }

  /** This CPU's entry of the scratch map; without it (which can't happen, says the map's size, but the verifier wants to know) the event is lost. */
  function openScratch(): { readonly memory: IrPointer; readonly flag?: IrPointer } {
    const out = new BpfEmitter({
      ...emitterOptions(),
      storage: new Storage({ builder, onStackLimit: 8, scratch: undefined }),
      surroundings: () => surroundingsOf(probe, () => present(holder.emission, 'program')),
    });
    const key = out.storage.reserve(4, 'program');
    out.store(key, 0, out.int(index, 32));
    const found = out.lookup(scratchSymbol, key);
    const ready = builder.block('scratch');
    builder.condBr(builder.icmp('ne', found, nullPointer, 'is'), ready, gone);
    builder.enter(gone);
    countInto(out, index, out.int(1));
    builder.br(leave);
    builder.enter(ready);
    if (levels === 1) return { memory: withAlign(found, 8) };
    return takeLevel(out, found, levels, needs?.scratchBytes ?? 0);
  }

  /** The first level whose flag is clear. */
  function takeLevel(out: BpfEmitter, base: IrPointer, count: number, bytes: number): { memory: IrPointer; flag: IrPointer } {
    const ways: (readonly [IrPointer, IrPointer, typeof builder.currentBlock])[] = [];
    const taken = builder.block('level');
    for (let level = 0; level < count; level++) {
      const flag = withAlign(builder.gep(base, level * flagBytes, 'flag'), 8);
      const memory = withAlign(builder.gep(base, count * flagBytes + level * bytes, 'memory'), 8);
      const before = builder.atomic('xchg', flag, i64(1), 'before');
      ways.push([flag, memory, builder.currentBlock]);
      const next = builder.block('next');
      builder.condBr(builder.icmp('eq', before, i64(0), 'is'), taken, next);
      builder.enter(next);
    }
    countInto(out, index, out.int(1));
    builder.br(leave);
    builder.enter(taken);
    const flag = builder.phi(ways.map(([flag, , from]) => [flag, from]), 'flag');
    const memory = builder.phi(ways.map(([, memory, from]) => [memory, from]), 'memory');
    return { flag: withAlign(flag, 8), memory: withAlign(memory, 8) };
  }
}



/** BPF_XCHG came with 5.12. */
const hasExchange = ({ kernel: [major, minor] }: Machine): boolean => major > 5 || (major === 5 && minor >= 12);

function emitBody(emission: Emission, probe: TypedProbe): void {
  const { out } = emission;
  if (probe.predicate) {
    const { predicate } = probe;
    const go = out.builder.block('predicate.true');
    const value = out.storage.scope(() => scalarOf(emission, predicate));
    out.builder.condBr(value.ir, go, emission.exit);
    out.builder.enter(go);
  }
  emitBlock(emission, probe.body);
  if (!out.builder.hasEnded) out.builder.br(emission.exit);
}

function surroundingsOf(probe: TypedProbe, emission: () => Emission): Surroundings {
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
      const given = Object.entries(event.fields).map(([name, type]) => givenField(current, name, type, fields[name] ?? 0));
      emitRecord(current, event, given, constants, probe.span);
    },
    submitArguments: (event, args, constants) => {
      const current = emission();
      const fields = args.map((argument, index) => ({
        name: String(index),
        type: argument.type,
        fill: (place: Parameters<typeof emitInto>[2]) => emitInto(current, present(expressionOf(argument), 'value of an argument'), place),
      }));
      emitRecord(current, event, fields, constants, probe.span);
    },
  };
}

const expressionOf = (argument: Argument | undefined): TypedExpr | undefined => (argument as TypedArgument | undefined)?.expr;

/** Bytes of a scratch map's value that holds all that its programs need. */
export const scratchValueBytes = (programs: readonly EmittedProgram[]): number =>
  roundUp(Math.max(0, ...programs.map(({ scratchBytes }) => scratchBytes)), 8);
