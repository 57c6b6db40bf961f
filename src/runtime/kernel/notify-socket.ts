/** What a service tells the manager that has started it: sd_notify(3), one datagram to the socket that NOTIFY_SOCKET names. */

import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { declareLibc } from '../../ffi/koffi.ts';
import { encodeRecord, record } from '../../types/record.ts';
import { arrayOf, u16, u8 } from '../../types/type.ts';
import { asFd } from '../bpf-api.ts';
import { close } from './process.ts';

const socket = declareLibc('socket', 'int', ['int', 'int', 'int']);
const sendto = declareLibc('sendto', 'long', ['int', 'bytes', 'size', 'int', 'bytes', 'uint']);

/** AF_UNIX; SOCK_DGRAM | SOCK_CLOEXEC; MSG_NOSIGNAL. */
const [unixFamily, datagram, noSignal] = [1, 2 | 0o2000000, 0x4000];

/** struct sockaddr_un (man 7 unix). */
const pathBytes = 108;
const unixAddress = record({ family: u16, path: arrayOf(u8, pathBytes) });

/**
 * Sends a state, such as READY=1. The name is that of a socket in the file system, or with an @ in front, of an abstract one. Where nobody
 * listens, or the name is no such thing, an error says so.
 */
export function notify(name: string, state: string): Result<void, SysError> {
  const address = addressOf(name);
  if (!address) return failed({ kind: 'sys-error', call: `sendto(${name})`, errno: einval, name: 'EINVAL' });
  const fd = socket(unixFamily, datagram, 0);
  if (fd < 0) return failed(sysError('socket(AF_UNIX)'));
  const message = Buffer.from(state);
  const sent = sendto(fd, message, message.length, noSignal, address, address.length);
  const result = sent < 0 ? failed(sysError(`sendto(${name})`)) : ok(undefined);
  close(asFd(fd));
  return result;
}

/** EINVAL of include/uapi/asm-generic/errno-base.h. */
const einval = 22;

/** As long as it is, since every byte of an abstract name counts: it begins with a NUL, which stands as @ in the variable. */
function addressOf(name: string): Uint8Array | undefined {
  const path = Buffer.from(name);
  if (!/^[/@]./.test(name) || path.length >= pathBytes) return undefined;
  if (name.startsWith('@')) path[0] = 0;
  const padded = Buffer.alloc(pathBytes);
  padded.set(path);
  const end = name.startsWith('@') ? path.length : path.length + 1;
  return encodeRecord(unixAddress, { family: unixFamily, path: padded }).subarray(0, 2 + end);
}
