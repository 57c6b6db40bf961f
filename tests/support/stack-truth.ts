/** What tests/programs/chain.c says of its own stack, against which whole stacks are compared. */

import { expect } from 'vitest';

/** What the program said of its stack and its functions. */
export interface Truth {
  /** Innermost first; all of them, also those that frame pointers don't lead to. */
  readonly addresses: readonly bigint[];
  readonly functions: readonly { readonly name: string; readonly address: bigint; readonly offset: bigint }[];
}

export function truthOf(stdout: string): Truth {
  const hex = (digits: string | undefined): bigint => BigInt(`0x${digits ?? ''}`);
  return {
    addresses: [...stdout.matchAll(/^truth ([0-9a-f]+)$/gm)].map(([, address]) => hex(address)),
    functions: [...stdout.matchAll(/^function (\w+) ([0-9a-f]+) ([0-9a-f]+)$/gm)].map(
      ([, name = '', address, offset]) => ({ name, address: hex(address), offset: hex(offset) }),
    ),
  };
}

/** The program's own frames: from marker to main. The two behind are libc's. */
export const ownFrames = 5;

export interface OwnFrame {
  readonly address: bigint;
  /** As bpftrace mode shows it: leaf+41. */
  readonly symbol: string;
  readonly fileOffset: bigint;
}

export function ownFramesOf({ addresses, functions }: Truth): readonly OwnFrame[] {
  return addresses.slice(0, ownFrames).map((address) => {
    const found = functions
      .filter((candidate) => candidate.address <= address)
      .reduce((best, candidate) => (candidate.address > best.address ? candidate : best));
    const offset = address - found.address;
    return { address, symbol: `${found.name}+${offset}`, fileOffset: found.offset + offset };
  });
}

/** The lines of the one stack that was printed as a key. */
export const keyLines = (stdout: string): readonly string[] =>
  (/^@\[\n((?:.*\n)*?)\]: (\d+)$/m.exec(stdout)?.[1] ?? '').split('\n').slice(0, -1);

export const symbolsOf = (stdout: string): readonly string[] =>
  ownFramesOf(truthOf(stdout)).map(({ symbol }) => symbol);

/**
 * Behind main stands libc's function that called it. That has no frame pointer: there the chain should end, but if the register happens to
 * hold an address the kernel goes on with what lies there.
 */
export function expectFrames(stdout: string, lineOf: (frame: OwnFrame) => string, libc: RegExp): void {
  const truth = truthOf(stdout);
  const lines = keyLines(stdout);
  expect(lines.slice(0, ownFrames).map(withoutSource)).toEqual(ownFramesOf(truth).map(lineOf));
  expect(lines[ownFrames]).toMatch(libc);
}

/** Lines of the source stand behind, where a program has debug information. */
export const withoutSource = (line: string): string => line.replace(/@\S+:\d+$/, '');
