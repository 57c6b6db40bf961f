/**
 * The kernel's symbols, from the text of /proc/kallsyms: 5 to 15 MB, so the text stays bytes and addresses go into typed arrays.
 * Pure. To those without privileges the kernel shows zeros for addresses; then names are known and addresses aren't.
 */

import { nameFinder } from '../name-finder.ts';

export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Bytes to the next symbol: at most so long is it. Absent for the last one. */
  readonly bytes?: number;
  /** Absent for the kernel's own. */
  readonly module?: string;
}

export interface SymbolAt {
  readonly name: string;
  readonly offset: number;
  readonly module?: string;
}

export interface Kallsyms {
  /** True if there are symbols but no addresses. */
  readonly hidden: boolean;
  /** The symbol that an address lies in; none where that can't be told. */
  readonly at: (address: bigint) => SymbolAt | undefined;
  /** The first symbol of a name, of a module if one is given. */
  readonly named: (name: string, module?: string) => KernelSymbol | undefined;
  /** All functions of a name that lie at different addresses; of a module, or `vmlinux`, if one is given. None where addresses are hidden. */
  readonly functionsNamed: (name: string, module?: string) => readonly KernelSymbol[];
  /** All functions (symbols in the kernel's and its modules' text), in the text's order. */
  readonly functions: () => readonly {
    readonly name: string;
    readonly module?: string;
  }[];
}

/** Symbols in the text's order, in parallel arrays. */
interface Table {
  readonly text: Buffer;
  readonly count: number;
  /** Distance of an address from the lowest that kernels use: exact as a double, as the address itself is not. -1 for other addresses. */
  readonly keys: Float64Array;
  /** Where in the text a name begins. The letter of its type stands two bytes before. */
  readonly names: Uint32Array;
}

const kernelItself = 'vmlinux';

/** Kernel addresses of 64-bit machines begin with at least 12 ones. */
const lowestAddress = 0xfff0_0000_0000_0000n;
const lowestHigh = 0xfff0_0000;
const addressDigits = 16;
const newline = 10;
const blank = 32;
const tab = 9;
/** Shortest line: the address, ` T `, a name of one letter, the line's end. */
const lineBytesMin = addressDigits + 5;

export function parseKallsyms(text: Buffer): Kallsyms {
  const table = readTable(text);
  let sorted: Uint32Array | undefined;
  const order = (): Uint32Array => (sorted ??= orderByAddress(table));
  const findStarts = nameFinder(text, () => table.names);
  const find = (name: string): readonly number[] =>
    findStarts(name)
      .map((start) => indexOfStart(table.names, start))
      .filter((index) => index >= 0);
  return {
    hidden: table.count > 0 && table.keys.every((key) => key <= 0),
    at: (address) => symbolAt(table, order(), address),
    named: (name, module) => {
      const index = find(name).find(
        (candidate) => module === undefined || moduleOf(table, candidate) === module,
      );
      return index === undefined ? undefined : describe(table, order(), index);
    },
    functionsNamed: (name, module) => {
      const found = find(name)
        .filter((index) => isFunction(table, index) && (table.keys[index] ?? -1) > 0)
        .map((index) => describe(table, order(), index))
        .filter((symbol) => module === undefined || (symbol.module ?? kernelItself) === module);
      return [...new Map(found.map((symbol) => [symbol.address, symbol])).values()];
    },
    functions: () => listFunctions(table),
  };
}

function readTable(text: Buffer): Table {
  const capacity = Math.floor(text.length / lineBytesMin) + 1;
  const keys = new Float64Array(capacity);
  const names = new Uint32Array(capacity);
  let count = 0;
  for (let start = 0; start < text.length;) {
    const newlineAt = text.indexOf(newline, start + lineBytesMin - 1);
    const end = newlineAt < 0 ? text.length : newlineAt;
    if (end < start + lineBytesMin - 1) break;
    if (text[start + addressDigits] === blank) {
      keys[count] = keyOfDigits(text, start);
      names[count++] = start + addressDigits + 3;
    }
    start = end + 1;
  }
  return {
    text,
    count,
    keys: keys.slice(0, count),
    names: names.slice(0, count),
  };
}

function keyOfDigits(text: Buffer, start: number): number {
  const high = hexWord(text, start);
  return high < lowestHigh ? -1 : (high - lowestHigh) * 2 ** 32 + hexWord(text, start + 8);
}

/** Eight hexadecimal digits, in lower case as the kernel writes them. */
function hexWord(text: Buffer, start: number): number {
  let word = 0;
  for (let at = start; at < start + 8; at++) {
    const digit = text[at] ?? 0;
    word = (word << 4) | (digit >= 0x61 ? digit - 0x57 : digit & 0xf);
  }
  return word >>> 0;
}

const keyOf = (address: bigint): number => (address < lowestAddress ? -1 : Number(address - lowestAddress));
const addressOf = (key: number): bigint => (key < 0 ? 0n : lowestAddress + BigInt(key));

/** Indices by rising address. The kernel's own symbols come sorted; those of modules and BPF programs, behind them, don't. */
function orderByAddress({ keys, count }: Table): Uint32Array {
  const all = new Uint32Array(count);
  let knownCount = 0;
  for (let index = 0; index < count; index++) if ((keys[index] ?? -1) >= 0) all[knownCount++] = index;
  const known = all.subarray(0, knownCount);
  let inOrder = 0;
  while (inOrder + 1 < known.length && keyAt(keys, known, inOrder) <= keyAt(keys, known, inOrder + 1))
    inOrder++;
  const first = known.subarray(0, inOrder + 1);
  const rest = known.slice(inOrder + 1).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  return rest.length === 0 ? known : merge(keys, first, rest);
}

