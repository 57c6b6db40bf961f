/** Operands of x86-64 as GNU's assembler writes them: $5, %eax, -16(%rbp), 8(%rax,%rdx,4), counter+4(%rip). */

import type { ArgumentSource, ContextSlot } from './define.ts';
import { registersOf } from './registers.ts';
import type { OperandSurroundings } from './usdt-operands.ts';

const number = '[-+]?(?:0[xX][0-9a-fA-F]+|\\d+)';
const constant = new RegExp(`^\\$(${number})$`);
const register = /^%(\w+)$/;
/** DISPLACEMENT(BASE,INDEX,SCALE); all but one of them may be missing. */
const memory = /^([^()%]*)(?:\((?:%(\w+))?(?:,%(\w+))?(?:,([1248]))?\))?$/;
const displacement = new RegExp(`^(${number})?$`);
const symbolFirst = new RegExp(`^([A-Za-z_.$][\\w.$]*)(${number})?$`);
const symbolLast = new RegExp(`^(${number})\\+([A-Za-z_.$][\\w.$]*)$`);

/** Undefined if there is no such place, or none that can be read: vector registers, memory of a thread (%fs:). */
export function x64Operand(operand: string, surroundings: OperandSurroundings): ArgumentSource | undefined {
  const value = constant.exec(operand)?.[1];
  if (value !== undefined) return { kind: 'constant', value: parseBig(value) };
  const name = register.exec(operand)?.[1];
  if (name !== undefined) return namedRegister(name);
  const match = memory.exec(operand);
  if (!match) return undefined;
  const [, text = '', base, index, scale = '1'] = match;
  return memoryAt(text, base, index, Math.log2(Number(scale)), surroundings);
}

const parseBig = (text: string): bigint =>
  text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));

function memoryAt(
  text: string,
  base: string | undefined,
  index: string | undefined,
  shift: number,
  surroundings: OperandSurroundings,
): ArgumentSource | undefined {
  const offset = displacementOf(text, base, surroundings);
  const baseSlot = base === undefined ? undefined : whole(base);
  const indexSlot = index === undefined ? undefined : whole(index);
  if (offset === undefined || (base && !baseSlot) || (index && !indexSlot)) return undefined;
  return {
    kind: 'memory',
    displacement: offset,
    ...(baseSlot && { base: baseSlot }),
    ...(indexSlot && { index: { register: indexSlot, shift } }),
  };
}

/** Variables are named: beside %rip by their distance from it, else by where a program that isn't moved has them. */
function displacementOf(
  text: string,
  base: string | undefined,
  { address, variable }: OperandSurroundings,
): number | undefined {
  const plain = displacement.exec(text);
  if (plain) return base === 'rip' ? undefined : Number(plain[1] ?? 0);
  const [, first, behind = '0'] = symbolFirst.exec(text) ?? [];
  const [, before = '0', last] = symbolLast.exec(text) ?? [];
  const name = first ?? last;
  const place = name === undefined ? undefined : variable(name);
  if (place === undefined) return undefined;
  const target = place + Number(first === undefined ? before : behind);
  return base === 'rip' ? target - address : target;
}

const { named } = registersOf('x64');

/** A register of which all 64 bits are meant. */
function whole(name: string): ContextSlot | undefined {
  const source = namedRegister(name);
  return source?.kind === 'register' && !isPart(name) ? source.register : undefined;
}

const isPart = (name: string): boolean => !/^r([a-z]{2}|\d+)$/.test(name);

function namedRegister(name: string): Extract<ArgumentSource, { kind: 'register' }> | undefined {
  const numbered = /^(r\d+)[dwb]?$/.exec(name)?.[1];
  const letters = /^[er]?([a-z]{2})$/.exec(name)?.[1] ?? /^([a-z]{2})l$/.exec(name)?.[1];
  const half = /^([abcd])([lh])$/.exec(name);
  const slot = named.get(numbered ?? (half ? `${half[1]}x` : (letters ?? '')));
  return slot && { kind: 'register', register: slot, shift: half?.[2] === 'h' ? 8 : 0 };
}
