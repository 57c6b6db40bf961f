/** Facts with programs and libraries as a test wants them, on the made-up machine of the goldens. */

import { matcher } from '../../src/base/wildcard.ts';
import type { Machine } from '../../src/plan/machine.ts';
import type { Executable, UsdtSite } from '../../src/probes/define.ts';
import type { Facts } from '../../src/sema/facts.ts';
import { demangle } from '../../src/system/demangle.ts';
import { goldenFacts } from './golden-facts.ts';

export interface BinaryDescription {
  readonly path: string;
  /** Each 64 bytes long, one behind the other from 0x1000 on. */
  readonly functions: readonly string[];
  readonly isGo?: boolean;
  readonly usdtSites?: readonly UsdtSite[];
  /** Their addresses; each is 4 bytes long. */
  readonly variables?: Readonly<Record<string, number>>;
  readonly isFixed?: boolean;
  readonly lines?: Executable['codeOfLine'];
}

const functionBytes = 64;
const firstOffset = 0x1000;

export function madeUpBinary({
  path,
  functions,
  isGo = false,
  usdtSites = [],
  variables = {},
  isFixed = true,
  lines,
}: BinaryDescription): Executable {
  return {
    path,
    isGo,
    usdtSites: () => usdtSites,
    isFixed,
    variable: (name) => variables[name],
    symbol: (name) => {
      const address = variables[name];
      return address === undefined ? undefined : { address, bytes: 4 };
    },
    addressOf: (fileOffset) => fileOffset + 0x400000,
    signatureAt: () => undefined,
    codeOfLine: (file, line) => lines?.(file, line),
    // Of two bytes each.
    instructionsAround: (fileOffset) => {
      const start = fileOffset - ((fileOffset - firstOffset) % functionBytes);
      return { start, starts: Array.from({ length: functionBytes / 2 }, (_, index) => index * 2) };
    },
    functions: () =>
      functions.map((name, index) => ({
        name,
        fileOffset: firstOffset + index * functionBytes,
        bytes: functionBytes,
      })),
    // Mapped as a program that is not position-independent.
    fileOffsetOf: (address) => {
      const offset = Number(address) - 0x400000;
      return offset >= 0 && offset < firstOffset + functions.length * functionBytes ? offset : undefined;
    },
  };
}

/** The first of the binaries is the traced process's program, if there is one. */
export function binaryFacts(
  descriptions: readonly BinaryDescription[],
  machine: Partial<Machine> = {},
): Facts {
  const facts = goldenFacts('minimal');
  const binaries = descriptions.map(madeUpBinary);
  return {
    ...facts,
    machine: { ...facts.machine, ...machine },
    executable: (path) => binaries.find((binary) => binary.path === path) ?? { error: 'not-found', path },
    executablesMatching: (pattern) => binaries.map(({ path }) => path).filter(matcher(pattern)),
    mappedExecutables: () => binaries.map(({ path }) => path),
    demangle,
  };
}
