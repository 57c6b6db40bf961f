/** Probes: attach points, predicates, and blocks in braces and in angle brackets. */

import { expect, test } from 'vitest';
import type { AttachPoint, Probe } from '../../../src/parser/ast.ts';
import { blockText, exprText, parsed } from '../../support/ast-text.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';

function pointText({ provider, parts }: AttachPoint): string {
  return [provider, ...parts].map(({ text }) => text).join('|');
}

function probeText(probe: Probe): string {
  const predicate = probe.predicate ? ` /${exprText(probe.predicate)}/` : '';
  return `${probe.attachPoints.map(pointText).join(' ')}${predicate} ${blockText(probe.body)}`;
}

function probesText(script: string, parameters: readonly string[] = []): string {
  return parsed(script, parameters).probes.map(probeText).join(' ');
}

const scripts: readonly (readonly [script: string, tree: string])[] = [
  ['', ''],
  ['#!/usr/bin/env tstrace\nbegin {}', 'begin {}'],
  ['#! tstrace', ''],
  ['// nothing', ''],
  ['/* nothing */', ''],
  ['\ufeffbegin {}', 'begin {}'],
  ['begin{}', 'begin {}'],
  ['BEGIN { } END { }', 'BEGIN {} END {}'],
  ['begin{}end{}', 'begin {} end {}'],
  ['begin//c\n{}', 'begin {}'],
  ['begin /*c*/ {}', 'begin {}'],
  // Attach points
  ['kprobe:vfs_read {}', 'kprobe|vfs_read {}'],
  ['k:a,k:b {}', 'k|a k|b {}'],
  ['k:a, k:b, {}', 'k|a k|b {}'],
  ['k:a,\n// c\nk:b\n{}', 'k|a k|b {}'],
  ['kprobe:vfs_*+4 {}', 'kprobe|vfs_*+4 {}'],
  ['kprobe:0xffffffff81000000 {}', 'kprobe|0xffffffff81000000 {}'],
  ['tracepoint:sched:sched_* {}', 'tracepoint|sched|sched_* {}'],
  ['interval:s:1 {}', 'interval|s|1 {}'],
  ['interval:100ms {}', 'interval|100ms {}'],
  ['software:faults: {}', 'software|faults| {}'],
  ['uprobe:/bin/bash:readline {}', 'uprobe|/bin/bash|readline {}'],
  ['uprobe:/lib//*/libc.so:f {}', 'uprobe|/lib//*/libc.so|f {}'],
  ['uprobe:"/a b/c:d,{}":f {}', 'uprobe|/a b/c:d,{}|f {}'],
  ['uprobe:/x:cpp:"ns::f<int>(char)" {}', 'uprobe|/x|cpp|ns::f<int>(char) {}'],
  [String.raw`uprobe:"a\"b\\":f {}`, String.raw`uprobe|a"b\|f {}`],
  ['uprobe:/x.apk!/lib.so:f@plt {}', 'uprobe|/x.apk!/lib.so|f@plt {}'],
  ['kprobe:f$isra.0 {}', 'kprobe|f$isra.0 {}'],
  // Predicates
  ['begin /pid/ {}', 'begin /pid/ {}'],
  ['begin/pid/{}', 'begin /pid/ {}'],
  ['begin / pid / 2 == 3 / {}', 'begin /(== (/ pid 2) 3)/ {}'],
  ['begin /pid/2==3/{}', 'begin /(== (/ pid 2) 3)/ {}'],
  ['begin /a/b/c/ // c\n /* d */ {}', 'begin /(/ (/ a b) c)/ {}'],
  ['begin / a < 3 / {}', 'begin /(< a 3)/ {}'],
  ['k:f, k:g /"a/b" == "{"/ {}', 'k|f k|g /(== "a/b" "{")/ {}'],
  ['begin / @x[1, (2,)] ?: 3 / {}', 'begin /(? @x[1, (tuple 2)] 3)/ {}'],
  ['begin / f({ 1 }) / {}', 'begin /(call f {=> 1})/ {}'],
  [
    'begin / if f(a)[1] { 1 } else if (b) { 2 } else { 3 } / { c }',
    'begin /(if (index (call f a) 1) {=> 1} (if b {=> 2} {=> 3}))/ {c}',
  ],
  [
    'begin / if (if a { b } else { c }) { 1 } else { 2 } / < @x = 1; >',
    'begin /(if (if a {=> b} {=> c}) {=> 1} {=> 2})/ {(= @x 1)}',
  ],
  ['begin { @x = 4 / 2; } end /1/ {}', 'begin {(= @x (/ 4 2))} end /1/ {}'],
];

test.each(scripts)('%s', (script, tree) => {
  expect(probesText(script)).toBe(tree);
});

