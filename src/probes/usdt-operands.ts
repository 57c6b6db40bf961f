/**
 * Where USDT arguments lie, as the assembler wrote it down (`-4@%eax 8@-16(%rbp)`): a number's bytes, `-` if it is signed, and an
 * operand of the machine's assembly language. What can't be read from a BPF program is kept, for the message when a script asks for it.
 */

import { present } from '../base/assert.ts';
import type { Machine } from '../plan/machine.ts';
import { i64, u64 } from '../types/type.ts';
import type { ArgumentSource, ComputedArgument, UsdtSite } from './define.ts';
import { arm64Operand } from './usdt-operands-arm64.ts';
import { x64Operand } from './usdt-operands-x64.ts';

/** What operands may refer to beside registers. */
export interface OperandSurroundings {
  /** Virtual address of the probe's instruction, in the file. */
  readonly address: number;
  /** Virtual address of a variable, in the file. */
  readonly variable: (name: string) => number | undefined;
}

/** Operands have blanks within brackets only (arm64). */
const argument = /(?:(?<size>-?[1248])(?<float>f)?@)?(?<operand>(?:\[[^\]]*\]|[^\s[])+)/g;

/** The arguments of a site, in order. */
export function usdtArguments(
  site: Pick<UsdtSite, 'address' | 'arguments'>,
  variable: OperandSurroundings['variable'],
  arch: Machine['arch'],
): readonly ComputedArgument[] {
  const surroundings = { address: site.address, variable };
  return [...site.arguments.matchAll(argument)].map(({ groups = {} }) => {
    const { size = '8', float, operand = '' } = groups;
    const source = float === undefined ? sourceOf(operand, surroundings, arch) : undefined;
    return {
      bytes: bytesOf(size),
      type: size.startsWith('-') ? i64 : u64,
      from: source ?? { kind: 'unreadable', operand },
    };
  });
}

const sizes: Readonly<Record<string, ComputedArgument['bytes']>> = { '1': 1, '2': 2, '4': 4, '8': 8 };

const bytesOf = (size: string): ComputedArgument['bytes'] => present(sizes[size.replace('-', '')], 'size');

const sourceOf = (
  operand: string,
  surroundings: OperandSurroundings,
  arch: Machine['arch'],
): ArgumentSource | undefined => (arch === 'x64' ? x64Operand(operand, surroundings) : arm64Operand(operand));
