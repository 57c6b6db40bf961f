/** The other side of NOTIFY_SOCKET: a unix socket that takes datagrams, which Node has none of. */

import { declareLibc } from '../../src/ffi/koffi.ts';

const socket = declareLibc('socket', 'int', ['int', 'int', 'int']);
const bind = declareLibc('bind', 'int', ['int', 'bytes', 'uint']);
const recv = declareLibc('recv', 'long', ['int', 'bytes', 'size', 'int']);
const close = declareLibc('close', 'int', ['int']);

/** AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, MSG_DONTWAIT. */
const [unixFamily, datagram, dontWait] = [1, 2 | 0o2000000, 0x40];

export interface Datagrams {
  /** Those that have come since it was asked last. */
  take(): readonly string[];
  close(): void;
}

/** `name` begins with a NUL if it is abstract. */
export function listenFor(name: string): Datagrams {
  const fd = socket(unixFamily, datagram, 0);
  const address = Buffer.concat([Buffer.from([unixFamily, 0]), Buffer.from(name)]);
  if (fd < 0 || bind(fd, address, address.length) < 0) throw new Error(`no socket ${name}`);
  const buffer = Buffer.alloc(256);
  return {
    take() {
      const taken: string[] = [];
      for (
        let bytes = recv(fd, buffer, buffer.length, dontWait);
        bytes >= 0;
        bytes = recv(fd, buffer, buffer.length, dontWait)
      )
        taken.push(buffer.toString('latin1', 0, bytes));
      return taken;
    },
    close: () => void close(fd),
  };
}
