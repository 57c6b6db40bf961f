/** The order of values: total over the values of one type, the same on every run. Numbers by value, text bytewise, composed values part by part. */

import type { Value } from './value.ts';

type Order = number;

/** Negative if `a` comes first, 0 if nothing tells them apart. */
export function compareValues(a: Value, b: Value): Order {
  if (typeof a === 'object' && a !== null) return compareObjects(a, b);
  if (typeof b === 'object' && b !== null) return -1;
  if (a === null || b === null) return compareKinds(a, b);
  if (typeof a === 'string' || typeof b === 'string') {
    // Text is one character a byte, so that JavaScript's order is the bytes'.
    return typeof a === typeof b ? comparePrimitives(a, b) : compareKinds(a, b);
  }
  return comparePrimitives(a, b);
}

/** Part by part, the first most significant; a shorter list comes first. */
export function compareLists(a: readonly Value[], b: readonly Value[]): Order {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const order = compareValues(a[index] ?? null, b[index] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type ObjectValue = Exclude<Value, number | bigint | boolean | string | null>;

function compareObjects(a: ObjectValue, b: Value): Order {
  if (typeof b !== 'object' || b === null) return 1;
  switch (a.kind) {
    case 'pointer':
      return b.kind === a.kind ? comparePrimitives(a.address, b.address) : compareKinds(a, b);
    case 'enum':
      return b.kind === a.kind ? comparePrimitives(a.value, b.value) : compareKinds(a, b);
    case 'buffer':
      return b.kind === a.kind ? Buffer.compare(a.bytes, b.bytes) : compareKinds(a, b);
    case 'array':
    case 'tuple':
      return b.kind === a.kind ? compareLists(a.elements, b.elements) : compareKinds(a, b);
    case 'record':
      return b.kind === a.kind ? compareLists(fieldValues(a), fieldValues(b)) : compareKinds(a, b);
    case 'stack':
      return b.kind === a.kind ? compareLists(a.frames, b.frames) : compareKinds(a, b);
    case 'stats':
      return b.kind === a.kind ? compareStats(a, b) : compareKinds(a, b);
    case 'series':
      return compareKinds(a, b);
    case 'histogram':
      return b.kind === a.kind ? comparePrimitives(samplesOf(a), samplesOf(b)) : compareKinds(a, b);
  }
}

/** How many samples a histogram holds. */
export function samplesOf(histogram: Extract<Value, { kind: 'histogram' }>): bigint {
  return histogram.buckets.reduce((total, bucket) => total + bucket.count, 0n);
}

type Stats = Extract<Value, { kind: 'stats' }>;

const compareStats = (a: Stats, b: Stats): Order =>
  comparePrimitives(a.average, b.average) ||
  comparePrimitives(a.count, b.count) ||
  comparePrimitives(a.total, b.total);

const fieldValues = (value: Extract<Value, { kind: 'record' }>): readonly Value[] =>
  value.fields.map((field) => field.value);

type Primitive = number | bigint | boolean | string;

/** Numbers and bigints compare exactly with each other. */
const comparePrimitives = (a: Primitive, b: Primitive): Order => (a < b ? -1 : a > b ? 1 : 0);

/** Values of different kinds never meet in one map; this keeps the order total all the same. */
function compareKinds(a: Value, b: Value): Order {
  return comparePrimitives(kindOf(a), kindOf(b));
}

function kindOf(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.kind : typeof value;
}
