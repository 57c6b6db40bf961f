/** Why a probe can't be attached, by what the kernel answers for each kind of probe. Pure. */

import type { SysError } from '../base/result.ts';
import type { Machine } from '../plan/machine.ts';
import type { Attachment, ProgramPlan } from '../plan/plan.ts';
import type { DiagnosticCode } from '../base/diagnostic.ts';
import type { KernelPlace } from './attach-kprobe.ts';
import { callText, isPrivilege, privilegeHint, resourceCause } from './causes.ts';

export type AttachError =
  | SysError
  /** The kernel has no kprobes, or no uprobes. */
  | { readonly kind: 'no-probe-device' }
  /** The process to be sampled has ended. */
  | { readonly kind: 'no-process' }
  /** Several functions have the name. */
  | { readonly kind: 'shared-name'; readonly places: readonly KernelPlace[] }
  /** The offset lies behind a function of so many bytes. */
  | { readonly kind: 'beyond-function'; readonly bytes: number };

export interface Cause {
  readonly cause: string;
  /** Where there is a better one than attach-failed. */
  readonly code?: DiagnosticCode;
  readonly hints: readonly string[];
}

/** True if every attachment of this kind must fail: we may not, or the kernel can't. */
export function isUnavailable(error: AttachError): boolean {
  return error.kind === 'no-probe-device' || (error.kind === 'sys-error' && isPrivilege(error));
}

/** The probe as a script writes it. A program with several attachments has a name for each. */
export function attachmentName(attachment: Attachment, program?: ProgramPlan): string {
  if (program?.attachments.length === 1) return program.probe;
  switch (attachment.kind) {
    case 'begin':
    case 'end':
      return attachment.kind;
    case 'self':
      return `self:signal:${attachment.signal}`;
    case 'test':
    case 'bench':
      return `${attachment.kind}:${attachment.name}`;
    case 'kprobe': {
      const place = [attachment.module, attachment.symbol].filter((part) => part !== undefined).join(':');
      return `${attachment.return ? 'kretprobe' : 'kprobe'}:${place}${attachment.offset > 0 ? `+${attachment.offset}` : ''}`;
    }
    case 'uprobe':
      if (attachment.usdt) return attachment.usdt.name;
      return `${attachment.return ? 'uretprobe' : 'uprobe'}:${attachment.path}:${attachment.symbol ?? `0x${attachment.offset.toString(16)}`}`;
    case 'tracepoint':
      return `tracepoint:${attachment.category}:${attachment.event}`;
    case 'raw-tracepoint':
      return `rawtracepoint:${attachment.name}`;
    case 'tracing':
      return program?.tracing ? `${program.tracing.attachType}:${attachment.function}` : attachment.function;
    case 'iter':
      return `iter:${attachment.name}`;
    case 'perf-event':
      return program?.probe ?? 'perf event';
  }
}

export function explainAttach(
  attachment: Attachment,
  error: AttachError,
  machine: Pick<Machine, 'kernel'>,
): Cause {
  if (error.kind === 'no-process') return { cause: 'the process has ended', hints: [] };
  if (error.kind === 'no-probe-device') return noDevice(attachment);
  if (error.kind === 'shared-name') return sharedName(error.places);
  if (error.kind === 'beyond-function')
    return { cause: `the offset lies behind the function, which is ${error.bytes} bytes long`, hints: [] };
  if (isPrivilege(error)) return notPermitted(attachment, error, machine);
  const known = causeOf(attachment, error.name);
  if (known) return { ...known, cause: `${known.cause} (${callText(error)})` };
  const resource = resourceCause(error);
  if (resource) return { cause: `${resource.cause} (${callText(error)})`, hints: [resource.hint] };
  return { cause: callText(error), hints: error.hint === undefined ? [] : [error.hint] };
}

const placesToldMax = 8;