const angles: readonly (readonly [script: string, tree: string])[] = [
  ['kprobe:f < @x = 1 << 10; >', 'kprobe|f {(= @x (<< 1 10))}'],
  ['kprobe:f<@x=1<<10;>', 'kprobe|f {(= @x (<< 1 10))}'],
  ['begin <>', 'begin {}'],
  ['begin < >', 'begin {}'],
  ['begin < ; >', 'begin {}'],
  ['begin < // c >\n >', 'begin {}'],
  ['begin < @a = 1; /* > */ > end {}', 'begin {(= @a 1)} end {}'],
  ['begin < @a = 1; >end < @b = 2; >', 'begin {(= @a 1)} end {(= @b 2)}'],
  ['begin < @a = b > c; >', 'begin {(= @a (> b c))}'],
  ['begin < @a = b >> c; >', 'begin {(= @a (>> b c))}'],
  ['begin < @a >>= b; @a <<= c; >', 'begin {(>>= @a b) (<<= @a c)}'],
  ['begin < @a = b >= c < d <= e; >', 'begin {(= @a (<= (< (>= b c) d) e))}'],
  ['begin < if (@a > 3) { @b = 1; } >', 'begin {(if (> @a 3) {(= @b 1)})}'],
  [
    'begin < if (@a > 3) { @b = 1 } else { @c = 2 > 1 } @d = 1; >',
    'begin {(if (> @a 3) {(= @b 1)} {(= @c (> 2 1))}) (= @d 1)}',
  ],
  ['begin < { @a = 1 > 2 } >', 'begin {{(= @a (> 1 2))}}'],
  ['begin < unroll (2) { @a++ } >', 'begin {(unroll 2 {(_++ @a)})}'],
  ['begin /1 < 2/ < @a = 1; >', 'begin /(< 1 2)/ {(= @a 1)}'],
  ['begin /1 > 2/ < @a = 1; >', 'begin /(> 1 2)/ {(= @a 1)}'],
  ['begin < @a = "; >"; >', 'begin {(= @a "; >")}'],
  [
    'begin < $p = (struct s *)a; $q = $p->f->g > 1; return; >',
    'begin {(= $p (cast struct s * a)) (= $q (> (.g (.f $p)) 1)) (return)}',
  ],
  ['begin < for ($i : 0..3) { break; } >', 'begin {(for $i (.. 0 3) {(break)})}'],
  ['begin < for $kv : @x { continue } @y = 1; >', 'begin {(for $kv @x {(continue)}) (= @y 1)}'],
  ['begin < while (@x > 1) { @x-- } >', 'begin {(while (> @x 1) {(_-- @x)})}'],
  ['begin < import "a"; return @x > 1; >', 'begin {(import "a") (return (> @x 1))}'],
  ['begin < let $x: uint8 = (a=1 > 2); >', 'begin {(let $x :uint8 (record a=(> 1 2)))}'],
  ['begin < @x = { 1 > 2 } > 3; >', 'begin {(= @x (> {=> (> 1 2)} 3))}'],
  ['begin < f({ 1 } > 2, { 3 }); >', 'begin {(call f (> {=> 1} 2) {=> 3})}'],
  ['begin < @x = if (a > b) { 1 } else { 2 }; >', 'begin {(= @x (if (> a b) {=> 1} {=> 2}))}'],
  ['begin < @x = (if a { 1 } else { 2 }) > 3; >', 'begin {(= @x (> (if a {=> 1} {=> 2}) 3))}'],
  ['begin < if a { 1 } else { 2 } > end { }', 'begin {(if a {1} {2})} end {}'],
  ['k:f, k:g <printf("x");>', 'k|f k|g {(call printf "x")}'],
];

test.each(angles)('angle brackets: %s', (script, tree) => {
  expect(probesText(script)).toBe(tree);
});

test('a quotation mark in an attach point needs its partner', () =>
  checkDiagnostics(`
kprobe:"f { @ = 1; }
//     ^ unterminated-string
kprobe:g"h { @ = 1; }
//      ^ unterminated-string
kprobe:"i" { @ = 1; }`));

test('a parameter stands for its text in an attach point, colons included, but not within quotes', () => {
  expect(probesText('kprobe:$1 {}', ['vfs_read'])).toBe('kprobe|vfs_read {}');
  expect(probesText('kprobe:vfs_$1_x {}', ['read'])).toBe('kprobe|vfs_read_x {}');
  expect(probesText('$1:f,$2 {}', ['kprobe', 'uprobe:/a:g'])).toBe('kprobe|f uprobe|/a|g {}');
  expect(probesText('uprobe:"/a$1":f {}', ['x'])).toBe('uprobe|/a$1|f {}');
});

test('a parameter that is missing counts as empty, with a warning', () => {
  checkDiagnostics(`
    kprobe:f$1 { }
    //      ^^ unknown-parameter
  `);
});

test('a probe may have a name of its own', () => {
  const text = 'reads=kprobe:vfs_read, kprobe:f=g {}';
  const points = parsed(text).probes[0]?.attachPoints ?? [];
  expect(points.map(({ label }) => label?.text)).toEqual(['reads', undefined]);
  expect(points.map(pointText)).toEqual(['kprobe|vfs_read', 'kprobe|f=g']);
  const [{ label, provider, span } = {}] = points;
  expect([label, provider, { span }].map((part) => text.slice(part?.span?.start, part?.span?.end))).toEqual([
    'reads',
    'kprobe',
    'reads=kprobe:vfs_read',
  ]);
});

test('the parts of an attach point know their places', () => {
  const text = 'uprobe:"/a b":f+$1 {}';
  const [point] = parsed(text, ['12'])?.probes[0]?.attachPoints ?? [];
  const places = [point?.provider, ...(point?.parts ?? []), point].map((part) =>
    text.slice(part?.span.start, part?.span.end),
  );
  expect(places).toEqual(['uprobe', '"/a b"', 'f+$1', 'uprobe:"/a b":f+$1']);
});

test('a probe reaches from its first attach point to the end of its block', () => {
  const text = '  kprobe:f /1/ { @a } // c';
  const { span } = parsed(text).probes[0] ?? {};
  expect(text.slice(span?.start, span?.end)).toBe('kprobe:f /1/ { @a }');
});
