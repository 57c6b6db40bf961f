/** Functions of a format and values: printf and its like. The format stays in user space; only the values travel. */

import { assert } from '../../base/assert.ts';
import type { EventPlan } from '../../plan/plan.ts';
import { none } from '../../types/type.ts';
import type { ByteText } from '../../types/value.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineArgumentsEvent, defineFunction } from '../define.ts';
import { checkFormat, formatValuesMax } from '../check-format.ts';
import type { ProgramInfo } from '../emitter.ts';
import type { EventHost } from '../event-host.ts';
import { checkPinned, emitPinned } from '../pinned-format.ts';

interface Formatted extends Pick<FunctionDefinition, 'name' | 'doc' | 'example' | 'unsafe'> {
  /** What is done with the finished text. */
  readonly handle: (text: ByteText, host: EventHost, event: EventPlan) => void;
  /** It prints, and nothing else: a pinned iterator can do that without us. */
  readonly printsOnly?: true;
}

function formattedFunction({ handle, printsOnly, ...definition }: Formatted): FunctionDefinition {
  const event = defineArgumentsEvent(definition.name, (plan, host) => {
    const { format } = plan.constants;
    assert(typeof format === 'string', `${definition.name} has a format`);
    const render = host.formatter(
      format,
      plan.record.fields.map(({ type }) => type),
    );
    return (values) => handle(render(values), host, plan);
  });
  return defineFunction({
    ...definition,
    params: [
      { name: 'format', takes: ['text'] },
      { name: 'value', takes: ['any'], optional: true, rest: formatValuesMax },
    ],
    returns: none,
    events: [event],
    ...(printsOnly && { worksPinned: true }),
    check: (args, context, report, call) => {
      checkFormat(args, context, report, call);
      if (isPinned(context.program)) checkPinned(args, context.machine, report);
    },
    emit: (args, out) => {
      const [format, ...values] = args;
      if (isPinned(out.program)) return emitPinned(args, out);
      out.submitArguments(event, values, { format: String(format?.constant ?? '') });
    },
  });
}

const isPinned = ({ context }: ProgramInfo): boolean => context.walk?.isPinned === true;

export const printf = formattedFunction({
  name: 'printf',
  printsOnly: true,
  doc: 'Print values in a format, as C does: %d %u %x %o %c %p %s, %r %rx %rh for buffers; width, precision and flags work.',
  example: 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }',
  handle: (text, host) => host.text('printf', text),
});

export const errorf = formattedFunction({
  name: 'errorf',
  doc: 'Print an error on standard error, in a format as that of printf, with the place in the script in front.',
  example: 'kretprobe:vfs_read /(int64)retval < 0/ { errorf("%s could not read", comm); }',
  handle: (text, host, { span }) => host.report('errorf', text, span),
});

export const warnf = formattedFunction({
  name: 'warnf',
  doc: 'Print a warning on standard error, in a format as that of printf, with the place in the script in front; --no-warnings mutes it.',
  example: 'kretprobe:vfs_read /retval == 0/ { warnf("%s read nothing", comm); }',
  handle: (text, host, { span }) => host.report('warnf', text, span),
});

export const cat = formattedFunction({
  name: 'cat',
  doc: 'Print a file, at most max_cat_bytes of it; its name is given in a format as that of printf. It is read when user space handles the event.',
  example: 'interval:s:1 { cat("/proc/%d/status", pid); }',
  handle: (path, host, { span }) => host.showFile(path, span),
});

export const system = formattedFunction({
  name: 'system',
  unsafe: true,
  doc: 'Run a command with sh -c and print what it writes; it is given in a format as that of printf. Other events wait until it has ended.',
  example: 'tracepoint:syscalls:sys_enter_execve { system("ps -p %d", pid); }',
  handle: (command, host, { span }) => host.runCommand(command, span),
});
