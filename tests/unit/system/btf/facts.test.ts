import { expect, test } from 'vitest';
import { failed } from '../../../../src/base/result.ts';
import { btfFacts } from '../../../../src/system/btf/facts.ts';
import type { BtfSource } from '../../../../src/system/btf/read.ts';
import { fixedBtf } from '../../../../src/system/btf/read.ts';
import { bool, i32, i64 } from '../../../../src/types/type.ts';
import { builtKernel, builtModule, kernelBtf, moduleBtf } from '../../../support/kernel-types.ts';

const facts = btfFacts(fixedBtf(kernelBtf, [moduleBtf]));

test('types are found by keyword and name', () => {
  expect(facts.struct('struct', 'task_struct')).toMatchObject({ name: 'task_struct', bytes: 64 });
  expect(facts.struct('union', 'task_struct')).toBeUndefined();
  expect(facts.struct('struct', 'veth_device')).toMatchObject({
    id: `btf:veth:${builtModule.ids.get('device')}`,
  });
  expect(facts.enum('big')).toMatchObject({ bytes: 8 });
  expect(facts.typedef('pid_t')).toEqual(i32);
  expect(facts.typedef('long')).toEqual(i64);
  expect(facts.typedef('toString')).toBeUndefined();
});

test('enumerators are found by their own names', () => {
  expect(facts.enumerator('GREEN')).toMatchObject({ value: 0xffff_ffffn, type: { name: 'color' } });
  expect(facts.enumerator('BLUE')).toBeUndefined();
  expect([...facts.enumeratorNames()]).toEqual(['RED', 'GREEN', 'MINUS', 'HUGE', 'TINY']);
});

test('names of all objects are offered', () => {
  expect([...facts.typeNames('struct')]).toEqual(['task_struct', 'mm_struct', 'old', 'veth_device']);
  expect([...facts.typeNames('enum')]).toEqual(['color', 'sign', 'big', 'big_signed']);
  expect(facts.prototypeNames()).toContainEqual({ name: 'veth_open', module: 'veth' });
  expect(facts.prototypeNames()).toContainEqual({ name: 'printk' });
});

test('a function of two objects is found twice, and once where the object is named', () => {
  expect(facts.functionPrototypes('vfs_read').map(({ btfObject, module }) => [btfObject, module])).toEqual([
    ['vmlinux', undefined],
    ['veth', 'veth'],
  ]);
  expect(facts.functionPrototypes('vfs_read', 'vmlinux')).toMatchObject([
    { btfId: builtKernel.ids.get('read'), returns: i64 },
  ]);
  expect(facts.functionPrototypes('vfs_read', 'absent')).toEqual([]);
  expect(facts.functionPrototypes('absent')).toEqual([]);
});

test("a function's arguments lie eight bytes apart, behind a struct by value further", () => {
  const open = facts.functionPrototypes('veth_open')[0];
  expect(open?.args.bytes).toBe(80);
  expect(open && facts.fieldsOf(open.args)?.map(({ name, offset }) => [name, offset])).toEqual([
    ['device', 0],
    ['by', 8],
    ['flag', 72],
  ]);
});

test("a raw tracepoint's arguments have the names of its stub, or numbers", () => {
  expect(facts.rawTracepoints()).toEqual(['sched_switch', 'tick']);
  const event = facts.rawTracepoint('sched_switch');
  expect(event && facts.fieldsOf(event.args)).toMatchObject([
    { name: 'preempt', type: bool, offset: 0 },
    { name: 'prev', offset: 8 },
  ]);
  expect(facts.rawTracepoint('tick')?.parameters).toEqual([{ name: 'arg0', type: i64 }]);
  expect(facts.rawTracepoint('absent')).toBeUndefined();
});

test('fields of structs that BTF has not made are not its affair', () => {
  const foreign = { kind: 'struct', keyword: 'struct', name: 'x', bytes: 8, id: 'tracepoint:a:b' } as const;
  expect(facts.fieldsOf(foreign)).toBeUndefined();
  expect(facts.fieldsOf({ ...foreign, id: 'btf:gone:3' })).toEqual([]);
  expect(facts.fieldsOf({ ...foreign, id: 'btf:vmlinux:9999' })).toEqual([]);
});

test('without BTF nothing is found, and nothing fails', () => {
  const none: BtfSource = {
    kernel: () => failed('there is none'),
    module: () => undefined,
    moduleNames: () => [],
  };
  const empty = btfFacts(none);
  expect([
    empty.struct('struct', 'task_struct'),
    empty.enumerator('RED'),
    empty.rawTracepoint('tick'),
  ]).toEqual([undefined, undefined, undefined]);
  expect([empty.rawTracepoints(), empty.prototypeNames(), empty.functionPrototypes('vfs_read')]).toEqual([
    [],
    [],
    [],
  ]);
});
