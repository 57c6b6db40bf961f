/**
 * Programs with many places: one link attaches them all, in a fraction of the time that a perf event for each takes, where the kernel
 * can. A program must be loaded for it, so this is decided before.
 */

import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Attachment, ProgramPlan } from '../plan/plan.ts';
import type { AttachError } from './attach-causes.ts';
import { isUnavailable } from './attach-causes.ts';
import type { BpfApi, Fd, MultiAttachType } from './bpf-api.ts';
import type { Features } from './features.ts';

export type KprobeAttachment = Extract<Attachment, { kind: 'kprobe' }>;
type UprobeAttachment = Extract<Attachment, { kind: 'uprobe' }>;

/** How a program is to be loaded and attached; undefined: place by place. */
export function multiTypeOf(
  program: Pick<ProgramPlan, 'attachments' | 'wholeContext'>,
  features: Pick<Features, 'presence'>,
): MultiAttachType | undefined {
  const { attachments } = program;
  if (attachments.length < 2) return undefined;
  const isUprobe = attachments.every(({ kind }) => kind === 'uprobe');
  if (isUprobe) return features.presence('uprobe_multi') === 'present' ? 'uprobe-multi' : undefined;
  return kprobesOf(program) && features.presence('kprobe_multi') === 'present' ? 'kprobe-multi' : undefined;
}

/** A program's places, if they are all functions of the kernel that a link to many can take, and the program makes do with what it gives. */
export function kprobesOf({
  attachments,
  wholeContext,
}: Pick<ProgramPlan, 'attachments' | 'wholeContext'>): readonly KprobeAttachment[] | undefined {
  const kprobes = attachments.filter((attachment) => attachment.kind === 'kprobe');
  const areFunctions = kprobes.every(({ offset, address }) => offset === 0 && address === undefined);
  const areAll = kprobes.length === attachments.length;
  return areAll && areFunctions && wholeContext !== true ? kprobes : undefined;
}

/** What became of some places: one link for all of them, or why not. */
export interface MultiOutcome<A extends Attachment = Attachment> {
  readonly attachments: readonly A[];
  readonly link: Result<Fd<'link'>, AttachError>;
}

/** Attach all uprobes of a program. Those that can't be are left out, and the others attached all the same. */
export function attachUprobes(
  bpf: Pick<BpfApi, 'linkUprobes'>,
  program: Fd<'program'>,
  attachments: readonly Attachment[],
): readonly MultiOutcome[] {
  const uprobes = attachments.filter((attachment) => attachment.kind === 'uprobe');
  return [...groupBy(uprobes, ({ path, pid, return: isReturn }) => `${path}:${pid}:${isReturn}`)].flatMap(
    (group) =>
      inHalves(group, (part) => linkUprobes(bpf, program, part)).map(({ items, link }) => ({
        attachments: items,
        link,
      })),
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Iterable<readonly [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups.values();
}

export interface Linked<T> {
  readonly items: readonly T[];
  readonly link: Result<Fd<'link'>, AttachError>;
}

/** The kernel takes all places or none, and doesn't say which one it refused: halving finds it. */
export function inHalves<T>(
  items: readonly [T, ...T[]],
  link: (part: readonly [T, ...T[]]) => Linked<T>['link'],
): readonly Linked<T>[] {
  const linked = link(items);
  if (linked.ok || items.length === 1 || isUnavailable(linked.error)) return [{ items, link: linked }];
  const middle = items.length >>> 1;
  return [items.slice(0, middle), items.slice(middle)].flatMap(([first, ...rest]) =>
    first === undefined ? [] : inHalves([first, ...rest], link),
  );
}

function linkUprobes(
  bpf: Pick<BpfApi, 'linkUprobes'>,
  program: Fd<'program'>,
  attachments: readonly [UprobeAttachment, ...UprobeAttachment[]],
): MultiOutcome['link'] {
  const [{ path, pid, return: isReturn }] = attachments;
  const places = attachments.map(({ offset, usdt }) => ({
    offset,
    ...(usdt?.semaphore !== undefined && { semaphore: usdt.semaphore }),
  }));
  const linked = bpf.linkUprobes(program, {
    path,
    places,
    return: isReturn,
    ...(pid !== undefined && { pid }),
  });
  return linked.ok ? ok(linked.value) : failed(linked.error);
}
