/** path and socket_cookie: what the kernel itself says of objects that a tracing program was given. */

import { present } from '../../base/assert.ts';
import type { StructType, Type } from '../../types/type.ts';
import { string, u64 } from '../../types/type.ts';
import type { Available, FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument, Emitter, Memory, Scalar } from '../emitter.ts';

/** Other programs get plain numbers, of which the verifier can't tell what they lead to. */
export const inTracing: Available = ({ type }) =>
  type === 'tracing'
    ? undefined
    : { reason: 'the kernel takes typed pointers only', hint: 'It works in fentry, fexit and iter.' };

/** The struct that is there or behind a pointer. */
function structOf(type: Type | undefined): StructType | undefined {
  if (type?.kind === 'pointer') return structOf(type.to);
  return type?.kind === 'struct' ? type : undefined;
}

/** Reports an argument that leads to none of these structs. */
export const checkStruct =
  (names: readonly string[]): NonNullable<FunctionDefinition['check']> =>
  ([object], _context, report) => {
    const found = structOf(object?.type)?.name;
    if (object && (found === undefined || !names.includes(found)))
      report.error(
        'wrong-argument-type',
        `This leads to ${found === undefined ? 'no struct' : `struct ${found}`}, not to struct ${names.join(' or ')}`,
        object.span,
      );
  };

const checkPath = checkStruct(['path']);

const capacityOf = (length: Argument | undefined, maxStrlen: number): number =>
  typeof length?.constant === 'bigint' ? Number(length.constant) : maxStrlen;

/** Gives the length with the NUL; the helper has left other bytes of the path behind it (kernel/trace/bpf_trace.c, bpf_d_path). */
const readPath = (out: Emitter, path: Argument | undefined, to: Memory): Scalar =>
  out.given(present(path, 'path'), (pointer) => out.helper('d_path', [pointer, to, to.bytes]));

export const path = defineFunction({
  name: 'path',
  doc: 'The full path of a struct path that the probe was given, in at most `size` or max_strlen bytes; empty if it has none. The kernel allows it in iterators and in fentry and fexit of a few functions: dentry_open, filp_close, security_file_open, security_file_permission, security_inode_getattr, security_path_truncate, vfs_fallocate, vfs_getattr, vfs_truncate.',
  example: 'fentry:filp_close { printf("%s\\n", path(args.filp->f_path)); }',
  params: [
    { name: 'path', takes: ['given'] },
    { name: 'size', takes: ['number'], optional: true },
  ],
  returns: ([, size], { settings }) => string(capacityOf(size, settings.maxStrlen)),
  available: inTracing,
  check: (args, context, report, call) => {
    const [, size] = args;
    const { maxStrlen } = context.settings;
    checkPath(args, context, report, call);
    if (typeof size?.constant === 'bigint' && (size.constant < 1n || size.constant > BigInt(maxStrlen)))
      report.error(
        'bad-argument',
        `The size is 1 to ${maxStrlen} (max_strlen), not ${size.constant}`,
        size.span,
      );
  },
  emit: ([argument, size], out) => {
    const capacity = capacityOf(size, out.settings.maxStrlen);
    const [raw, text] = [out.reserve(capacity, 'raw_path'), out.reserve(capacity, 'path')];
    out.zero(raw);
    out.zero(text);
    readPath(out, argument, raw);
    out.helper('probe_read_kernel_str', [text, capacity, raw]);
    return text;
  },
  emitText: ([argument], out, to) => {
    out.store(to, 0, out.int(0, 8));
    return readPath(out, argument, to);
  },
});

export const socketCookie = defineFunction({
  name: 'socket_cookie',
  doc: 'A number that the kernel gives to a socket once and to no other while the machine runs.',
  example: 'fentry:tcp_connect { @[socket_cookie(args.sk)] = count(); }',
  params: [{ name: 'socket', takes: ['given'] }],
  returns: u64,
  available: inTracing,
  check: checkStruct(['sock', 'sock_common']),
  emit: ([socket], out) =>
    out.given(present(socket, 'socket'), (pointer) => out.helper('get_socket_cookie', [pointer])),
});
