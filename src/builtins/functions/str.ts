/** str: text that a pointer leads to. */

import { present } from '../../base/assert.ts';
import { sizeOf } from '../../types/layout.ts';
import { string } from '../../types/type.ts';
import type { Argument, Emitter, Memory, Scalar } from '../emitter.ts';
import type { FunctionDefinition, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';

/** Bytes with the NUL: the literal length and one, or max_strlen. */
function capacityOf(
  [text, length]: readonly Argument[],
  { settings }: Pick<TypingContext, 'settings'>,
): number {
  const asked = typeof length?.constant === 'bigint' ? Number(length.constant) + 1 : settings.maxStrlen;
  const limit = text?.type.kind === 'string' ? sizeOf(text.type) : settings.maxStrlen;
  return Math.max(1, Math.min(asked, limit));
}

const checkLength: NonNullable<FunctionDefinition['check']> = ([, length], { settings }, report) => {
  if (typeof length?.constant !== 'bigint') return;
  if (length.constant < 0n) report.error('bad-argument', 'A length can not be negative', length.span);
  else if (length.constant >= BigInt(settings.maxStrlen))
    report.warning(
      'bad-argument',
      `Text is cut to ${settings.maxStrlen - 1} bytes (max_strlen)`,
      length.span,
      {
        hints: [`Set TSTRACE_MAX_STRLEN=${length.constant + 1n} for longer text.`],
      },
    );
};

/** How many bytes may be read: the capacity, or a length known at run time only (and one for the NUL), whichever is less. */
function limitOf(out: Emitter, length: Argument | undefined, capacity: number): Scalar | number {
  if (!length || length.constant !== undefined) return capacity;
  const asked = out.add(out.wide(length), 1);
  return out.select(out.compare('<', asked, capacity), asked, out.int(capacity));
}

export const str = defineFunction({
  name: 'str',
  doc: 'The text that a pointer leads to, up to its NUL, at most `length` or max_strlen - 1 bytes. Empty if it can not be read.',
  example: 'tracepoint:syscalls:sys_enter_openat { printf("%s\\n", str(args.filename)); }',
  params: [
    { name: 'pointer', takes: ['string', 'pointer', 'place'] },
    { name: 'length', takes: ['integer'], optional: true },
  ],
  returns: (args, context) => {
    const capacity = capacityOf(args, context);
    // Of a length that was asked for nothing is missing, nor of text whose size is known: only max_strlen cuts unasked.
    return capacity < context.settings.maxStrlen ? string(capacity) : { ...string(capacity), mayBeCut: true };
  },
  check: checkLength,
  constant: ([text, length]) => {
    if (typeof text?.constant !== 'string' || (length && length.constant === undefined)) return undefined;
    return length ? text.constant.slice(0, Number(length.constant)) : text.constant;
  },
  emit: (args, out) => {
    const result = out.reserve(capacityOf(args, out), 'str');
    // The helper leaves what is behind the NUL as it was: keys and comparisons of whole values need zeros there.
    out.zero(result);
    readTo(result, args, out);
    return result;
  },
  emitText: (args, out, to) => readTo(to, args, out),
});

function readTo(to: Memory, [text, length]: readonly Argument[], out: Emitter): Scalar {
  const source = present(text, 'pointer');
  const limit = limitOf(out, length, to.bytes);
  if (source.type.kind === 'string')
    return out.helper('probe_read_kernel_str', [to, { length: limit }, out.bytes(source)]);
  const { address, space } = out.address(source);
  return out.readText(to, limit, address, space);
}
