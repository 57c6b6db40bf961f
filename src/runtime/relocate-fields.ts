/**
 * Puts what depends on the kernel's types into instructions. What the kernel lacks becomes a call that no kernel has: the program loads if
 * it can't come there, because it asks first whether the field exists; else the verifier's complaint leads back to the reason. Pure.
 */

import { assert } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { CoreRelocation } from '../system/co-re/relocation.ts';
import type { Resolve, Resolved } from '../system/co-re/resolve.ts';

const instructionBytes = 8;

/** Numbers of helpers that no kernel will have: this one and those behind it, one for each reason. */
const unresolvedBase = 0x0bad0000;

/** Changes a section's code, two words for each instruction. Reasons are added to those of earlier sections. */
export function relocateFields(
  words: Uint32Array,
  relocations: readonly CoreRelocation[],
  resolve: Resolve,
  reasons: string[],
): void {
  for (const relocation of relocations) {
    const at = (relocation.offset / instructionBytes) * 2;
    const resolved = resolve(relocation);
    const patched = resolved.ok ? patch(words, at, resolved.value) : resolved;
    if (!patched.ok) poison(words, at, unresolvedBase + reasons.push(patched.error) - 1);
  }
}

/** Why the instruction could not be made that the verifier complains of; undefined if it complains of something else. */
export function unresolvedReason(log: string, reasons: readonly string[]): string | undefined {
  const [, number] = /^invalid func unknown#(\d+)/m.exec(log) ?? [];
  return number === undefined ? undefined : reasons[Number(number) - unresolvedBase];
}

/** BPF_CLASS of an opcode (include/uapi/linux/bpf_common.h). */
const classOf = (head: number): number => head & 0x07;
const instructionClass = { load: 0, loadMemory: 1, store: 2, storeRegister: 3, alu32: 4, alu64: 7 } as const;

function patch(words: Uint32Array, at: number, resolved: Resolved): Result<void, string> {
  const { value } = resolved;
  switch (classOf(words[at] ?? 0)) {
    case instructionClass.load:
      words[at + 1] = Number(BigInt.asUintN(32, value));
      words[at + 3] = Number(BigInt.asUintN(32, value >> 32n));
      return ok(undefined);
    case instructionClass.alu32:
    case instructionClass.alu64:
      words[at + 1] = Number(BigInt.asUintN(32, value));
      return ok(undefined);
    case instructionClass.loadMemory:
    case instructionClass.store:
    case instructionClass.storeRegister:
      return patchAccess(words, at, resolved);
    default:
      assert(false, `an instruction that depends on a field, ${words[at]}`);
  }
}

/** BPF_SIZE of an opcode, by bytes. */
const sizeBits: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const sizeMask = 0x18;
const offsetMax = 2n ** 15n - 1n;

function patchAccess(words: Uint32Array, at: number, { value, bytes }: Resolved): Result<void, string> {
  if (value > offsetMax)
    return failed(`a field is read that lies ${value} bytes from its struct's start, too far for BPF`);
  let head = (words[at] ?? 0) & 0xffff;
  if (bytes) {
    const size = bytes.kernel === undefined ? undefined : sizeBits[bytes.kernel];
    if (size === undefined)
      return failed(
        'a field is read that has another size in this kernel: read it with BPF_CORE_READ_INTO() or the like',
      );
    head = (head & ~sizeMask) | size;
  }
  words[at] = head | (Number(value) << 16);
  return ok(undefined);
}

function poison(words: Uint32Array, at: number, helper: number): void {
  const isDouble = classOf(words[at] ?? 0) === instructionClass.load;
  for (const place of isDouble ? [at, at + 2] : [at]) {
    words[place] = callOpcode;
    words[place + 1] = helper;
  }
}

const callOpcode = 0x85;
