/** Operands of arm64: 5, w0, [sp, 16], [x1, x2, lsl 3], [x1, w2, sxtw 2]. */

import type { ArgumentSource, ContextSlot } from './define.ts';
import { registersOf } from './registers.ts';

const constant = /^#?(-?\d+)$/;
const memory = /^\[(\w+)(?:, *#?(-?\d+))?\]$/;
const indexed = /^\[(\w+), *(\w+)(?:, *(lsl|[su]xtw) *(?:#?(\d))?)?\]$/;
const { named } = registersOf('arm64');

/** Undefined for what can't be read: vector registers, parts of addresses that the linker fills in. */
export function arm64Operand(operand: string): ArgumentSource | undefined {
  const value = constant.exec(operand)?.[1];
  if (value !== undefined) return { kind: 'constant', value: BigInt(value) };
  if (/^[wx]zr$/.test(operand)) return { kind: 'constant', value: 0n };
  const register = slotOf(operand, 'wx');
  if (register) return { kind: 'register', register, shift: 0 };
  const [, baseName = '', offset = '0'] = memory.exec(operand) ?? [];
  const base = slotOf(baseName, 'x');
  return base ? { kind: 'memory', base, displacement: Number(offset) } : indexedMemory(operand);
}

function indexedMemory(operand: string): ArgumentSource | undefined {
  const [, baseName = '', indexName = '', extension, shift = '0'] = indexed.exec(operand) ?? [];
  const isWord = indexName.startsWith('w');
  const [base, register] = [slotOf(baseName, 'x'), slotOf(indexName, 'wx')];
  // Only a word is extended.
  if (!base || !register || isWord !== (extension?.endsWith('xtw') ?? false)) return undefined;
  const word = isWord && { word: extension === 'sxtw' ? ('signed' as const) : ('unsigned' as const) };
  return { kind: 'memory', base, displacement: 0, index: { register, shift: Number(shift), ...word } };
}

/** x0 … x30 and their lower halves w0 … are r0 … to scripts. */
function slotOf(name: string, widths: 'x' | 'wx'): ContextSlot | undefined {
  if (name === 'sp') return named.get('sp');
  const [, width = '', number] = /^([wx])(\d+)$/.exec(name) ?? [];
  return number !== undefined && widths.includes(width) ? named.get(`r${number}`) : undefined;
}
