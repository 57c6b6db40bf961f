/** What processes have mapped, as the symbols of user space ask it: followed by the kernel's own account, or looked up while they live. */

import type { Mapping } from '../../system/proc/maps.ts';
import type { FollowedProcesses } from './follow-processes.ts';
import type { AddressSpace } from './process-history.ts';
import { ProcessHistory } from './process-history.ts';

export interface Processes {
  /** All that a process number stood for, the newest first. */
  spacesOf(process: number): readonly AddressSpace[];
  /** Looks again, because an address lies in no mapping; false if that can't help. */
  lookAgain(process: number): boolean;
}

/** How processes that live are looked at; tests give their own. */
export interface ProcessReader {
  readonly maps: (process: number) => readonly Mapping[] | undefined;
  /** Tells one life of a process, and one program of it, from another. Undefined if it is gone. */
  readonly epoch: (process: number) => string | undefined;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
}

/** By the kernel's account. /proc is read only for what that has missed. */
export function followed(account: FollowedProcesses, { maps, now }: ProcessReader): Processes {
  const { history } = account;
  const lostWhenSeen = new Map<number, bigint>();
  const see = (process: number): boolean => {
    const mappings = maps(process);
    if (mappings !== undefined) history.see(process, now(), mappings);
    return mappings !== undefined;
  };
  return {
    spacesOf: (process) => {
      account.update();
      const known = history.spacesOf(process);
      return known.length === 0 && see(process) ? history.spacesOf(process) : known;
    },
    lookAgain: (process) => {
      if (account.lost === (lostWhenSeen.get(process) ?? 0n) || !history.isAlive(process)) return false;
      lostWhenSeen.set(process, account.lost);
      return see(process);
    },
  };
}

/** As they are when they are asked for; what was seen of one that has ended since stays known. */
export function lookedUp({ maps, epoch, now }: ProcessReader): Processes {
  const history = new ProcessHistory();
  const epochs = new Map<number, string>();
  const see = (process: number, seen: string): boolean => {
    const mappings = maps(process);
    // It may have ended or executed another program meanwhile: then these are of neither.
    if (mappings === undefined || epoch(process) !== seen) return false;
    if (epochs.get(process) !== seen) history.apply({ kind: 'executed', process, time: now() });
    epochs.set(process, seen);
    history.see(process, now(), mappings);
    return true;
  };
  return {
    spacesOf: (process) => {
      const seen = epoch(process);
      if (seen !== undefined && epochs.get(process) !== seen) see(process, seen);
      return history.spacesOf(process);
    },
    lookAgain: (process) => {
      const seen = epoch(process);
      return seen !== undefined && see(process, seen);
    },
  };
}
