/** The smallest programs: what the kernel makes of them tells what it can. */

import { encodeRecord, record } from '../types/record.ts';
import { i16, i32, u8 } from '../types/type.ts';
import type { BpfApi, LoadOutcome, ProgramSpec } from './bpf-api.ts';

const instruction = record({ opcode: u8, registers: u8, offset: i16, immediate: i32 });
/** BPF_CALL; the source register says what the number is of: 0 a helper, 2 (BPF_PSEUDO_KFUNC_CALL) a function in the kernel's BTF. */
const call = (source: 0 | 2, immediate: number): Uint8Array =>
  encodeRecord(instruction, { opcode: 0x85, registers: source << 4, immediate });
export const callHelper = (id: number): Uint8Array => call(0, id);
export const callKernelFunction = (btfId: number): Uint8Array => call(2, btfId);
/** r0 = 0; exit. */
export const returnZero = [
  encodeRecord(instruction, { opcode: 0xb7 }),
  encodeRecord(instruction, { opcode: 0x95 }),
];

const logBytes = 4096;

export const featureProgram = (
  instructions: readonly Uint8Array[],
): Pick<ProgramSpec, 'name' | 'license' | 'instructions'> => ({
  name: 'tstrace_feature',
  license: 'GPL',
  instructions: Uint8Array.from(Buffer.concat(instructions)),
});

/** Loads it and lets it go. The log says why it was refused. */
export function tryProgram(
  bpf: BpfApi,
  spec: Pick<ProgramSpec, 'type' | 'tracing'>,
  instructions: readonly Uint8Array[],
): LoadOutcome<'program'> {
  const outcome = bpf.loadProgram(
    { ...featureProgram(instructions), ...spec },
    { level: 1, bytes: logBytes },
  );
  if (outcome.result.ok) bpf.close(outcome.result.value);
  return outcome;
}
