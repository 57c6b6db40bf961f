/** Capture files: packets as tcpdump and Wireshark read them (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-06.html). */

import { openSync, writeSync } from 'node:fs';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { ByteText } from '../types/value.ts';
import { encodeRecord, record } from '../types/record.ts';
import { u16, u32 } from '../types/type.ts';

const fileHeader = record({
  magic: u32,
  major: u16,
  minor: u16,
  zone: u32,
  accuracy: u32,
  packetBytesMax: u32,
  link: u32,
});
const packetHeader = record({ seconds: u32, nanoseconds: u32, captured: u32, length: u32 });

/** Of files with nanoseconds. */
const magic = 0xa1b23c4d;
/** LINKTYPE_RAW: packets begin with the header of IPv4 or IPv6. */
const rawIp = 101;
const packetBytesMax = 262_144;
const nsecsPerSecond = 1_000_000_000n;

export interface CapturedPacket {
  /** Since 1970 in UTC. */
  readonly nsecs: bigint;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Appends packets to files by their paths; the first packet makes a file anew. Files stay open until the process ends. */
export function captureFiles(): (path: ByteText, packet: CapturedPacket) => Result<void, SysError> {
  const opened = new Map<ByteText, number>();
  return (path, { nsecs, bytes, length }) => {
    try {
      const fd = opened.get(path) ?? create(path);
      opened.set(path, fd);
      const header = encodeRecord(packetHeader, {
        seconds: Number(nsecs / nsecsPerSecond),
        nanoseconds: Number(nsecs % nsecsPerSecond),
        captured: bytes.length,
        length,
      });
      writeWhole(fd, Buffer.concat([header, bytes]));
      return ok(undefined);
    } catch (error) {
      const { code = 'EIO', errno = 0 } = error as NodeJS.ErrnoException;
      return failed({ kind: 'sys-error', call: 'write', errno: Math.abs(errno), name: code });
    }
  };
}

function create(path: ByteText): number {
  const fd = openSync(Buffer.from(path, 'latin1'), 'w');
  writeWhole(fd, encodeRecord(fileHeader, { magic, major: 2, minor: 4, packetBytesMax, link: rawIp }));
  return fd;
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
