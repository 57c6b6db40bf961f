/** kstack and ustack: the stack at the moment the probe fires. */

import type { Report } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import { kernelFrom } from '../../plan/machine.ts';
import { buildIdFrame, frameType, partsOf, sizeOf, slotOf } from '../../types/layout.ts';
import type { StackMode, StackType } from '../../types/type.ts';
import { stack, stackModes } from '../../types/type.ts';
import type { FunctionDefinition, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument, Emitter, Memory, Scalar } from '../emitter.ts';
import { currentIds } from '../variables/pid.ts';

const defaultDepth = 127;
const depthMax = 1024;

/** Flags of bpf_get_stack (include/uapi/linux/bpf.h): BPF_F_USER_STACK, BPF_F_USER_BUILD_ID. */
const userStackFlag = 1 << 8;
const buildIdFlag = 1 << 11;

type Space = StackType['space'];

/** The mode that was asked for, by a word of the call or by the setting. */
const wantedMode = (args: readonly Argument[], { settings }: Pick<TypingContext, 'settings'>): StackMode =>
  stackModes.find((word) => args.some((argument) => argument.keyword === word)) ?? settings.stackMode;

function stackType(
  space: Space,
  args: readonly Argument[],
  context: Pick<TypingContext, 'settings'>,
): StackType {
  const mode = wantedMode(args, context);
  const depth = args.find((argument) => typeof argument.constant === 'bigint')?.constant;
  return stack(
    space,
    depth === undefined ? defaultDepth : Math.max(1, Math.min(Number(depth), depthMax)),
    mode === 'build_id' && space === 'kernel' ? 'raw' : mode,
  );
}

function checkDepth(args: readonly Argument[], { machine }: TypingContext, report: Report): void {
  for (const { constant, span } of args) {
    if (typeof constant !== 'bigint') continue;
    if (constant < 1n || constant > BigInt(depthMax))
      report.error('bad-argument', `A stack has 1 to ${depthMax} frames`, span);
    else if (constant > BigInt(machine.stackFramesMax))
      report.warning('bad-argument', `This kernel gives ${machine.stackFramesMax} frames at most`, span, {
        hints: [`For more: sysctl kernel.perf_event_max_stack=${constant}`],
      });
  }
}

function checkMode(
  space: Space,
  args: readonly Argument[],
  context: TypingContext,
  report: Report,
  call: Span,
) {
  if (space === 'user' || wantedMode(args, context) !== 'build_id') return;
  const word = args.find(({ keyword }) => keyword === 'build_id');
  report.warning(
    'bad-argument',
    'Build ids name files, which the kernel is not: this stack is shown raw',
    word?.span ?? call,
    {
      hints: ['Use build_id with ustack.'],
    },
  );
}

function emitStack(type: StackType, out: Emitter, name: string): Memory {
  const value = out.reserve(partsOf(type).size, name);
  const place = framePlaces(type);
  // The helper writes all frames' bytes, zeros behind the last, also where it fails.
  const written = getStack(out, type, out.part(value, place.frames, place.bytes * type.depth));
  const count = out.shiftRight(written, Math.log2(place.bytes));
  const counted = out.select(out.compare('>', written, 0, true), count, out.int(0));
  out.store(value, place.count, out.resize(counted, 32));
  const isUser = type.space === 'user';
  out.store(value, place.process, isUser ? currentIds(out, false).pid : out.int(0, 32));
  const { caller } = out.program.context;
  if (isUser && caller && type.depth > 1)
    out.when(out.compare('>', counted, 0), () => addCaller(type, out, value, caller));
  return value;
}

/** Offsets within a stack's value, and the bytes of a frame. */
function framePlaces(type: StackType) {
  const layout = partsOf(type);
  const offset = (part: string): number => slotOf(layout, part).offset;
  const bytes = sizeOf(frameType(type));
  return { process: offset('process'), count: offset('count'), frames: offset('frames'), bytes };
}

