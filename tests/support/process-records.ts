/** Builds the records that the kernel writes about processes (man 2 perf_event_open), each with its time behind. */

const executable = 5;

/** A header, the body, padding to eight bytes, the time. */
function record(type: number, misc: number, time: bigint, body: Buffer): Uint8Array {
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 7)]);
  const bytes = Buffer.alloc(8 + padded.length + 8);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt16LE(misc, 4);
  bytes.writeUInt16LE(bytes.length, 6);
  bytes.set(padded, 8);
  bytes.writeBigUInt64LE(time, 8 + padded.length);
  return bytes;
}

const words = (...numbers: readonly number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer);
const longs = (...numbers: readonly bigint[]): Buffer => Buffer.from(BigUint64Array.from(numbers).buffer);

export interface MappingDescription {
  readonly process: number;
  readonly name: string;
  readonly address?: bigint;
  readonly length?: bigint;
  readonly fileOffset?: bigint;
  readonly device?: readonly [major: number, minor: number];
  readonly inode?: bigint;
  /** PROT_READ and PROT_EXEC unless said otherwise. */
  readonly protection?: number;
}

export function mmap2(time: bigint, mapping: MappingDescription): Uint8Array {
  const { process, name, address = 0x1000n, length = 0x1000n, fileOffset = 0n } = mapping;
  const { device = [0, 0], inode = 0n, protection = executable } = mapping;
  const body = Buffer.concat([
    words(process, process),
    longs(address, length, fileOffset),
    words(...device),
    longs(inode, 0n),
    words(protection, 2),
    Buffer.from(`${name}\0`),
  ]);
  return record(10, 2, time, body);
}

export const comm = (time: bigint, process: number, name: string, isExecution: boolean): Uint8Array =>
  record(
    3,
    isExecution ? 1 << 13 : 0,
    time,
    Buffer.concat([words(process, process), Buffer.from(`${name}\0`)]),
  );

export const fork = (time: bigint, process: number, parent: number, thread = process): Uint8Array =>
  record(7, 0, time, Buffer.concat([words(process, parent, thread, parent), longs(time)]));

export const exit = (time: bigint, process: number, thread: number): Uint8Array =>
  record(4, 0, time, Buffer.concat([words(process, 1, thread, 1), longs(time)]));

export const lost = (time: bigint, count: bigint): Uint8Array => record(2, 0, time, longs(1n, count));

export const throttle = (time: bigint): Uint8Array => record(5, 0, time, longs(time, 1n, 1n));
