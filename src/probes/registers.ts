/** Where registers lie in the contexts that hold them: struct pt_regs (arch/x86/include/asm/ptrace.h, arm64's user_pt_regs). */

import type { Machine } from '../plan/machine.ts';
import { u64 } from '../types/type.ts';
import type { ContextSlot } from './define.ts';

export interface Registers {
  /** Of the first arguments, by the calling convention. */
  readonly arguments: readonly ContextSlot[];
  readonly returnValue: ContextSlot;
  readonly instructionPointer: ContextSlot;
  /** x86 only: cs. */
  readonly modeRegister?: ContextSlot;
}

const slot = (offset: number): ContextSlot => ({ offset, type: u64 });

const x64: Registers = {
  // rdi, rsi, rdx, rcx, r8, r9.
  arguments: [112, 104, 96, 88, 72, 64].map(slot),
  returnValue: slot(80),
  instructionPointer: slot(128),
  modeRegister: slot(136),
};

const arm64: Registers = {
  // x0 to x7.
  arguments: [0, 8, 16, 24, 32, 40, 48, 56].map(slot),
  returnValue: slot(0),
  instructionPointer: slot(256),
};

export function registersOf(arch: Machine['arch']): Registers {
  return arch === 'x64' ? x64 : arm64;
}
