/** kstack and ustack: the stack at the moment the probe fires. */

import type { Report } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import { frameType, partsOf, sizeOf, slotOf } from '../../types/layout.ts';
import type { StackMode, StackType } from '../../types/type.ts';
import { stack, stackModes } from '../../types/type.ts';
import type { FunctionDefinition, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument, Emitter, Memory } from '../emitter.ts';
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

/** The helper writes all frames' bytes, zeros behind the last, also where it fails. */
function emitStack(type: StackType, out: Emitter, name: string): Memory {
  const layout = partsOf(type);
  const frames = slotOf(layout, 'frames');
  const frame = frameType(type);
  const value = out.reserve(layout.size, name);
  const framesBytes = sizeOf(frames.type);
  const user = type.space === 'user';
  const written = out.helper('get_stack', [
    'context',
    out.part(value, frames.offset, framesBytes),
    framesBytes,
    (user ? userStackFlag : 0) | (frame.kind === 'int' ? 0 : buildIdFlag),
  ]);
  const count = out.shiftRight(written, Math.log2(sizeOf(frame)));
  const counted = out.select(out.compare('>', written, 0, true), count, out.int(0));
  out.store(value, slotOf(layout, 'count').offset, out.resize(counted, 32));
  out.store(value, slotOf(layout, 'process').offset, user ? currentIds(out, false).pid : out.int(0, 32));
  return value;
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
