/** What is mapped where in a process, from the text of /proc/PID/maps. */

export interface Mapping {
  readonly start: bigint;
  /** One past the last byte. */
  readonly end: bigint;
  readonly executable: boolean;
  /** Offset in the file of the mapping's first byte. */
  readonly fileOffset: number;
  /** Device and inode as the kernel writes them: `fe:00 1234`. Equal for equal files, whatever their names. */
  readonly identity: string;
  /** A path, a name in brackets (`[vdso]`), or empty for memory without a file. */
  readonly path: string;
  /** The file was deleted or replaced since. */
  readonly deleted: boolean;
}

const line = /^([0-9a-f]+)-([0-9a-f]+) ([-rwxsp]{4}) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+ \d+) *(.*)$/;
/** Stands behind the path of a file that has no name any more. */
export const deletedSuffix = ' (deleted)';

/** Mappings in rising order, as the kernel lists them. Lines of another form are passed over. */
export function parseMaps(text: string): readonly Mapping[] {
  return text.split('\n').flatMap((row) => {
    const match = line.exec(row);
    if (match === null) return [];
    const [, start = '', end = '', flags = '', offset = '', identity = '', name = ''] = match;
    const deleted = name.endsWith(deletedSuffix);
    const mapping: Mapping = {
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      executable: flags[2] === 'x',
      fileOffset: parseInt(offset, 16),
      identity,
      path: deleted ? name.slice(0, -deletedSuffix.length) : name,
      deleted,
    };
    return [mapping];
  });
}

/** The mapping that an address lies in. */
export function mappingAt(mappings: readonly Mapping[], address: bigint): Mapping | undefined {
  let low = 0;
  let high = mappings.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const mapping = mappings[middle];
    if (mapping === undefined) return undefined;
    if (address < mapping.start) high = middle - 1;
    else if (address >= mapping.end) low = middle + 1;
    else return mapping;
  }
  return undefined;
}
