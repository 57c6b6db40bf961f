/** is_str and its like: what kind of type a value has, known when compiling; nothing of the value itself is done. */

import { present } from '../../base/assert.ts';
import type { Type } from '../../types/type.ts';
import { bool } from '../../types/type.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import { known } from '../known.ts';

const typeTest = (
  name: string,
  what: string,
  isSo: (type: Type) => boolean,
  example: string,
): FunctionDefinition =>
  defineFunction({
    name,
    doc: `True if a value, or a type, is ${what}. Known when compiling: for comptime and static_assert.`,
    example,
    params: [{ name: 'value', takes: ['type'] }],
    returns: bool,
    constant: ([value]) => value && isSo(value.type),
    emit: known,
  });

export const isStr = typeTest(
  'is_str',
  'text',
  ({ kind }) => kind === 'string',
  'macro show(x) { if comptime (is_str(x)) { printf("%s\\n", x); } else { printf("%d\\n", x); } } begin { show(comm); show(pid); }',
);

export const isPtr = typeTest(
  'is_ptr',
  'a pointer',
  ({ kind }) => kind === 'pointer',
  'begin { static_assert(is_ptr(curtask), "a task is pointed to"); }',
);

export const isArray = typeTest(
  'is_array',
  'an array',
  ({ kind }) => kind === 'array',
  'begin { static_assert(is_array((uint8[8])nsecs), "bytes"); }',
);

export const isInteger = typeTest(
  'is_integer',
  'an integer',
  ({ kind }) => kind === 'int',
  'begin { static_assert(is_integer(pid), "a number"); }',
);

export const isUnsignedInteger = typeTest(
  'is_unsigned_integer',
  'an integer without a sign',
  (type) => type.kind === 'int' && !type.signed,
  'begin { static_assert(is_unsigned_integer(pid), "never negative"); }',
);

export const isLiteral = defineFunction({
  name: 'is_literal',
  doc: 'True if a value is known when compiling: a number or text as it is written, or computed from such.',
  example:
    'macro half(n) { static_assert(is_literal(n), "a number as written"); n / 2 } begin { print(half(10)); }',
  params: [{ name: 'value', takes: ['any'] }],
  returns: bool,
  constant: ([value]) => value?.constant !== undefined,
  emit: known,
});

/** MAX_ERRNO of include/linux/err.h: what functions return instead of a pointer is the negative number of an error. */
const errorsMax = 4095n;

export const isErr = defineFunction({
  name: 'is_err',
  doc: 'True if a pointer that a function of the kernel gave is none, but an error: one of the highest 4095 addresses.',
  example: 'kretprobe:vfs_read { if (is_err((void *)retval)) { @failed = count(); } }',
  params: [{ name: 'pointer', takes: ['pointer'] }],
  returns: bool,
  emit: ([pointer], out) =>
    out.compare('>=', out.wide(present(pointer, 'pointer')), (1n << 64n) - errorsMax, false),
});
