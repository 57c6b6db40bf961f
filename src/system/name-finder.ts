/** Finds names in a large table of text: by searching at first, by an index of all names once that is cheaper. */

/** Searches that cost less together than the index does. */
const searchesMax = 8;
/** Names end at a NUL, a tab or a line's end, and begin after one of these or a blank. */
const lastEnd = 10;
const blank = 32;

/** Where names begin that equal the one asked for. */
export type NameFinder = (name: string) => readonly number[];

/** A finder over bytes; `starts` tells where names begin, and is asked only when the index is built. */
export function nameFinder(bytes: Buffer, starts: () => Uint32Array): NameFinder {
  let searches = 0;
  let index: NameFinder | undefined;
  return (name) => {
    const wanted = Buffer.from(name, 'latin1');
    if (wanted.length === 0 || wanted.some((byte) => byte <= lastEnd)) return [];
    if (index === undefined && ++searches <= searchesMax) return searchIn(bytes, wanted);
    index ??= hashIndex(bytes, starts());
    return index(name);
  };
}

function searchIn(bytes: Buffer, wanted: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    const begins = at === 0 || (bytes[at - 1] ?? 0) <= blank;
    if (begins && (bytes[at + wanted.length] ?? 0) <= lastEnd) found.push(at);
  }
  return found;
}

/** A hash table in typed arrays: heads of chains by hash, and for each name the next one; 0 ends a chain, names count from 1. */
function hashIndex(bytes: Buffer, starts: Uint32Array): NameFinder {
  let slots = 16;
  while (slots < starts.length) slots *= 2;
  const heads = new Uint32Array(slots);
  const next = new Uint32Array(starts.length + 1);
  for (let index = starts.length; index >= 1; index--) {
    const slot = hashAt(bytes, starts[index - 1] ?? 0) & (slots - 1);
    next[index] = heads[slot] ?? 0;
    heads[slot] = index;
  }
  return (name) => {
    const wanted = Buffer.from(`${name}\0`, 'latin1');
    const found: number[] = [];
    for (let index = heads[hashAt(wanted, 0) & (slots - 1)] ?? 0; index !== 0; index = next[index] ?? 0) {
      const start = starts[index - 1] ?? 0;
      if (isNameAt(bytes, start, wanted)) found.push(start);
    }
    return found;
  };
}

/** FNV-1a of the name that begins here. */
function hashAt(bytes: Buffer, start: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= lastEnd) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

function isNameAt(bytes: Buffer, start: number, ended: Buffer): boolean {
  const length = ended.length - 1;
  if ((bytes[start + length] ?? 0) > lastEnd || start + length > bytes.length) return false;
  return bytes.compare(ended, 0, length, start, start + length) === 0;
}
