/** The largest few of many entries, without sorting all of them: a heap of so many, the least on top. */

export type Compare<T> = (a: T, b: T) => number;

/** The `top` largest, in rising order. */
export function largest<T>(items: readonly T[], top: number, compare: Compare<T>): readonly T[] {
  const heap = items.slice(0, top);
  for (let at = (heap.length >>> 1) - 1; at >= 0; at--) sink(heap, at, compare);
  for (let index = heap.length; index < items.length; index++) {
    const [least] = heap;
    const item = items[index];
    if (least === undefined || item === undefined || compare(item, least) <= 0) continue;
    heap[0] = item;
    sink(heap, 0, compare);
  }
  return heap.sort(compare);
}

/** Lets an item go down until both below it are larger. */
function sink<T>(heap: T[], start: number, compare: Compare<T>): void {
  let at = start;
  for (;;) {
    const below = smallerBelow(heap, at, compare);
    const [item, other] = [heap[at], heap[below]];
    if (item === undefined || other === undefined || compare(item, other) <= 0) return;
    [heap[at], heap[below]] = [other, item];
    at = below;
  }
}

function smallerBelow<T>(heap: readonly T[], at: number, compare: Compare<T>): number {
  const left = 2 * at + 1;
  const [a, b] = [heap[left], heap[left + 1]];
  return a !== undefined && b !== undefined && compare(b, a) < 0 ? left + 1 : left;
}
