/** The text of whole modules: what surrounds the functions. */

import { expect, test } from 'vitest';
import { Bug } from '../../../../src/base/assert.ts';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';
import { i64 } from '../../../../src/codegen/llvm/ir-value.ts';
import type { MapDescription } from '../../../../src/codegen/llvm/module.ts';
import { printModule } from '../../../../src/codegen/llvm/module.ts';

const source = { name: 'script.bt', text: 'begin { "\\" }\n' };
const plainMap: MapDescription = {
  symbol: 'AT_x',
  type: 1,
  maxEntries: 16,
  keyBytes: 8,
  valueBytes: 4,
  flags: 0,
};

function program(name: string, section?: string): FunctionBuilder {
  const b = new FunctionBuilder(name, section === undefined ? {} : { section });
  b.ret(i64(0));
  return b;
}

/** The names of a map's members in its debug type, in order, with the number or type each stands for. */
function mapMembers(map: Partial<MapDescription>): readonly string[] {
  const text = printModule({ source, maps: [{ ...plainMap, ...map }], functions: [] });
  const nodes = new Map(
    [...text.matchAll(/^(!\d+) = (.*)$/gm)].map(([, name = '', body = '']) => [name, body]),
  );
  const follow = (body: string, field: string): string =>
    nodes.get(new RegExp(`${field}: (!\\d+)`).exec(body)?.[1] ?? '') ?? '';
  const describeType = (type: string): string => {
    const count = /count: (\d+)/.exec(nodes.get(/!\d+/.exec(follow(type, 'elements'))?.[0] ?? '') ?? '')?.[1];
    const name = /name: "(\w+)"/.exec(type)?.[1];
    if (count === undefined) return name ?? 'pointer';
    return `${describeType(follow(type, 'baseType'))}[${count}]`;
  };
  return [...nodes.values()]
    .filter(
      (body) => body.includes('DW_TAG_member') && follow(body, 'baseType').includes('DW_TAG_pointer_type'),
    )
    .map(
      (body) =>
        `${/name: "(\w+)"/.exec(body)?.[1]} ${describeType(follow(follow(body, 'baseType'), 'baseType'))}`,
    );
}

test('an empty module is a target and a licence', () => {
  const [head] = printModule({ source, maps: [], functions: [] }).split('\n\nattributes');
  expect(head).toBe(`; ModuleID = 'tstrace'
source_filename = "tstrace"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpf"

@LICENSE = dso_local global [4 x i8] c"GPL\\00", section "license", align 1`);
});

test('a map is described as libbpf reads it', () => {
  expect(mapMembers({})).toEqual(['type int32[1]', 'max_entries int32[16]', 'key int64', 'value int32']);
  expect(mapMembers({ flags: 1, keyBytes: 3 })).toEqual([
    'type int32[1]',
    'max_entries int32[16]',
    'map_flags int32[1]',
    'key int8[3]',
    'value int32',
  ]);
  expect(mapMembers({ type: 27, keyBytes: 0, valueBytes: 0 })).toEqual([
    'type int32[27]',
    'max_entries int32[16]',
  ]);
  expect(mapMembers({ type: 7, valueBytes: 1016, untyped: true })).toEqual([
    'type int32[7]',
    'max_entries int32[16]',
    'key_size int32[8]',
    'value_size int32[1016]',
  ]);
});

test('keys and values have the types they are given', () => {
  const byte = { kind: 'int', bytes: 1, signed: false } as const;
  expect(
    mapMembers({
      keyType: { kind: 'struct', name: 'pair', bytes: 8, fields: [{ name: 'a', type: byte, offset: 0 }] },
      valueType: { kind: 'array', of: byte, length: 4 },
    }).slice(2),
  ).toEqual(['key pair', 'value uint8[4]']);
});

test('a program has its section, a subprogram is local', () => {
  const text = printModule({
    source,
    maps: [],
    functions: [program('kprobe_f_1', 's_kprobe_f_1'), program('each')],
  });
  expect(text).toMatch(
    /^define i64 @kprobe_f_1\(ptr %ctx\) #0 section "s_kprobe_f_1" !dbg !\d+ \{\nentry:\n {2}ret i64 0, !dbg/m,
  );
  expect(text).toMatch(/^define internal i64 @each\(ptr %ctx\) #0 !dbg !\d+ \{/m);
  expect(text).toMatch(/retainedNodes: !\d+/);
  expect(text).toMatch(/!DILocalVariable\(name: "ctx", arg: 1/);
});

/** So many instructions, with a branch to a cold block before and behind them. */
function branching(instructions: number): string {
  const b = new FunctionBuilder('f');
  const failures = ['first', 'second'].map((role) => {
    const [cold, next] = [b.coldBlock(role), b.block('next')];
    b.condBr(b.icmp('eq', b.opaque(i64(1), 'one'), i64(0), 'failed'), cold, next);
    b.enter(next);
    for (let index = 0; index < instructions; index++) b.barrier();
    return { cold, next };
  });
  b.ret(i64(0));
  for (const { cold, next } of failures) {
    b.enter(cold);
    b.br(next);
  }
  return printModule({ source, maps: [], functions: [b] });
}

const labels = (text: string): readonly string[] =>
  [...text.matchAll(/^([\w.]+):$/gm)].map(([, label = '']) => label);

test('what fails stands behind all else, but beside its branch in a long function, so that the branch reaches it', () => {
  const [short, long] = [branching(10), branching(2000)];
  expect(labels(short)).toEqual(['entry', 'next', 'next.1', 'first', 'second']);
  expect(short).not.toContain('!prof');
  expect(labels(long)).toEqual(['entry', 'first', 'next', 'second', 'next.1']);
  // LLVM would lay it out behind all else again, unless it is likely.
  const likely = /br i1 %failed, label %first, label %next, !dbg !\d+, !prof (!\d+)/.exec(long)?.[1];
  expect(long).toContain(`${likely} = !{!"branch_weights", i32 1000, i32 1}`);
});

test('the script goes along, each byte that is not plain escaped', () => {
  expect(printModule({ source, maps: [], functions: [] })).toContain('source: "begin { \\22\\5c\\22 }\\0a"');
});

test('two symbols of one name are a fault of ours', () => {
  expect(() => printModule({ source, maps: [plainMap, plainMap], functions: [] })).toThrow(Bug);
  expect(() => printModule({ source, maps: [plainMap], functions: [program('AT_x')] })).toThrow(Bug);
});
