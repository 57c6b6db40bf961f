/**
 * Two programs become one that the kernel runs for a function's entry and for its return: which of the two it is asks it first. Their code
 * stands one behind the other, and each ends the program by itself, so neither needs more of the stack than before. Pure.
 */

import { assert } from '../base/assert.ts';
import type { ElfSymbol, Linker, ObjectProgram } from './link-program.ts';
import { instructionBytes, linkProgram } from './link-program.ts';

/** How far a jump leads: 16 bits with a sign. */
const jumpMax = 2 ** 15 - 1;

/** Undefined if the program for the entry is too long to be jumped over. */
export function linkSession(
  linker: Linker,
  entry: ElfSymbol,
  returns: ElfSymbol,
  isReturnId: number,
): ObjectProgram | undefined {
  const length = entry.bytes / instructionBytes;
  assert(Number.isInteger(length), 'a function has whole instructions');
  if (length > jumpMax) return undefined;
  return linkProgram(linker, entry, { before: dispatch(isReturnId, length), behind: returns });
}

/** An instruction as two words (Documentation/bpf/standardization/instruction-set.rst). */
const instruction = (
  opcode: number,
  destination: number,
  source: number,
  offset: number,
  immediate: number,
): readonly [number, number] => [opcode | (destination << 8) | (source << 12) | (offset << 16), immediate];

const move = 0xbf;
const call = 0x85;
const jumpIfSet = 0x45;
/** BPF_PSEUDO_KFUNC_CALL: a function of the kernel, by its BTF id. */
const kernelFunction = 2;

/** The context is kept while the kernel is asked, and handed on; of the answer, a truth value, only the lowest bit is told. */
const dispatch = (isReturnId: number, length: number): readonly number[] => [
  ...instruction(move, 6, 1, 0, 0),
  ...instruction(call, 0, kernelFunction, 0, isReturnId),
  ...instruction(move, 1, 6, 0, 0),
  ...instruction(jumpIfSet, 0, 0, length, 1),
];
