/** The dynamic linker's table of libraries, /etc/ld.so.cache: which file a library's name stands for. Pure over its bytes. */

export interface CachedLibrary {
  /** libc.so.6 */
  readonly name: string;
  readonly path: string;
}

const magic = 'glibc-ld.so.cache1.1';
const headerBytes = 48;
const entryBytes = 24;
/** The upper byte of an entry's flags names the machine (glibc, sysdeps/generic/ldconfig.h). */
const machineFlags = { x64: 0x0300, arm64: 0x0a00 } as const;

/** The libraries of an architecture, in the table's order; none if the bytes are of another form. */
export function parseLibraryCache(bytes: Buffer, arch: keyof typeof machineFlags): readonly CachedLibrary[] {
  const start = bytes.indexOf(magic, 0, 'latin1'); // not 0 if a table of the old form stands before it
  if (start < 0 || start + headerBytes > bytes.length) return [];
  const table = bytes.subarray(start);
  const fitting = Math.floor((table.length - headerBytes) / entryBytes);
  const count = Math.min(fitting, table.readUInt32LE(magic.length));
  return Array.from({ length: count }, (_, index) => headerBytes + index * entryBytes)
    .filter((at) => (table.readUInt32LE(at) & 0xff00) === machineFlags[arch])
    .map((at) => ({
      name: textAt(table, table.readUInt32LE(at + 4)),
      path: textAt(table, table.readUInt32LE(at + 8)),
    }));
}

function textAt(table: Buffer, offset: number): string {
  const end = offset < table.length ? table.indexOf(0, offset) : -1;
  return end < 0 ? '' : table.toString('latin1', offset, end);
}

/** The library that a name stands for: `libc.so.6` itself, or `libc` for the first of libc.so, libc.so.6. */
export function findLibrary(libraries: readonly CachedLibrary[], name: string): string | undefined {
  const matches = [
    (candidate: string): boolean => candidate === name,
    (candidate: string): boolean => candidate === `${name}.so`,
    (candidate: string): boolean => candidate.startsWith(`${name}.so.`),
  ];
  for (const match of matches) {
    const found = libraries.find((library) => match(library.name));
    if (found !== undefined) return found.path;
  }
  return undefined;
}
