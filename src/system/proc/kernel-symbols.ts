/** Kernel addresses to symbols, as long as a run lasts: modules and BPF programs come and go meanwhile, and the table with them. */

import type { Kallsyms, SymbolAt } from './kallsyms.ts';

export interface KernelSymbols {
  /** The symbol that an address lies in. */
  at(address: bigint): SymbolAt | undefined;
}

export interface KernelSymbolsSource {
  /** The table to begin with. */
  readonly first: () => Kallsyms;
  /** The table as it is now. */
  readonly read: () => Kallsyms;
  /** What is loaded now: a text that changes with it. */
  readonly modules: () => string;
  readonly nowMs: () => number;
}

/** The table is some megabytes of text, which the kernel makes for us: for addresses that nobody knows it isn't read each time. */
const rereadMs = 1000;

/** Nothing is read before it is asked for. */
export function kernelSymbols({ first, read, modules, nowMs }: KernelSymbolsSource): KernelSymbols {
  const stateWith = (table: Kallsyms) => ({ table, modules: modules(), readAtMs: nowMs() });
  let known: ReturnType<typeof stateWith> | undefined;
  return {
    at: (address) => {
      known ??= stateWith(first());
      const found = known.table.at(address);
      // The kernel's own symbols never move.
      if (found !== undefined && found.module === undefined) return found;
      const isOld = found === undefined && nowMs() - known.readAtMs >= rereadMs;
      if (known.modules === modules() && !isOld) return found;
      known = stateWith(read());
      return known.table.at(address);
    },
  };
}
