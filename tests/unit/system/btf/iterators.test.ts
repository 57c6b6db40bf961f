/** Iterators from the types of a made-up kernel. */

import { expect, test } from 'vitest';
import { btfFacts } from '../../../../src/system/btf/facts.ts';
import { parseBtf } from '../../../../src/system/btf/parse.ts';
import { fixedBtf } from '../../../../src/system/btf/read.ts';
import type { BtfDescription } from '../../../support/btf-builder.ts';
import { buildBtf } from '../../../support/btf-builder.ts';

const context = (name: string, members: readonly (readonly [string, string, number])[]) =>
  ({
    kind: 'struct',
    name,
    bytes: 32,
    members: members.map(([member, type, at]) => ({ name: member, type, at })),
  }) as const;

const description = {
  int: { kind: 'int', name: 'int', bytes: 4, signed: true },
  task: context('task_struct', []),
  file: context('file', []),
  sequence: context('seq_file', []),
  meta: context('bpf_iter_meta', [['seq', 'toSequence', 0]]),
  toTask: { kind: 'pointer', to: 'task' },
  toFile: { kind: 'pointer', to: 'file' },
  toSequence: { kind: 'pointer', to: 'sequence' },
  toMeta: { kind: 'pointer', to: 'meta' },
  ofTasks: context('bpf_iter__task', [
    ['meta', 'toMeta', 0],
    ['task', 'toTask', 64],
  ]),
  ofFiles: context('bpf_iter__task_file', [
    ['meta', 'toMeta', 0],
    ['task', 'toTask', 64],
    ['fd', 'int', 128],
    ['file', 'toFile', 192],
  ]),
  trusted: context('bpf_iter__task__safe_trusted', []),
  odd: context('bpf_iter__odd', [['meta', 'int', 0]]),
  prototype: { kind: 'prototype', returns: 'int', parameters: [] },
  walkTasks: { kind: 'function', name: 'bpf_iter_task', to: 'prototype' },
  walkFiles: { kind: 'function', name: 'bpf_iter_task_file', to: 'prototype' },
  walkOdd: { kind: 'function', name: 'bpf_iter_odd', to: 'prototype' },
  init: { kind: 'function', name: 'bpf_iter_init', to: 'prototype' },
} as const satisfies BtfDescription;

const built = buildBtf(description);
const parsed = parseBtf(built.bytes, 'vmlinux');
if (!parsed.ok) throw new Error(parsed.error);
const facts = btfFacts(fixedBtf(parsed.value, []));

test('an iterator has a context and a function of its name', () =>
  expect(facts.iterators()).toEqual(['odd', 'task', 'task_file']));

test('it leads to its object, which is the last pointer, and to the file that takes its output', () => {
  expect(facts.iterator('task')).toMatchObject({
    btfObject: 'vmlinux',
    btfId: built.ids.get('walkTasks'),
    context: { name: 'bpf_iter__task' },
    object: { offset: 8 },
    sequence: [0, 0],
  });
  expect(facts.iterator('task_file')?.object.offset).toBe(24);
});

test('what has another form, or does not exist, is none', () =>
  expect([facts.iterator('odd'), facts.iterator('init'), facts.iterator('task__safe_trusted')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]));
