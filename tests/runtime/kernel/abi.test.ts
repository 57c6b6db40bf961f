/** Our records of the kernel's structs, compared with what the running kernel says of itself. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { mapTypes, programTypes } from '../../../src/plan/plan.ts';
import * as abi from '../../../src/runtime/kernel/abi.ts';
import type { Btf } from '../../../src/system/btf/parse.ts';
import { btfKind, idsNamed, kindOf, membersOf, parseBtf, variantsOf } from '../../../src/system/btf/parse.ts';
import type { Layout } from '../../../src/types/layout.ts';

const parsed = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'), 'vmlinux');
if (!parsed.ok) throw new Error(parsed.error);
const btf: Btf = parsed.value;

/** Every member by name, those of anonymous and of named inner structs included, with all offsets in bytes that a name has. */
function offsetsIn(
  id: number,
  start = 0,
  found = new Map<string, Set<number>>(),
): ReadonlyMap<string, ReadonlySet<number>> {
  for (const member of membersOf(btf, id)) {
    const offset = start + member.bitOffset / 8;
    found.set(member.name, (found.get(member.name) ?? new Set()).add(offset));
    const inner = kindOf(btf, member.type);
    if (inner === btfKind.struct || inner === btfKind.union) offsetsIn(member.type, offset, found);
  }
  return found;
}

function structOf(name: string, kind: 'struct' | 'union'): number {
  return present(idsNamed(btf, name, btfKind[kind])[0], name);
}

/** Ours that have another name there, or none since they are padding or hold bits. */
const otherNames: Readonly<Record<string, string>> = {
  bits: '',
  padding: '',
  before: '',
  perf_type: '',
  multi_flags: 'flags',
};

test.each<readonly [string, 'struct' | 'union', Layout]>([
  ['bpf_attr', 'union', abi.mapCreateAttr],
  ['bpf_attr', 'union', abi.mapElementAttr],
  ['bpf_attr', 'union', abi.mapBatchAttr],
  ['bpf_attr', 'union', abi.programLoadAttr],
  ['bpf_attr', 'union', abi.btfLoadAttr],
  ['bpf_attr', 'union', abi.linkCreateAttr],
  ['bpf_attr', 'union', abi.uprobeMultiAttr],
  ['bpf_attr', 'union', abi.kprobeMultiAttr],
  ['bpf_attr', 'union', abi.iteratorLinkAttr],
  ['bpf_attr', 'union', abi.iteratorCreateAttr],
  ['bpf_iter_link_info', 'union', abi.taskWalkInfo],
  ['bpf_iter_link_info', 'union', abi.cgroupWalkInfo],
  ['bpf_attr', 'union', abi.rawTracepointAttr],
  ['bpf_attr', 'union', abi.testRunAttr],
  ['bpf_attr', 'union', abi.idAttr],
  ['bpf_attr', 'union', abi.infoAttr],
  ['bpf_prog_info', 'struct', abi.programInfo],
  ['bpf_map_info', 'struct', abi.mapInfo],
  ['bpf_btf_info', 'struct', abi.btfInfo],
  ['bpf_link_info', 'struct', abi.kprobeLinkInfo],
  ['bpf_link_info', 'struct', abi.kprobeMultiLinkInfo],
  ['perf_event_attr', 'struct', abi.perfEventAttr],
  ['perf_event_mmap_page', 'struct', abi.perfControlPage],
  ['perf_event_header', 'struct', abi.perfRecordHeader],
])('%s (%s) has our fields where we have them', (name, kind, layout) => {
  const theirs = offsetsIn(structOf(name, kind));
  const differing = layout.slots.filter(({ name: field, offset }) => {
    const wanted = otherNames[field] ?? field;
    return wanted !== '' && !theirs.get(wanted)?.has(offset);
  });
  expect(
    differing.map(
      ({ name: field, offset }) => `${field} at ${offset}, not ${[...(theirs.get(field) ?? [])].join('/')}`,
    ),
  ).toEqual([]);
});

/** hash → BPF_MAP_TYPE_HASH, percpu-hash → BPF_MAP_TYPE_PERCPU_HASH. */
const underKernelNames = (prefix: string, numbers: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [
      prefix + name.toUpperCase().replaceAll('-', '_'),
      number,
    ]),
  );
const mapNumbers = underKernelNames('BPF_MAP_TYPE_', mapTypes);
const programNumbers = underKernelNames('BPF_PROG_TYPE_', programTypes);

/** Bits of perf_event_attr, from its bitfields. */
test.each([
  ['disabled', abi.perfBits.disabled],
  ['inherit', abi.perfBits.inherit],
  ['freq', abi.perfBits.freq],
  ['inherit_thread', abi.perfBits.inheritThread],
])('the bit %s of perf_event_attr is where we have it', (name, bit) => {
  const members = membersOf(btf, structOf('perf_event_attr', 'struct'));
  const member = present(
    members.find((candidate) => candidate.name === name),
    name,
  );
  const bits = present(
    abi.perfEventAttr.slots.find((slot) => slot.name === 'bits'),
    'bits',
  );
  expect(member.bits).toBe(1);
  expect(1n << BigInt(member.bitOffset - 8 * bits.offset)).toBe(bit);
});

test.each<readonly [string, Readonly<Record<string, number>>]>([
  ['bpf_cmd', abi.bpfCommands],
  ['bpf_map_type', mapNumbers],
  ['bpf_prog_type', programNumbers],
  [
    'bpf_attach_type',
    {
      BPF_TRACE_FENTRY: abi.attachTypes.fentry,
      BPF_TRACE_FEXIT: abi.attachTypes.fexit,
      BPF_PERF_EVENT: abi.attachTypes.perfEvent,
      BPF_TRACE_ITER: abi.attachTypes.iter,
      BPF_TRACE_KPROBE_MULTI: abi.attachTypes['kprobe-multi'],
      BPF_TRACE_UPROBE_MULTI: abi.attachTypes['uprobe-multi'],
      BPF_TRACE_KPROBE_SESSION: abi.attachTypes['kprobe-session'],
    },
  ],
  [
    'bpf_link_type',
    {
      BPF_LINK_TYPE_PERF_EVENT: abi.linkTypes.perfEvent,
      BPF_LINK_TYPE_KPROBE_MULTI: abi.linkTypes.kprobeMulti,
    },
  ],
  [
    'bpf_perf_event_type',
    {
      BPF_PERF_EVENT_KPROBE: abi.perfLinkTypes.kprobe,
      BPF_PERF_EVENT_KRETPROBE: abi.perfLinkTypes.kretprobe,
    },
  ],
])('the numbers of %s are those of the kernel', (name, ours) => {
  const id = present(idsNamed(btf, name, btfKind.enum)[0], name);
  const theirs = new Map(variantsOf(btf, id).map((variant) => [variant.name, Number(variant.value)]));
  expect(Object.keys(ours).map((key) => [key, theirs.get(key)])).toEqual(Object.entries(ours));
});
