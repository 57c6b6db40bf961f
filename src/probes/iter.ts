/** iter: walks the kernel's objects of one kind, once: tasks, open files, mappings, BPF maps and programs, sockets. */

import type { Report } from '../base/diagnostic.ts';
import type { Attachment } from '../plan/plan.ts';
import type { IteratorPrototype, ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { matcher } from '../base/wildcard.ts';

const forms = ['iter:OBJECTS', 'iter:OBJECTS:PIN'];

/** Where the BPF file system is mounted: pins without a slash in front lie there. */
const pinFolder = '/sys/fs/bpf';

type IterAttachment = Extract<Attachment, { kind: 'iter' }>;

/** The release that brought each, for kernels that lack it (kernel/bpf, net, mm: bpf_iter_reg_target). */
const since: Readonly<Record<string, string>> = {
  bpf_link: '5.19',
  bpf_map: '5.8',
  bpf_map_elem: '5.9',
  bpf_prog: '5.9',
  bpf_sk_storage_map: '5.9',
  cgroup: '6.1',
  dmabuf: '6.16',
  ipv6_route: '5.8',
  kmem_cache: '6.13',
  ksym: '6.0',
  netlink: '5.8',
  sockmap: '5.10',
  task: '5.8',
  task_file: '5.8',
  task_vma: '5.12',
  tcp: '5.9',
  udp: '5.9',
  unix: '5.15',
};

/** These walk the elements of one map, and no script can name a map that isn't its own. */
const ofOneMap: ReadonlySet<string> = new Set(['bpf_map_elem', 'bpf_sk_storage_map', 'sockmap']);
/** These can be told to stay with one process; since 6.1. */
const ofOneProcess: ReadonlySet<string> = new Set(['task', 'task_file', 'task_vma']);
/** Where the kernel pauses to have its output read, these forget the rest of the bucket that they are in (net/unix/af_unix.c, bpf_iter_unix_seq_stop). */
const losingInPieces: ReadonlySet<string> = new Set(['unix']);
/** The cgroup iterator wants to be told in which order: from the root down (BPF_CGROUP_ITER_DESCENDANTS_PRE). */
const orders: Readonly<Record<string, number>> = { cgroup: 2 };

export const iter = defineProbe({
  name: 'iter',
  aliases: ['it'],
  doc: "Runs once for each of the kernel's objects of a kind (tasks, files, maps …), which ctx leads to; then the script ends. It is the only probe of its script. With a path it is left in the BPF file system, and runs whenever that file is read: printf is all that it has then.",
  example: 'iter:task { printf("%d %s\\n", ctx.task->pid, ctx.task->comm); }',
  forms,
  programType: 'tracing',
  sole: true,
  resolve: (target, source, report) => {
    const [name, ...pinParts] = target.parts;
    const pin = pinOf(pinParts.map(({ text }) => text).join(':'));
    if (!name?.text || (pinParts.length > 0 && pin === undefined)) {
      reportForm({ name: 'iter', forms }, target, report);
      return [];
    }
    if (!source.hasBtf) {
      report.error(
        'btf-missing',
        'Iterators need type information of the kernel (BTF), which this kernel lacks',
        target.span,
        {
          hints: ['Use a kernel built with CONFIG_DEBUG_INFO_BTF.'],
        },
      );
      return [];
    }
    if (ofOneMap.has(name.text)) {
      report.error(
        'probe-not-supported',
        `iter:${name.text} walks one map, and there is no way to say which`,
        name.span,
      );
      return [];
    }
    const found = source.iterator(name.text);
    if (!found) reportNone(name, source, report);
    return found ? [place(name.text, found, source, pin)] : [];
  },
  *list(target, source) {
    const isName = matcher(target.parts[0]?.text ?? '*');
    for (const name of source.iterators())
      if (isName(name) && !ofOneMap.has(name))
        yield {
          name: `iter:${name}`,
          context: () => {
            const found = source.iterator(name);
            return found && { args: found.context, arguments: [] };
          },
        };
  },
});

/** The whole path; undefined if there is none. */
const pinOf = (text: string): string | undefined =>
  text === '' ? undefined : text.startsWith('/') ? text : `${pinFolder}/${text}`;

function place(
  name: string,
  found: IteratorPrototype,
  { machine }: TargetSource,
  pin: string | undefined,
): ResolvedProbe {
  const label = `iter:${name}`;
  const { btfObject, btfId, context, object, sequence } = found;
  const order = orders[name];
  const attachment: IterAttachment = {
    kind: 'iter',
    name,
    ...(ofOneProcess.has(name) && machine.targetPid !== undefined && { process: machine.targetPid }),
    ...(order !== undefined && { order }),
    ...(losingInPieces.has(name) && { losesInPieces: true as const }),
    ...(pin !== undefined && { pin }),
  };
  return {
    name: label,
    attachment,
    tracing: { attachType: 'iter', btfObject, btfId },
    context: {
      space: 'kernel',
      arguments: [],
      struct: context.name,
      typedPointers: 'maybe-null',
      walk: { object, sequence, ...(pin !== undefined && { isPinned: true }) },
    },
    contextKey: label,
  };
}

function reportNone({ text, span }: TargetText['parts'][number], source: TargetSource, report: Report): void {
  const release = since[text];
  const hints =
    release === undefined
      ? [
          `There are ${source
            .iterators()
            .filter((name) => !ofOneMap.has(name))
            .join(', ')}.`,
        ]
      : [`It exists since Linux ${release}, where the kernel is built with what it walks.`];
  const near = { word: text, names: source.iterators() };
  reportMissing(`This kernel has no iterator '${text}'`, span, source.settings, report, near, hints);
}