function sharedName(places: readonly KernelPlace[]): Cause {
  const names = places.map(({ address, module }) => `0x${address.toString(16)} (${module ?? 'vmlinux'})`);
  const told = names.slice(0, placesToldMax).join(', ');
  const more = names.length > placesToldMax ? ` and ${names.length - placesToldMax} more` : '';
  const modules = new Set(places.map(({ module }) => module));
  const hint =
    modules.size === places.length
      ? 'Name the module as well: kprobe:MODULE:FUNCTION, kprobe:vmlinux:FUNCTION for the kernel itself.'
      : 'A wildcard takes all that it matches: kprobe:FUNCTION*.';
  return { cause: `${places.length} functions have this name, at ${told}${more}`, hints: [hint] };
}

function noDevice(attachment: Attachment): Cause {
  return attachment.kind === 'uprobe'
    ? { cause: 'this kernel has no uprobes', hints: ['They need a kernel built with CONFIG_UPROBE_EVENTS.'] }
    : {
        cause: 'this kernel has no kprobes',
        hints: [
          'They need a kernel built with CONFIG_KPROBES and CONFIG_KPROBE_EVENTS. Tracepoints may do: tstrace -l "tracepoint:*".',
        ],
      };
}

function notPermitted(attachment: Attachment, error: SysError, machine: Pick<Machine, 'kernel'>): Cause {
  const hints = [privilegeHint(machine)];
  if (attachment.kind === 'kprobe')
    hints.push(
      'If it has them, the kernel may be locked down (/sys/kernel/security/lockdown), which forbids kprobes.',
    );
  return { cause: `not permitted (${callText(error)})`, hints };
}

type Causes = Readonly<Record<string, Cause>>;

const tooManyPrograms: Cause = {
  cause: 'too many programs are attached there already',
  hints: ['One event takes 64 programs: join several probes of the script into one.'],
};

const twice: Cause = {
  cause: 'the same program is attached there already',
  hints: ['Two targets of the attach point lead to the same place: name it once.'],
};

const noFunction: Cause = {
  cause: 'the kernel has no such function',
  hints: [
    'It may be inlined everywhere, or belong to a module that is not loaded. tstrace -l "kprobe:*NAME*" lists what there is.',
  ],
};

const ofKprobes: Causes = {
  ENOENT: noFunction,
  // The answer of links to many functions.
  ESRCH: noFunction,
  EINVAL: {
    cause: 'the function can not be probed',
    code: 'not-traceable',
    hints: [
      'The kernel forbids probes on some functions, on which probes themselves depend (debugfs kprobes/blacklist).',
    ],
  },
  EILSEQ: {
    cause: 'the offset is not the start of an instruction',
    hints: ['Disassemble the function to find one.'],
  },
  ERANGE: { cause: 'the offset is beyond the end of the function', hints: [] },
  EADDRNOTAVAIL: {
    cause: 'several functions have this name',
    hints: ['Name the module as well: kprobe:MODULE:FUNCTION.'],
  },
  EOPNOTSUPP: {
    cause: 'this kernel does not allow kprobes',
    hints: [
      'They may be switched off: sysctl debug.kprobes-optimization, /sys/kernel/debug/kprobes/enabled.',
    ],
  },
  EBUSY: {
    cause: 'something else holds the function',
    hints: ['Another tracer or a live patch may be at it.'],
  },
  EEXIST: twice,
  E2BIG: tooManyPrograms,
};

const ofUprobes: Causes = {
  ENOENT: { cause: 'there is no such file any more', hints: [] },
  EINVAL: {
    cause: 'the place can not be probed',
    hints: [
      'It must be an instruction in an executable part of the file, and the file must be a regular one.',
    ],
  },
  EIO: { cause: 'the file can not be read', hints: ['File systems without page cache have no uprobes.'] },
  EOPNOTSUPP: {
    cause: 'the instruction can not be probed',
    hints: ['Some instructions can not be executed out of line. An offset to the next one may do.'],
  },
  ENOTSUPP: {
    cause: 'the instruction can not be probed',
    hints: ['Some instructions can not be executed out of line. An offset to the next one may do.'],
  },
  ESRCH: { cause: 'the process has ended', hints: [] },
  EEXIST: twice,
  E2BIG: tooManyPrograms,
};

