/** One program: predicate, block, exit; and in front of them, if it needs scratch memory, the way to it. */

import { present } from '../base/assert.ts';
import { lineColumnAt } from '../base/source-file.ts';
import { currentIds } from '../builtins/variables/pid.ts';
import type { TypedProbe } from '../sema/typed-tree.ts';
import { roundUp } from '../types/layout.ts';
import { Storage } from './bpf/storage.ts';
import { stackShare } from './bpf/stack-shares.ts';
import type { Emission, ModuleContext } from './emission.ts';
import { branchOn } from './emit-expression.ts';
import { emitBlock } from './emit-statement.ts';
import { Exits } from './exits.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import { addressedVariables, countingVariables, sharedVariables } from './loop-facts.ts';
import type { ScratchMap } from './scratch-entry.ts';
import { entryBytes, releaseLevel, scratchEntryOf, scratchMapFor, takeScratch } from './scratch-entry.ts';
import { nullPointer } from './llvm/ir-value.ts';
import { startFunction } from './start-function.ts';
import { registerOf } from './values.ts';
import { settleAddressed } from './variables.ts';
import { givesValue } from './walk.ts';

export interface EmittedProgram {
  readonly builder: FunctionBuilder;
  /** Bytes of its entry in a scratch map; 0 if it needs none. */
  readonly scratchBytes: number;
}

export function emitProbe(probe: TypedProbe, index: number, module: ModuleContext): EmittedProgram {
  const source = present(module.sources.named(probe.span.file), `source ${probe.span.file}`);
  const builder = new FunctionBuilder(probe.name, {
    section: `s_${probe.name}`,
    source,
    location: lineColumnAt(source, probe.span.start),
  });
  const exits = new Exits(builder);
  const share = stackShare(probe.depth);
  const limits = { onStackLimit: module.settings.onStackLimit, stackBytesMax: share.bytes };
  const emission = startFunction(
    {
      ...module,
      program: index,
      probe,
      share,
      shared: sharedVariables(probe),
      counting: countingVariables(probe),
      functions: new Map(),
    },
    {
      builder,
      source,
      storage: new Storage(builder, limits),
      context: () => builder.parameter(0),
      departure: undefined,
      leave: (value) => exits.leave(value?.ir),
    },
  );
  const entry = builder.currentBlock;
  if (probe.info.type !== 'tracing' && givesValue(probe.body)) exits.prepareResult();
  exits.clearResult();
  emitBody(emission, exits, probe);
  return { builder, scratchBytes: finishProgram(emission, exits, entry) };
}

function emitBody(emission: Emission, exits: Exits, { onlyProcess, predicate, body }: TypedProbe): void {
  const { out } = emission;
  skipEnd(emission, exits);
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
  settleAddressed(emission, addressedVariables(body));
  emitBlock(emission, body);
}

/** An iterator's program runs once more when there is no object left. */
function skipEnd({ out }: Emission, exits: Exits): void {
  const { walk } = out.program.context;
  if (!walk) return;
  const go = out.builder.block('object.found');
  const object = out.follow([walk.object.offset]);
  out.builder.condBr(out.builder.icmp('eq', object.ir, nullPointer, 'is_end'), exits.block, go);
  out.builder.enter(go);
}

/** What stands behind the block, and what is known only now. Returns the bytes of scratch. */
function finishProgram(emission: Emission, exits: Exits, entry: IrBlock): number {
  const { out, failures, program, probe, programs } = emission;
  const { builder } = out;
  const { usesScratch, scratchBytes } = out.storage;
  const scratch = usesScratch ? scratchEntryOf(out, scratchBytes) : undefined;
  let last = exits.enter();
  if (scratch) {
    releaseLevel(builder, scratch);
    last = builder.block('leave');
    builder.br(last);
    builder.enter(last);
  }
  builder.ret(exits.result());
  out.locate(probe.span);
  if (scratch) {
    const missing = failures.block('scratch.missing', program, last);
    builder.enterFirst(builder.block('prologue'));
    exits.clearResult();
    takeScratch(builder, { program, programs }, scratch, missing);
    builder.br(entry);
  }
  failures.write(last);
  return scratch ? entryBytes(scratch) : 0;
}

/** Bytes of a scratch map's value that holds all that its programs need; 0 if none uses it. */
export const scratchValueBytes = (programs: readonly EmittedProgram[], map: ScratchMap): number => {
  const needs = programs.map(({ scratchBytes }) => scratchBytes);
  return roundUp(Math.max(0, ...needs.filter((bytes) => scratchMapFor(bytes) === map)), 8);
};
