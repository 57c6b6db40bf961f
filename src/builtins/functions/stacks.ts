/** kstack and ustack: the stack at the moment the probe fires. */

import { partsOf, slotOf } from '../../types/layout.ts';
import type { StackMode, StackType } from '../../types/type.ts';
import { stack } from '../../types/type.ts';
import type { Argument } from '../emitter.ts';
import type { FunctionDefinition, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';
import { currentIds } from '../variables/pid.ts';

const modes = ['bpftrace', 'perf', 'raw'] as const satisfies readonly StackMode[];
const defaultDepth = 127;
const depthMax = 1024;

/** BPF_F_USER_STACK of include/uapi/linux/bpf.h. */
const userStackFlag = 1 << 8;

function stackType(
  space: StackType['space'],
  args: readonly Argument[],
  { settings }: Pick<TypingContext, 'settings'>,
): StackType {
  const mode = modes.find((word) => args.some((argument) => argument.keyword === word)) ?? settings.stackMode;
  const depth = args.find((argument) => typeof argument.constant === 'bigint')?.constant;
  return stack(
    space,
    depth === undefined ? defaultDepth : Math.max(1, Math.min(Number(depth), depthMax)),
    mode,
  );
}

const stackFunction = (
  space: StackType['space'],
  name: string,
  doc: string,
  example: string,
): FunctionDefinition =>
  defineFunction({
    name,
    doc,
    example,
    params: [
      { name: 'mode or depth', takes: ['keyword', 'number'], keywords: modes, optional: true },
      { name: 'depth', takes: ['number'], optional: true },
    ],
    returns: (args, context) => stackType(space, args, context),
    check: (args, _context, report) => {
      for (const { constant, span } of args)
        if (typeof constant === 'bigint' && (constant < 1n || constant > BigInt(depthMax)))
          report.error('bad-argument', `A stack has 1 to ${depthMax} frames`, span);
    },
    emit: (args, out) => {
      const type = stackType(space, args, out);
      const layout = partsOf(type);
      const frames = slotOf(layout, 'frames');
      const value = out.reserve(layout.size, name);
      out.zero(value);
      const framesBytes = type.depth * 8;
      const flags = space === 'user' ? userStackFlag : 0;
      const written = out.helper('get_stack', [
        'context',
        out.part(value, frames.offset, framesBytes),
        framesBytes,
        flags,
      ]);
      const count = out.select(out.compare('>', written, 0, true), out.shiftRight(written, 3), out.int(0));
      out.store(value, slotOf(layout, 'count').offset, out.resize(count, 32));
      if (space === 'user') out.store(value, slotOf(layout, 'process').offset, currentIds(out, false).pid);
      return value;
    },
  });

export const kstack = stackFunction(
  'kernel',
  'kstack',
  'The kernel stack: at most 127 frames, or as many as given; mode bpftrace, perf or raw.',
  'profile:hz:99 { @[kstack] = count(); }',
);

export const ustack = stackFunction(
  'user',
  'ustack',
  'The stack of the current process in user space: at most 127 frames, or as many as given; mode bpftrace, perf or raw.',
  'profile:hz:99 { @[ustack(5)] = count(); }',
);
