/** watchpoint: reads, writes or execution of an address, by the processor's debug registers. */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import type { Attachment } from '../plan/plan.ts';
import type { TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { perfEventContext, perfTypes } from './perf-event.ts';
import { reportForm } from './target-errors.ts';

const forms = ['watchpoint:ADDRESS:LENGTH:MODE (length 1, 2, 4 or 8; mode w, rw or x)'];

type Breakpoint = NonNullable<Extract<Attachment, { kind: 'perf-event' }>['breakpoint']>;
type Part = TargetText['parts'][number];

/** HW_BREAKPOINT_R, _W and _X of include/uapi/linux/hw_breakpoint.h. */
const accessBits: Readonly<Record<string, number>> = { r: 1, w: 2, x: 4 };

/** What the processor can tell apart: x86 has no watchpoint for reads alone. */
const modes: Readonly<Record<Machine['arch'], readonly string[]>> = {
  x64: ['w', 'rw', 'x'],
  arm64: ['r', 'w', 'rw', 'x'],
};

/** Length of a breakpoint for execution: a long on x86 (arch/x86/kernel/hw_breakpoint.c), an instruction on arm64. */
const executionBytes: Readonly<Record<Machine['arch'], number>> = { x64: 8, arm64: 4 };

/** Addresses from here on are the kernel's, in both architectures. */
const kernelStart = 1n << 63n;

export const watchpoint = defineProbe({
  name: 'watchpoint',
  aliases: ['w'],
  doc: 'An access to an address, of the kernel or of a process (-p, -c). The processor has four such places at most. A write is seen when it has been done, execution before.',
  example: 'watchpoint:0xffffffff81000000:8:w { @[kstack] = count(); }',
  forms,
  programType: 'perf_event',
  resolve: (target, { machine }, report) => {
    const [address, length, mode, more] = target.parts;
    if (!address || !length || !mode || more) {
      reportForm({ name: 'watchpoint', forms }, target, report);
      return [];
    }
    const breakpoint = breakpointOf(address, length, mode, machine.arch, report);
    if (!breakpoint) return [];
    const isKernel = breakpoint.address >= kernelStart;
    const pid = machine.targetPid ?? machine.childPid;
    if (!isKernel && pid === undefined) {
      report.error(
        'bad-probe-target',
        `${address.text} is an address of a process: of which one?`,
        address.span,
        {
          hints: ['Say it with -p, or start it with -c.'],
        },
      );
      return [];
    }
    return [
      {
        name: ['watchpoint', ...target.parts.map(({ text }) => text)].join(':'),
        attachment: {
          kind: 'perf-event',
          type: perfTypes.breakpoint,
          config: 0n,
          sample: { every: 1n },
          cpus: 'all',
          breakpoint,
          ...(pid !== undefined && { pid }),
        },
        context: { ...perfEventContext(machine), space: isKernel ? 'kernel' : 'user' },
        contextKey: 'watchpoint',
      },
    ];
  },
});

function breakpointOf(
  address: Part,
  length: Part,
  mode: Part,
  arch: Machine['arch'],
  report: Report,
): Breakpoint | undefined {
  const refuse = (part: Part, message: string, ...hints: readonly string[]): undefined =>
    void report.error('bad-probe-target', message, part.span, { hints });
  const place = /^(0[xX][0-9a-fA-F]{1,16}|\d{1,19})$/.test(address.text) ? BigInt(address.text) : undefined;
  if (place === undefined) return refuse(address, `'${address.text}' is not an address`);
  const bytes = Number(length.text);
  if (!['1', '2', '4', '8'].includes(length.text))
    return refuse(length, `A watchpoint is 1, 2, 4 or 8 bytes long, not '${length.text}'`);
  const access = modes[arch].find(
    (known) => known === mode.text || known === [...mode.text].reverse().join(''),
  );
  if (access === undefined)
    return refuse(mode, `There is no mode '${mode.text}' here`, `Modes are ${modes[arch].join(', ')}.`);
  if (access !== 'x' && place % BigInt(bytes) !== 0n)
    return refuse(
      address,
      `${address.text} is not a multiple of ${bytes}, which a watchpoint of ${bytes} bytes needs`,
    );
  return {
    address: place,
    bytes: access === 'x' ? executionBytes[arch] : bytes,
    access: [...access].reduce((bits, letter) => bits | (accessBits[letter] ?? 0), 0),
  };
}
