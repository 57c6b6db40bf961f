/** What changes the system: signals, results that are put in the place of others, and the memory of processes. All need --unsafe. */

import { present } from '../../base/assert.ts';
import { sizeOf } from '../../types/layout.ts';
import { bool, none } from '../../types/type.ts';
import type { Available, FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument, Emitter, Scalar } from '../emitter.ts';
import { signalNames, signalNumber } from '../names/signals.ts';

const signalMax = 64;

/** Probes that run for a task of their own: of the others it is anybody's. */
const withTask: ReadonlySet<string> = new Set([
  'kprobe',
  'kretprobe',
  'uprobe',
  'uretprobe',
  'usdt',
  'tracepoint',
  'rawtracepoint',
  'profile',
  'fentry',
  'fexit',
]);

const availableWithTask: Available = ({ provider }) =>
  withTask.has(provider)
    ? undefined
    : {
        reason: `a ${provider} is not about one process`,
        hint: `It works in ${[...withTask].join(', ')}.`,
      };

/** The signal's number, where it is known. */
function knownSignal(signal: Argument | undefined): number | undefined {
  const constant = signal?.constant;
  return typeof constant === 'string'
    ? signalNumber(constant)
    : typeof constant === 'bigint'
      ? Number(constant)
      : undefined;
}

const checkSignal: NonNullable<FunctionDefinition['check']> = ([signal], _context, report) => {
  if (!signal) return;
  const number = knownSignal(signal);
  if (typeof signal.constant === 'string' && number === undefined)
    report.error('bad-argument', `There is no signal '${signal.constant}'`, signal.span, {
      hints: [`There are ${signalNames.names.slice(1, 32).join(', ')} and real-time signals.`],
    });
  else if (number !== undefined && (number < 1 || number > signalMax))
    report.error('bad-argument', `A signal is 1 to ${signalMax}, not ${number}`, signal.span);
};

/** A number that is known now has been checked; another one the kernel checks, and what it says is told. */
function emitSignal(helper: string, signal: Argument, out: Emitter): void {
  const number = knownSignal(signal) ?? out.wide(signal);
  const sent = out.helper(helper, [typeof number === 'number' ? out.int(number) : number]);
  out.reportFailure(helper, sent, "The signal can't be sent");
}

const signalFunction = (
  helper: string,
  definition: Pick<FunctionDefinition, 'name' | 'doc' | 'example'>,
): FunctionDefinition =>
  defineFunction({
    ...definition,
    unsafe: true,
    params: [{ name: 'signal', takes: ['integer', 'text'] }],
    returns: none,
    available: availableWithTask,
    check: checkSignal,
    emit: ([signal], out) => emitSignal(helper, present(signal, 'signal'), out),
  });

export const signal = signalFunction('send_signal', {
  name: 'signal',
  doc: 'Send a signal to the current process, by its number (1 to 64) or its name: signal("SIGKILL").',
  example: 'tracepoint:syscalls:sys_enter_execve /comm == "bash"/ { signal("SIGSTOP"); }',
});

export const signalThread = signalFunction('send_signal_thread', {
  name: 'signal_thread',
  doc: 'Send a signal to the current thread, by its number (1 to 64) or its name.',
  example: 'tracepoint:syscalls:sys_enter_execve /comm == "bash"/ { signal_thread(10); }',
});

export const override = defineFunction({
  name: 'override',
  unsafe: true,
  wholeContext: () => true,
  requires: ['override_return'],
  doc: 'Leave out the function that was entered, and let it seem to have returned this. Only functions that the kernel allows it for (CONFIG_BPF_KPROBE_OVERRIDE, ALLOW_ERROR_INJECTION).',
  example: 'kprobe:vfs_read { override(-12); }',
  params: [{ name: 'result', takes: ['integer'] }],
  returns: none,
  available: ({ provider }) =>
    provider === 'kprobe'
      ? undefined
      : { reason: `the function has to be left out where it is entered`, hint: 'It works in kprobe.' },
  emit: ([result], out) => {
    out.helper('override_return', ['context', out.wide(present(result, 'result'))]);
  },
});

/** Bytes that are put into the process: behind a pointer, or of a value that the script has. */
function emitWrite([to, from, length]: readonly Argument[], out: Emitter): Scalar {
  const bytes = Number(length?.constant ?? 0n);
  const source = present(from, 'source');
  const copy = out.reserve(bytes, 'written');
  const { address, space } = out.address(source);
  const read = out.readMemory(copy, bytes, address, space);
  return out.choose(
    out.compare('==', read, 0),
    () =>
      out.compare(
        '==',
        out.helper('probe_write_user', [out.wide(present(to, 'destination')), copy, bytes]),
        0,
      ),
    () => out.truth(false),
  );
}

/** What a value has that lies in memory; of a pointer it is not known. */
const sizeKnown = ({ type }: Argument): number =>
  type.kind === 'string' || type.kind === 'array' || type.kind === 'struct' ? sizeOf(type) : Infinity;

export const writeUser = defineFunction({
  name: 'write_user',
  unsafe: true,
  requires: ['probe_write_user'],
  doc: 'Write `length` bytes, of a value or of what lies behind a pointer, into the memory of the current process; true if that could be done.',
  example: 'tracepoint:syscalls:sys_enter_write { $text = "x"; _ = write_user(args.buf, $text, 1); }',
  params: [
    { name: 'destination', takes: ['pointer'] },
    { name: 'source', takes: ['string', 'place', 'pointer'] },
    { name: 'length', takes: ['number'] },
  ],
  returns: bool,
  available: availableWithTask,
  check: ([, from, length], { settings }, report) => {
    if (!from || typeof length?.constant !== 'bigint') return;
    const most = Math.min(sizeKnown(from), settings.maxStrlen);
    if (length.constant < 1n || length.constant > BigInt(most))
      report.error('bad-argument', `The length is 1 to ${most}, not ${length.constant}`, length.span);
  },
  emit: emitWrite,
});
