/** Writes a cpio archive in the "newc" form, which the kernel unpacks as its first root (Documentation/driver-api/early-userspace/buffer-format.rst). */

export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly content: Uint8Array;
      readonly executable: boolean;
    };

/** Directories must come before what lies in them. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const members = entries.map((entry, at) => member(entry.path, modeOf(entry), contentOf(entry), at + 1));
  return Buffer.concat([...members, member('TRAILER!!!', 0, Buffer.alloc(0), 0)]);
}

function modeOf(entry: CpioEntry): number {
  switch (entry.kind) {
    case 'directory':
      return 0o040755;
    case 'link':
      return 0o120777;
    case 'file':
      return entry.executable ? 0o100755 : 0o100644;
  }
}

function contentOf(entry: CpioEntry): Uint8Array {
  switch (entry.kind) {
    case 'directory':
      return Buffer.alloc(0);
    case 'link':
      return Buffer.from(entry.target);
    case 'file':
      return entry.content;
  }
}

function member(path: string, mode: number, content: Uint8Array, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, time, size, device (2), special device (2), length of the name, checksum
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${numbers.map((value) => value.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded([header, name]), padded([content])]);
}

function padded(parts: readonly Uint8Array[]): Buffer {
  const whole = Buffer.concat(parts);
  return Buffer.concat([whole, Buffer.alloc(-whole.length & 3)]);
}