const ofTracepoints: Causes = {
  ENOENT: {
    cause: 'the kernel has no such tracepoint',
    hints: ['It may belong to a module that is not loaded.'],
  },
  EINVAL: {
    cause: 'the program does not fit this tracepoint',
    hints: ['It reads beyond the arguments, or writes to them.'],
  },
  ENODEV: { cause: 'the tracepoint is gone', hints: ['Its module may have been unloaded.'] },
  EEXIST: twice,
  E2BIG: tooManyPrograms,
};

const ofTracing: Causes = {
  ENOENT: { cause: 'the function is gone', hints: ['Its module may have been unloaded.'] },
  EBUSY: {
    cause: 'something else holds the function',
    hints: ['Another tracer, a live patch or a kprobe in the middle of its entry may be at it.'],
  },
  E2BIG: {
    cause: 'too many programs are attached there already',
    hints: ['A function takes 38 fentry and fexit programs.'],
  },
  EOPNOTSUPP: { cause: 'this kernel has no trampolines for fentry and fexit', hints: ['A kprobe may do.'] },
  ENOTSUPP: { cause: 'this kernel has no trampolines for fentry and fexit', hints: ['A kprobe may do.'] },
};

const ofPerfEvents: Causes = {
  ENOENT: {
    cause: 'this machine has no such event',
    hints: ['Virtual machines often have no hardware counters.'],
  },
  ENODEV: { cause: 'this CPU can not count this event', hints: [] },
  EOPNOTSUPP: {
    cause: 'this event can not be sampled here',
    hints: ['It needs a hardware counter with an interrupt, which virtual machines often lack.'],
  },
  EINVAL: {
    cause: 'the kernel does not take this frequency or period',
    hints: ['See sysctl kernel.perf_event_max_sample_rate.'],
  },
  EBUSY: { cause: 'all hardware counters are in use', hints: [] },
  ESRCH: { cause: 'the process has ended', hints: [] },
};

const ofIterators: Causes = {
  ENOENT: {
    cause: 'the kernel has no such iterator any more',
    hints: ['Its module may have been unloaded.'],
  },
  EINVAL: {
    cause: 'the kernel does not take this iterator as it is asked for',
    hints: ['Staying with one process (-p) is possible since Linux 6.1.'],
  },
  ESRCH: { cause: 'the process has ended', hints: [] },
};

const ofBreakpoints: Causes = {
  ENOSPC: {
    cause: 'all debug registers are in use',
    hints: ['A processor has four of them; a debugger may hold some.'],
  },
  EINVAL: {
    cause: 'the processor can not watch this place',
    hints: ['See the address, the length and the mode.'],
  },
  EPERM: { cause: 'the kernel does not let this address be watched', hints: [] },
  EOPNOTSUPP: { cause: 'this machine has no debug registers', hints: ['Some virtual machines hide them.'] },
  ENOENT: {
    cause: 'this kernel has no watchpoints',
    hints: ['They need a kernel built with CONFIG_HAVE_HW_BREAKPOINT.'],
  },
  ESRCH: { cause: 'the process has ended', hints: [] },
};

function causeOf(attachment: Attachment, name: string): Cause | undefined {
  const tables = {
    begin: {},
    end: {},
    self: {},
    test: {},
    bench: {},
    kprobe: ofKprobes,
    uprobe: ofUprobes,
    tracepoint: ofTracepoints,
    'raw-tracepoint': ofTracepoints,
    tracing: ofTracing,
    iter: ofIterators,
    'perf-event': ofPerfEvents,
  } satisfies Record<Attachment['kind'], Causes>;
  const isBreakpoint = attachment.kind === 'perf-event' && attachment.breakpoint !== undefined;
  const table: Causes = isBreakpoint ? ofBreakpoints : tables[attachment.kind];
  return table[name];
}
