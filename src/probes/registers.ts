/** Where registers lie in the contexts that hold them: struct pt_regs (arch/x86/include/asm/ptrace.h, arm64's user_pt_regs). */

import type { Machine } from '../plan/machine.ts';
import { u64 } from '../types/type.ts';
import type { ContextSlot, ProbeContext } from './define.ts';

export interface Registers {
  /** Of the first arguments, by the calling convention. */
  readonly arguments: readonly ContextSlot[];
  readonly returnValue: ContextSlot;
  readonly instructionPointer: ContextSlot;
  /** Where a function that has just been entered finds the address that it will return to. */
  readonly caller: { readonly register: ContextSlot; readonly inMemory: boolean };
  /** x86 only: cs. */
  readonly modeRegister?: ContextSlot;
  /** By the names that scripts use. */
  readonly named: ReadonlyMap<string, ContextSlot>;
  /** By the numbers that debug information has for them (System V ABI for x86-64, 3.6.2; DWARF for the Arm 64-bit architecture, 4.1). */
  readonly numbered: readonly ContextSlot[];
  readonly stackPointer: ContextSlot;
}

const registerBytes = 8;

const slot = (index: number): ContextSlot => ({ offset: registerBytes * index, type: u64 });

/** In the order of struct pt_regs. */
const x64Names = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_rax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const;

const x64Slot = (name: (typeof x64Names)[number]): ContextSlot => slot(x64Names.indexOf(name));

const x64: Registers = {
  arguments: (['di', 'si', 'dx', 'cx', 'r8', 'r9'] as const).map(x64Slot),
  returnValue: x64Slot('ax'),
  instructionPointer: x64Slot('ip'),
  // The call has pushed it.
  caller: { register: x64Slot('sp'), inMemory: true },
  modeRegister: x64Slot('cs'),
  named: new Map([...x64Names.map((name) => [name, x64Slot(name)] as const), ['pc', x64Slot('ip')] as const]),
  numbered: (
    [
      'ax',
      'dx',
      'cx',
      'bx',
      'si',
      'di',
      'bp',
      'sp',
      'r8',
      'r9',
      'r10',
      'r11',
      'r12',
      'r13',
      'r14',
      'r15',
    ] as const
  ).map(x64Slot),
  stackPointer: x64Slot('sp'),
};

const arm64NumberedCount = 31;
const arm64NumberedArguments = 8;
/** x30, the link register. */
const arm64Link = 30;
const arm64Special = ['sp', 'pc', 'pstate'] as const;

const arm64: Registers = {
  arguments: Array.from({ length: arm64NumberedArguments }, (_, index) => slot(index)),
  returnValue: slot(0),
  instructionPointer: slot(arm64NumberedCount + arm64Special.indexOf('pc')),
  caller: { register: slot(arm64Link), inMemory: false },
  named: new Map([
    ...Array.from({ length: arm64NumberedCount }, (_, index) => [`r${index}`, slot(index)] as const),
    ...arm64Special.map((name, index) => [name, slot(arm64NumberedCount + index)] as const),
  ]),
  // Number 31 is the stack pointer, which comes behind the others in the struct too.
  numbered: Array.from({ length: arm64NumberedCount + 1 }, (_, index) => slot(index)),
  stackPointer: slot(arm64NumberedCount),
};

/** What contexts that begin with the registers have in common. */
export function registerContext(
  arch: Machine['arch'],
  struct: 'pt_regs' | 'bpf_perf_event_data',
): Pick<ProbeContext, 'registers' | 'modeRegister' | 'struct'> {
  const { named, modeRegister } = registersOf(arch);
  return { struct, registers: named, ...(modeRegister && { modeRegister }) };
}

export function registersOf(arch: Machine['arch']): Registers {
  return arch === 'x64' ? x64 : arm64;
}
