/**
 * Where a kprobe goes. The kernel finds functions by name, but what it does with a name that several functions share, or with an offset
 * beyond the function, depends on its release: before 6.7 it takes the first of them, and some take the offset. Neither would be told,
 * and the numbers would be those of another function. So such names and all offsets are looked up here.
 */

import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import type { Attachment } from '../plan/plan.ts';
import type { AttachError } from './attach-causes.ts';
import type { Fd, PerfEventSpec } from './bpf-api.ts';

/** A function of the kernel or a module. */
export interface KernelPlace {
  readonly address: bigint;
  /** To the next symbol; absent for the last one. */
  readonly bytes?: number;
  /** Absent for the kernel's own. */
  readonly module?: string;
}

export type Links = Result<readonly Fd<'link'>[], AttachError>;

export interface KprobeWorld {
  readonly machine: Pick<Machine, 'kernel'>;
  /** Functions of that name, of a module or `vmlinux` if one is given. None where the kernel hides addresses. Takes some 80 ms once. */
  readonly kernelFunctions: (symbol: string, module?: string) => readonly KernelPlace[];
  /** Attaches to one place. */
  readonly open: (target: Pick<PerfEventSpec, 'target' | 'targetOffset'>) => Links;
}

type Kprobe = Extract<Attachment, { kind: 'kprobe' }>;

const kernelItself = 'vmlinux';

export function attachKprobe(kprobe: Kprobe, world: KprobeWorld): Links {
  const { module, symbol, offset, address } = kprobe;
  if (address !== undefined) return world.open({ targetOffset: address });
  const refusesSharedNames = kernelFrom(world.machine, 6, 7);
  if (offset > 0 || !refusesSharedNames) {
    const places = world.kernelFunctions(symbol, module);
    if (places.length > 1) return attachShared(kprobe, places, world);
    const [only] = places;
    if (only?.bytes !== undefined && offset >= only.bytes)
      return failed({ kind: 'beyond-function', bytes: only.bytes });
  }
  const isOwn = module === undefined || module === kernelItself;
  const named = world.open({
    target: isOwn ? symbol : `${module}:${symbol}`,
    targetOffset: BigInt(offset),
  });
  if (named.ok || !isUnclear(named.error, module)) return named;
  const places = world.kernelFunctions(symbol, module);
  // There are such functions, so if they can't be attached to either, that cause is the true one.
  return places.length === 0 ? named : attachShared(kprobe, places, world);
}

/** The kernel can't tell which function is meant: several share the name, or, on some releases, it belongs to a module. */
function isUnclear(error: AttachError, module: string | undefined): boolean {
  if (error.kind !== 'sys-error') return false;
  return error.name === 'EADDRNOTAVAIL' || (error.name === 'ENOENT' && module !== undefined);
}

function attachShared({ offset, every }: Kprobe, places: readonly KernelPlace[], world: KprobeWorld): Links {
  if (places.length > 1 && !every) return failed({ kind: 'shared-name', places });
  const attached = places.map(({ address }) => world.open({ targetOffset: address + BigInt(offset) }));
  const links = attached.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const [refused] = attached.flatMap((outcome) => (outcome.ok ? [] : [outcome]));
  // Of functions that share a name some may be out of bounds for probes: a wildcard leaves those out, as it does all such functions.
  return refused && links.length === 0 ? refused : ok(links.flat());
}
