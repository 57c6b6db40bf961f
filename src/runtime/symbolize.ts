/**
 * Addresses to words: the kernel's by its symbol table, a process's by the files that it has mapped. Done when something is printed;
 * what processes had mapped is followed from the start, so that those that have ended by then have names too.
 */

import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { KernelSymbols } from '../system/proc/kernel-symbols.ts';
import type { Words } from './decode.ts';
import type { FollowedProcesses } from './symbols/follow-processes.ts';
import { hexText, stackLines } from './symbols/frame-text.ts';
import type { Place } from './symbols/place.ts';
import { unknownPlace } from './symbols/place.ts';
import type { ProcessReader, Processes } from './symbols/processes.ts';
import { followed, lookedUp } from './symbols/processes.ts';
import type { UserSymbolsOptions } from './symbols/user-symbols.ts';
import { userSymbols } from './symbols/user-symbols.ts';

export interface Symbolizer extends Pick<Words, 'kernelSymbol' | 'userSymbol' | 'stackFrames'> {
  /** From now on, processes are followed; fails as opening a perf event does, and then they are looked up while they live. */
  follow(): Result<void, SysError>;
  /** Mappings that the kernel could not tell of, because too many came at once. */
  lost(): bigint;
  /** Ends what `follow` began. */
  close(): void;
}

export interface SymbolizerOptions extends Omit<UserSymbolsOptions, 'processes'> {
  readonly kernel: KernelSymbols;
  readonly reader: ProcessReader;
  /** Absent if nothing is to be followed. */
  readonly follow?: () => Result<FollowedProcesses, SysError>;
}

export function createSymbolizer(options: SymbolizerOptions): Symbolizer {
  const { kernel } = options;
  const watched: { processes: Processes; account?: FollowedProcesses } = {
    processes: lookedUp(options.reader),
  };
  const users = userSymbols({
    ...options,
    processes: {
      spacesOf: (process) => watched.processes.spacesOf(process),
      lookAgain: (process) => watched.processes.lookAgain(process),
    },
  });
  return {
    kernelSymbol: (address) => kernelPlace(kernel, address, 0n).name ?? hexText(address),
    userSymbol: (process, address) => users.symbol(process, address).name ?? hexText(address),
    stackFrames: (type, process, frames) =>
      stackLines(type.mode, frames, (addresses) =>
        type.space === 'kernel'
          ? addresses.map((address, index) => kernelPlace(kernel, address, index > 0 ? 1n : 0n))
          : users.functions(process, addresses),
      ),
    follow: () => {
      const account = options.follow?.();
      if (account === undefined) return ok(undefined);
      if (!account.ok) return account;
      watched.account = account.value;
      watched.processes = followed(account.value, options.reader);
      return ok(undefined);
    },
    lost: () => watched.account?.lost ?? 0n,
    close: () => watched.account?.close(),
  };
}

/** perf's own name for the kernel without modules. */
const kernelModule = '[kernel.kallsyms]';

/** `back`: bytes from an address that a call returns to back to the call, which may be the last instruction of its function. */
function kernelPlace(kernel: KernelSymbols, address: bigint, back: bigint): Place {
  const found = kernel.at(address - back);
  if (found === undefined) return unknownPlace;
  const { name, offset, module } = found;
  return { name, offset: offset + Number(back), module: module === undefined ? kernelModule : `[${module}]` };
}
