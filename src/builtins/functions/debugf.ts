/** debugf: a line in the kernel's own trace buffer. The kernel formats it, so it knows fewer conversions and gets at most three values. */

import type { Machine } from '../../plan/machine.ts';
import { kernelFrom } from '../../plan/machine.ts';
import { isScalar } from '../../types/layout.ts';
import { none } from '../../types/type.ts';
import type { Conversion, FormatPiece } from '../../types/format-string.ts';
import { parseFormat } from '../../types/format-string.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import { checkFormat, formatValuesMax } from '../check-format.ts';
import type { HelperArgument } from '../emitter.ts';

/** bpf_trace_printk takes five arguments, of which the format and its size are two (kernel/trace/bpf_trace.c). */
const valuesMax = 3;

/**
 * What the kernel calls our conversions. All numbers travel as 64 bits. Its own %p hides addresses behind a hash
 * (Documentation/core-api/printk-formats.rst), so they are written as numbers.
 */
const kernelConversions: Partial<Record<Conversion['name'], string>> = {
  d: '%lld',
  i: '%lld',
  u: '%llu',
  x: '%llx',
  p: '0x%llx',
  s: '%s',
};

const isPlain = ({ left, plus, space, alternate, zero, width, precision, bits }: Conversion): boolean =>
  !left &&
  !plus &&
  !space &&
  !alternate &&
  !zero &&
  width === undefined &&
  precision === undefined &&
  (bits ?? 64) === 64;

const isConversion = (piece: FormatPiece): piece is Conversion => piece.kind === 'conversion';

/** Before 5.13 one text per line was all. */
const takesManyTexts = (machine: Machine): boolean => kernelFrom(machine, 5, 13);

const check: NonNullable<FunctionDefinition['check']> = (args, context, report, call) => {
  checkFormat(args, context, report, call);
  const [format, ...values] = args;
  if (!format || typeof format.constant !== 'string') return;
  const conversions = parseFormat(format.constant).pieces.filter(isConversion);
  const refuse = (message: string): void =>
    report.error('bad-format', message, format.span, {
      hints: ['printf() takes all conversions and any number of values.'],
    });
  if (values.length > valuesMax) refuse(`debugf() takes at most ${valuesMax} values, not ${values.length}`);
  const odd = conversions.find(
    (conversion) => kernelConversions[conversion.name] === undefined || !isPlain(conversion),
  );
  if (odd)
    refuse(`debugf() can't do %${odd.name} this way: it takes %d %i %u %x %p %s without width or flags`);
  const texts = conversions.filter(({ name }) => name === 's');
  if (texts.length > 1 && !takesManyTexts(context.machine))
    refuse(`debugf() takes one %s on this kernel, not ${texts.length} (more since 5.13)`);
  const unprintable = values.find(
    ({ type }, index) => conversions[index]?.name === 's' && type.kind !== 'string' && type.kind !== 'error',
  );
  if (unprintable)
    report.error('wrong-argument-type', 'debugf() shows only text with %s', unprintable.span, {
      hints: ['The kernel formats it; printf() shows any value.'],
    });
  report.warning(
    'debug-output',
    'debugf() writes to the trace buffer of the whole machine: it is for debugging only',
    call,
    {
      hints: ['Read it with: cat /sys/kernel/tracing/trace_pipe'],
    },
  );
};

const kernelFormat = (format: string): string =>
  parseFormat(format)
    .pieces.map((piece) =>
      piece.kind === 'text' ? piece.text.replaceAll('%', '%%') : (kernelConversions[piece.name] ?? ''),
    )
    .join('');

export const debugf = defineFunction({
  name: 'debugf',
  doc: "Write a line to the kernel's trace buffer (/sys/kernel/tracing/trace_pipe), for debugging: at most three values, %d %i %u %x %p %s.",
  example: 'kprobe:vfs_read { debugf("read by %d, %s", pid, comm); }',
  params: [
    { name: 'format', takes: ['text'] },
    { name: 'value', takes: ['any'], optional: true, rest: formatValuesMax },
  ],
  returns: none,
  check,
  emit: ([format, ...values], out) => {
    const text = kernelFormat(String(format?.constant ?? ''));
    const shown = values.map((value): HelperArgument =>
      isScalar(value.type) ? out.wide(value) : out.bytes(value),
    );
    out.helper('trace_printk', [out.literal(text), text.length + 1, ...shown]);
  },
});
