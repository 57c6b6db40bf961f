/**
 * printf in an iterator that is pinned: nobody of us is there when its file is read, so the kernel does the formatting (bpf_seq_printf),
 * and knows fewer conversions.
 */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import type { ByteText } from '../types/value.ts';
import { isScalar } from '../types/layout.ts';
import type { Conversion } from '../types/format-string.ts';
import { parseFormat } from '../types/format-string.ts';
import type { Argument, Emitter, Scalar } from './emitter.ts';

/** MAX_BPRINTF_VARARGS (include/linux/bpf.h). */
const valuesMax = 12;

/** All numbers travel as 64 bits; the kernel's own %p would hide the address. */
const conversions: Partial<Record<Conversion['name'], string>> = {
  d: 'lld',
  i: 'lld',
  u: 'llu',
  x: 'llx',
  X: 'llX',
  p: 'llx',
  s: 's',
};

/** What the kernel reads behind a %: flags but #, and a width (kernel/trace/bpf_trace.c, bpf_bprintf_prepare). */
const isKnown = ({ name, alternate, width, precision, bits }: Conversion): boolean =>
  conversions[name] !== undefined &&
  !alternate &&
  width !== 'argument' &&
  precision === undefined &&
  (bits ?? 64) === 64 &&
  (name !== 'p' || width === undefined);

/** Before, the verifier refuses words among which are addresses of the program's own memory (kernel/bpf/verifier.c, check_stack_boundary). */
const takesTexts = (machine: Machine): boolean => kernelFrom(machine, 5, 13);

const conversionsIn = (format: string): readonly Conversion[] =>
  parseFormat(format).pieces.filter((piece) => piece.kind === 'conversion');

/** On top of what every format must fulfil. */
export function checkPinned(
  [format, ...values]: readonly Argument[],
  machine: Machine,
  report: Report,
): void {
  if (!format || typeof format.constant !== 'string') return;
  const wanted = conversionsIn(format.constant);
  const refuse = (message: string): void =>
    report.error('bad-format', message, format.span, {
      hints: ['In a pinned iterator the kernel does the formatting. Without a pin all conversions work.'],
    });
  const odd = wanted.find((conversion) => !isKnown(conversion));
  if (odd) return refuse(`The kernel can't do %${odd.name} this way: it takes %d %i %u %x %X %p %s`);
  if (wanted.some(({ name }) => name === 's') && !takesTexts(machine))
    return refuse('A pinned iterator can show text only from Linux 5.13 on');
  if (values.length > valuesMax)
    return refuse(`The kernel takes at most ${valuesMax} values, not ${values.length}`);
  const unprintable = values.find(
    ({ type }, index) => wanted[index]?.name === 's' && type.kind !== 'string' && type.kind !== 'error',
  );
  if (unprintable)
    report.error('wrong-argument-type', 'The kernel shows only text with %s', unprintable.span, {
      hints: ['Show numbers with %d or %u.'],
    });
}

export function emitPinned([format, ...values]: readonly Argument[], out: Emitter): void {
  const text = String(format?.constant ?? '');
  const wanted = conversionsIn(text);
  out.writeLine(
    kernelFormat(text),
    values.map((value, index) =>
      isScalar(value.type) ? asShown(value, wanted[index], out) : out.bytes(value),
    ),
  );
}

/** Without a sign, a number has the bits of its own width only. */
function asShown(value: Argument, conversion: Conversion | undefined, out: Emitter): Scalar {
  const isSigned = conversion?.name === 'd' || conversion?.name === 'i';
  return isSigned ? out.wide(value) : out.resize(out.value(value), 64);
}

const kernelFormat = (format: string): ByteText =>
  parseFormat(format)
    .pieces.map((piece) =>
      piece.kind === 'text' ? piece.text.replaceAll('%', '%%') : kernelConversion(piece),
    )
    .join('');

function kernelConversion({ name, left, plus, space, zero, width }: Conversion): string {
  const flags = [left && '-', plus && '+', space && ' ', zero && '0']
    .filter((flag) => flag !== false)
    .join('');
  return `${name === 'p' ? '0x' : ''}%${flags}${width ?? ''}${conversions[name] ?? ''}`;
}