function getStack(out: Emitter, { space, mode }: Pick<StackType, 'space' | 'mode'>, frames: Memory): Scalar {
  const flags = (space === 'user' ? userStackFlag : 0) | (mode === 'build_id' ? buildIdFlag : 0);
  return out.helper('get_stack', ['context', frames, frames.bytes, flags]);
}

/**
 * In its first instruction a function has not yet made its frame: the kernel walks from that of its caller and leaves the caller itself
 * out, unless it knows the instruction as one that begins a frame (since 6.12, arch/x86/events/core.c, perf_callchain_user). Where it is
 * missing, the walk is done again one frame further back, and the caller put into the gap.
 */
function addCaller(
  type: StackType,
  out: Emitter,
  value: Memory,
  { register, inMemory }: NonNullable<Emitter['program']['context']['caller']>,
): void {
  const caller = inMemory ? readWord(out, out.context(register)) : out.context(register);
  const isMissing = out.and(
    out.compare('!=', secondAddress(type, out, value), caller),
    out.compare('!=', caller, 0),
  );
  out.when(isMissing, () => {
    const { frames, bytes, count } = framePlaces(type);
    const behind = out.part(value, frames + bytes, bytes * (type.depth - 1));
    const written = getStack(out, type, behind);
    if (bytes === 8) out.store(behind, 0, caller);
    else storeAddress(out, behind, caller);
    const found = out.select(out.compare('>', written, bytes, true), written, out.int(bytes));
    out.store(value, count, out.resize(out.add(out.shiftRight(found, Math.log2(bytes)), 1), 32));
  });
}

function readWord(out: Emitter, address: Scalar): Scalar {
  const word = out.reserve(8, 'caller');
  out.readMemory(word, 8, address, 'user');
  return out.load(word, 0, 64);
}

/** Where the kernel thinks that the probed function was called from; 0 if nowhere. Frames by build id don't tell addresses. */
function secondAddress(type: StackType, out: Emitter, value: Memory): Scalar {
  const { frames, bytes } = framePlaces(type);
  if (bytes === 8) return out.load(value, frames + bytes, 64);
  const addresses = out.reserve(2 * 8, 'addresses');
  getStack(out, { space: 'user', mode: 'raw' }, addresses);
  return out.load(addresses, 8, 64);
}

/** A frame of which the address is known, and the build id is not. */
function storeAddress(out: Emitter, frame: Memory, address: Scalar): void {
  const addressStatus = 2; // BPF_STACK_BUILD_ID_IP
  out.zero(out.part(frame, 0, buildIdFrame.size));
  out.store(frame, slotOf(buildIdFrame, 'status').offset, out.int(addressStatus, 32));
  out.store(frame, slotOf(buildIdFrame, 'place').offset, address);
}

const stackFunction = (space: Space, name: string, doc: string, example: string): FunctionDefinition =>
  defineFunction({
    name,
    doc,
    example,
    params: [
      { name: 'mode or depth', takes: ['keyword', 'number'], keywords: stackModes, optional: true },
      { name: 'depth', takes: ['number'], optional: true },
    ],
    returns: (args, context) => stackType(space, args, context),
    check: (args, context, report, call) => {
      checkDepth(args, context, report);
      checkMode(space, args, context, report, call);
    },
    // From 6.14 until 7.0 such a context led to stacks that were wrong (arch/x86/kernel/unwind_orc.c, entries of the function graph).
    wholeContext: (machine) => space === 'kernel' && kernelFrom(machine, 6, 14) && !kernelFrom(machine, 7, 0),
    emit: (args, out) => emitStack(stackType(space, args, out), out, name),
  });

export const kstack = stackFunction(
  'kernel',
  'kstack',
  'The kernel stack: at most 127 frames, or as many as given (up to 1024); mode bpftrace, perf or raw.',
  'profile:hz:99 { @[kstack] = count(); }',
);

export const ustack = stackFunction(
  'user',
  'ustack',
  'The stack of the current process in user space: at most 127 frames, or as many as given (up to 1024); mode bpftrace, perf, raw or build_id.',
  'profile:hz:99 { @[ustack(5)] = count(); }',
);
