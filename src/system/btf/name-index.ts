/** From a name's place among BTF's strings to the types of that name: see parse.ts for the arrays. */

/** Looks through all types at first; once there were many questions, a table that leads from a name's offset to its types pays. */
export function idFinder(
  words: Uint32Array,
  starts: Uint32Array,
  firstId: number,
): (nameOffset: number) => readonly number[] {
  let questions = 0;
  let table: Chains | undefined;
  return (nameOffset) => {
    if (table === undefined && ++questions > questionsMax) table = chainNames(words, starts);
    const ids: number[] = [];
    if (table === undefined) {
      for (let index = 0; index < starts.length; index++) {
        if (words[starts[index] ?? 0] === nameOffset) ids.push(firstId + index);
      }
      return ids;
    }
    for (
      let at = table.heads[hashOffset(nameOffset, table.heads.length)] ?? 0;
      at !== 0;
      at = table.next[at] ?? 0
    ) {
      if (words[starts[at - 1] ?? 0] === nameOffset) ids.push(firstId + at - 1);
    }
    return ids;
  };
}

const questionsMax = 16;

/** Indices (from 1) of the types whose names' offsets share a hash; 0 ends a chain. */
interface Chains {
  readonly heads: Uint32Array;
  readonly next: Uint32Array;
}

/** Walked backwards, so that chains rise. */
function chainNames(words: Uint32Array, starts: Uint32Array): Chains {
  let slots = 16;
  while (slots < starts.length) slots *= 2;
  const heads = new Uint32Array(slots);
  const next = new Uint32Array(starts.length + 1);
  for (let index = starts.length; index >= 1; index--) {
    const slot = hashOffset(words[starts[index - 1] ?? 0] ?? 0, slots);
    next[index] = heads[slot] ?? 0;
    heads[slot] = index;
  }
  return { heads, next };
}

const hashOffset = (offset: number, slots: number): number =>
  (Math.imul(offset, 0x9e3779b1) >>> 7) & (slots - 1);

/** Where each name of a section of strings begins. */
export function stringStarts(strings: Buffer): Uint32Array {
  const starts = new Uint32Array(strings.length);
  let count = 0;
  for (let at = 0; at >= 0 && at < strings.length;) {
    starts[count++] = at;
    const end = strings.indexOf(0, at);
    at = end < 0 ? -1 : end + 1;
  }
  return starts.slice(0, count);
}
