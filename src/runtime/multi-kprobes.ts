/**
 * Many functions of the kernel by one link. By name where that is clear, since then the kernel's symbols need not be read here; by address
 * where several functions share a name, or it is a module's: of those the kernel would take the first without a word.
 */

import { failed, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { AttachError } from './attach-causes.ts';
import { isUnavailable } from './attach-causes.ts';
import type { KprobeWorld, Links } from './attach-kprobe.ts';
import type { BpfApi, Fd, KprobeLinkSpec } from './bpf-api.ts';
import type { KprobeAttachment } from './multi.ts';
import { inHalves } from './multi.ts';

export interface KprobesWorld {
  /** Functions of that name, of a module or `vmlinux` if one is given. */
  readonly placesOf: KprobeWorld['kernelFunctions'];
  readonly bpf: Pick<BpfApi, 'linkKprobes'>;
  readonly at: KprobeLinkSpec['at'];
}

export interface KprobeOutcome {
  readonly attachment: KprobeAttachment;
  readonly links: Links;
}

interface Place {
  readonly attachment: KprobeAttachment;
  readonly address: bigint;
}

/** Attach all of a program's functions. Those that can't be are left out, and the others attached all the same. */
export function attachKprobes(
  program: Fd<'program'>,
  kprobes: readonly KprobeAttachment[],
  world: KprobesWorld,
): readonly KprobeOutcome[] {
  const isClear = ({ every, isShared, module }: KprobeAttachment): boolean =>
    every === true && isShared !== true && module === undefined;
  const named = kprobes.filter(isClear);
  if (named.length === 0) return byAddress(program, kprobes, world);
  const link = linkNames(program, named, world);
  if (!link.ok) return isUnavailable(link.error) ? all(kprobes, link) : byAddress(program, kprobes, world);
  const others = kprobes.filter((kprobe) => !isClear(kprobe));
  return [...all(named, ok([link.value])), ...byAddress(program, others, world)];
}

const all = (kprobes: readonly KprobeAttachment[], links: Links): readonly KprobeOutcome[] =>
  kprobes.map((attachment) => ({ attachment, links }));

function linkNames(
  program: Fd<'program'>,
  kprobes: readonly KprobeAttachment[],
  { bpf, at }: KprobesWorld,
): Result<Fd<'link'>, AttachError> {
  return bpf.linkKprobes(program, { functions: { names: kprobes.map(({ symbol }) => symbol) }, at });
}

function byAddress(
  program: Fd<'program'>,
  kprobes: readonly KprobeAttachment[],
  world: KprobesWorld,
): readonly KprobeOutcome[] {
  const found = kprobes.map((attachment) => ({
    attachment,
    places: world.placesOf(attachment.symbol, attachment.module),
  }));
  const [first, ...rest] = found.flatMap(({ attachment, places }) =>
    isRefused(attachment, places) ? [] : places.map(({ address }) => ({ attachment, address })),
  );
  const linked = first ? linkPlaces(program, [first, ...rest], world) : new Map<KprobeAttachment, Links>();
  return found.map(({ attachment, places }) => ({
    attachment,
    links: isRefused(attachment, places)
      ? failed({ kind: 'shared-name', places })
      : (linked.get(attachment) ?? byName(program, attachment, world)),
  }));
}

const isRefused = ({ every }: KprobeAttachment, places: readonly unknown[]): boolean =>
  places.length > 1 && every !== true;

/** Of functions that share a name some may be out of bounds for probes: one that can be attached to is enough. */
function linkPlaces(
  program: Fd<'program'>,
  places: readonly [Place, ...Place[]],
  { bpf, at }: KprobesWorld,
): ReadonlyMap<KprobeAttachment, Links> {
  const linked = new Map<KprobeAttachment, Links>();
  const link = (part: readonly Place[]) =>
    bpf.linkKprobes(program, { functions: { addresses: part.map(({ address }) => address) }, at });
  for (const { items, link: outcome } of inHalves(places, link)) {
    for (const { attachment } of items) {
      const before = linked.get(attachment);
      if (!outcome.ok) linked.set(attachment, before ?? outcome);
      else linked.set(attachment, ok([...new Set([...(before?.ok ? before.value : []), outcome.value])]));
    }
  }
  return linked;
}

/** The kernel hides addresses, or has no such function: then it says so itself. */
function byName(program: Fd<'program'>, attachment: KprobeAttachment, world: KprobesWorld): Links {
  const link = linkNames(program, [attachment], world);
  return link.ok ? ok([link.value]) : link;
}