const keyAt = (keys: Float64Array, order: Uint32Array, index: number): number =>
  keys[order[index] ?? -1] ?? Infinity;

function merge(keys: Float64Array, first: Uint32Array, second: Uint32Array): Uint32Array {
  const merged = new Uint32Array(first.length + second.length);
  let left = 0;
  let right = 0;
  for (let at = 0; at < merged.length; at++) {
    const takeLeft =
      left < first.length &&
      (right >= second.length || keyAt(keys, first, left) <= keyAt(keys, second, right));
    merged[at] = (takeLeft ? first[left++] : second[right++]) ?? 0;
  }
  return merged;
}

/** How many entries lie at or below a key. */
function countUpTo(keys: Float64Array, order: Uint32Array, key: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyAt(keys, order, middle) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function symbolAt(table: Table, order: Uint32Array, address: bigint): SymbolAt | undefined {
  const key = keyOf(address);
  const below = key < 0 ? 0 : countUpTo(table.keys, order, key);
  if (below === 0) return undefined;
  const index = preferredAlias(table, order, below - 1);
  const module = moduleOf(table, index);
  const offset = key - (table.keys[index] ?? 0);
  if (offset >= lastBytesMax && isLastOfModule(table, order, below - 1, module)) return undefined;
  const found = { name: symbolName(table, index), offset };
  return module === undefined ? found : { ...found, module };
}

/**
 * The text gives no sizes: a symbol reaches to the next one. Behind the last one of the kernel, of a module or of the BPF programs comes what
 * the text may not know at all; so far from it nothing is called by its name.
 */
const lastBytesMax = 1 << 16;

function isLastOfModule(table: Table, order: Uint32Array, at: number, module: string | undefined): boolean {
  const next = order[at + 1];
  return next === undefined || module === bpfModule || moduleOf(table, next) !== module;
}

/** What the kernel writes behind BPF programs; each is on its own. */
const bpfModule = 'bpf';

/** Of several symbols at one address: a function before data and labels, a global one before a local one, else the first. */
function preferredAlias({ text, keys, names }: Table, order: Uint32Array, last: number): number {
  const key = keyAt(keys, order, last);
  let best = order[last] ?? 0;
  for (let at = last; at >= 0 && keyAt(keys, order, at) === key; at--) {
    const candidate = order[at] ?? 0;
    if (typeRank(text[(names[candidate] ?? 2) - 2]) >= typeRank(text[(names[best] ?? 2) - 2]))
      best = candidate;
  }
  return best;
}

/** By the letter that stands for a symbol's type: T, then W, then t and w, then data. */
function typeRank(letter: number | undefined): number {
  switch (letter) {
    case 0x54:
      return 3;
    case 0x57:
      return 2;
    case 0x74:
    case 0x77:
      return 1;
    default:
      return 0;
  }
}

const isFunction = ({ text, names }: Table, index: number): boolean =>
  typeRank(text[(names[index] ?? 2) - 2]) > 0;

/** The index past a name's last letter: a line's end, or the tab before a module. */
function nameEnd(text: Buffer, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== newline && text[end] !== tab) end++;
  return end;
}

function symbolName({ text, names }: Table, index: number): string {
  const start = names[index] ?? 0;
  return text.toString('latin1', start, nameEnd(text, start));
}

function moduleOf({ text, names }: Table, index: number): string | undefined {
  const end = nameEnd(text, names[index] ?? 0);
  if (text[end] !== tab || text[end + 1] !== 0x5b) return undefined;
  const close = text.indexOf(0x5d, end);
  return close < 0 ? undefined : text.toString('latin1', end + 2, close);
}

function describe(table: Table, order: Uint32Array, index: number): KernelSymbol {
  const key = table.keys[index] ?? -1;
  const next = key < 0 ? Infinity : keyAt(table.keys, order, countUpTo(table.keys, order, key));
  const module = moduleOf(table, index);
  return {
    name: symbolName(table, index),
    address: key < 0 ? addressInText(table, index) : addressOf(key),
    ...(Number.isFinite(next) && { bytes: next - key }),
    ...(module !== undefined && { module }),
  };
}

/** Of variables that each CPU has: before Linux 6.15 they begin at 0. */
function addressInText({ text, names }: Table, index: number): bigint {
  const start = (names[index] ?? 0) - addressDigits - 3;
  return BigInt(`0x${text.toString('latin1', start, start + addressDigits)}`);
}

/** Names begin at rising places of the text. */
function indexOfStart(names: Uint32Array, start: number): number {
  let low = 0;
  let high = names.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return names[low] === start ? low : -1;
}

function listFunctions(table: Table): readonly { readonly name: string; readonly module?: string }[] {
  const { text, names, count } = table;
  const whole = text.toString('latin1');
  const functions: { readonly name: string; readonly module?: string }[] = [];
  for (let index = 0; index < count; index++) {
    if (!isFunction(table, index)) continue;
    const start = names[index] ?? 0;
    const end = nameEnd(text, start);
    const name = whole.slice(start, end);
    if (!isFunctionName(name)) continue;
    functions.push(
      text[end] === tab ? { name, module: whole.slice(end + 2, whole.indexOf(']', end)) } : { name },
    );
  }
  return functions;
}

/** Marks that compilers put beside functions are in the text too, but no one can trace them. */
const isFunctionName = (name: string): boolean =>
  !name.startsWith('__pfx_') && !name.startsWith('__cfi_') && !name.startsWith('.');
