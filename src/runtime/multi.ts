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

type UprobeAttachment = Extract<Attachment, { kind: 'uprobe' }>;

/** How a program is to be loaded and attached; undefined: place by place. */
export function multiTypeOf(
  { attachments }: Pick<ProgramPlan, 'attachments'>,
  features: Pick<Features, 'presence'>,
): MultiAttachType | undefined {
  if (attachments.length < 2) return undefined;
  const isUprobe = attachments.every(({ kind }) => kind === 'uprobe');
  return isUprobe && features.presence('uprobe_multi') === 'present' ? 'uprobe-multi' : undefined;
}

/** What became of some places: one link for all of them, or why not. */
export interface MultiOutcome {
  readonly attachments: readonly Attachment[];
  readonly link: Result<Fd<'link'>, AttachError>;
}

/** Attach all places of a program. Those that can't be are left out, and the others attached all the same. */
export function attachMulti(
  bpf: Pick<BpfApi, 'linkUprobes'>,
  program: Fd<'program'>,
  attachments: readonly Attachment[],
): readonly MultiOutcome[] {
  const uprobes = attachments.filter((attachment) => attachment.kind === 'uprobe');
  return [...groupBy(uprobes, ({ path, pid, return: isReturn }) => `${path}:${pid}:${isReturn}`)].flatMap(
    (group) => inHalves(group, (part) => linkUprobes(bpf, program, part)),
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

/** The kernel takes all places or none, and doesn't say which one it refused: halving finds it. */
function inHalves(
  attachments: readonly [UprobeAttachment, ...UprobeAttachment[]],
  link: (part: readonly [UprobeAttachment, ...UprobeAttachment[]]) => MultiOutcome['link'],
): readonly MultiOutcome[] {
  const linked = link(attachments);
  if (linked.ok || attachments.length === 1 || isUnavailable(linked.error))
    return [{ attachments, link: linked }];
  const middle = attachments.length >>> 1;
  return [attachments.slice(0, middle), attachments.slice(middle)].flatMap(([first, ...rest]) =>
    first ? inHalves([first, ...rest], link) : [],
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
