/** Reads capture files of raw IP packets with nanoseconds, strictly: what is not as it should be throws. */

export interface Captured {
  /** Since 1970. */
  readonly seconds: number;
  readonly bytes: Buffer;
  /** How long the packet was. */
  readonly length: number;
}

export function parseCapture(file: Buffer): readonly Captured[] {
  const header = Array.from({ length: 6 }, (_, index) => file.readUInt32LE(index * 4).toString(16));
  if (header.join(' ') !== 'a1b23c4d 40002 0 0 40000 65') throw new Error(`header ${header.join(' ')}`);
  const packets: Captured[] = [];
  for (let at = 24; at < file.length;) {
    const [seconds = 0, nanoseconds = 0, captured = 0, length = 0] = [0, 4, 8, 12].map((offset) =>
      file.readUInt32LE(at + offset),
    );
    const start = at + 16;
    at = start + captured;
    if (captured > length || at > file.length || nanoseconds >= 1e9) throw new Error(`packet at ${start}`);
    packets.push({ seconds: seconds + nanoseconds / 1e9, bytes: file.subarray(start, at), length });
  }
  return packets;
}
