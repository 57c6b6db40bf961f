/** Calls of functions of C that is imported: arguments are checked against their signatures. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { compile } from '../../../src/compile.ts';
import { gather } from '../../../src/imports/gather.ts';
import type { ExternalFunction } from '../../../src/sema/facts.ts';
import { printTypes } from '../../../src/sema/print-types.ts';
import type { StructType, Type } from '../../../src/types/type.ts';
import { arrayOf, bool, i32, i8, none, pointerTo, u16, u64, u8 } from '../../../src/types/type.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { madeUpFiles } from '../../support/import-folder.ts';

/** As clang's BTF has it: known there, and not here. */
const structs = (name: string): StructType => ({
  kind: 'struct',
  keyword: 'struct',
  name,
  bytes: 8,
  id: 'btf:c:1',
});

const external = (name: string, returns: Type, ...types: readonly Type[]): ExternalFunction => ({
  name,
  returns,
  parameters: types.map((type, index) => ({ name: `p${index}`, type })),
  span: { file: 'lib.bpf.c', start: 0, end: 1 },
});

const functions = [
  external('total', i32, i32, i8, bool),
  external('narrow', u16, u8),
  external('nothing', none),
  external('text', i32, pointerTo(i8, 'kernel')),
  external('task', pointerTo(structs('task_struct'), 'kernel'), pointerTo(structs('task_struct'), 'kernel')),
  external('number', none, pointerTo(u64, 'kernel')),
  external('any', u64, pointerTo(none, 'kernel')),
  external('whole', i32, structs('pair')),
  external('table', i32, arrayOf(i32, 2)),
  external('six', i32, i32, i32, i32, i32, i32, i32),
  external('strlen', i32, pointerTo(i8, 'kernel')),
  external('twice', i32),
  external('twice', i32),
];

function compiled(script: string, known = functions.slice(0, -3)) {
  const files = madeUpFiles({ 'lib.bpf.c': 'int x;' });
  return compile(gather(sourceFile('test', script), { parameters: [], files }), { parameters: [] }, () => ({
    ...goldenFacts('minimal'),
    compileC: () => ({ value: { functions: known, maps: [], modules: [] }, diagnostics: [] }),
  }));
}

const typed = (expression: string, before = ''): string => {
  const { typed: tree, diagnostics } = compiled(
    `import "lib.bpf.c"; kprobe:f { ${before} print(${expression}); }`,
  );
  expect(diagnostics).toEqual([]);
  return /print\((.*)\):void/.exec(tree ? printTypes(tree) : '')?.[1] ?? '';
};

test.each([
  ['total(1, -2, true)', 'total(1:int32, -2:int8, 1:bool):int32'],
  ['narrow(255) + 1', '(convert(narrow(255:uint8):uint16):uint64 + 1:uint64):uint64'],
  ['text(comm)', 'text(comm():string[16]):int32'],
  ['text("abc")', 'text("abc":string[4]):int32'],
  ['task(curtask)->pid', 'load(task(curtask:struct task_struct *):struct task_struct * + 0):int32'],
  ['any(curtask)', 'any(curtask:struct task_struct *):uint64'],
  ['any(0)', 'any(0:int8):uint64'],
])('%s', (written, tree) => expect(typed(written)).toBe(tree));

test.each([
  ['any(&$x)', '$x = 1;', 'any((&$x):int8 *):uint64'],
  ['any(&@m)', '@m[1] = 1;', 'any((&@m):void *):uint64'],
  ['text(&$s)', '$s = "abc";', 'text((&$s):string[4] *):int32'],
])('%s: the addresses of what the script keeps, after %s', (written, before, tree) =>
  expect(typed(written, before)).toBe(tree),
);

test('what C fills need not be assigned before it is read', () =>
  expect(
    compiled('import "lib.bpf.c"; kprobe:f { let $n: uint64; number(&$n); print($n); }').diagnostics,
  ).toEqual([]));

test('mistakes', () =>
  checkDiagnostics(
    `import "lib.bpf.c";
    kprobe:f {
      print(total(1, 2));
         // ^^^^^^^^^^^ wrong-argument-count
      print(total(1, 200, true));
                  // ^^^ literal-out-of-range
      print(total("a", 2, true));
               // ^^^ type-mismatch
      print(text(5));
              // ^ wrong-argument-type
      print(task(curtask->mm));
              // ^^^^^^^^^^^ wrong-argument-type
      print(text((struct mm_struct *)arg0));
              // ^^^^^^^^^^^^^^^^^^^^^^^^ wrong-argument-type
      $n = 1; number(&$n);
                  // ^^^ wrong-argument-type
      print(whole(1));
         // ^^^^^^^^ bad-signature
      print(table(1));
         // ^^^^^^^^ bad-signature
      print(six(1, 2, 3, 4, 5, 6));
         // ^^^^^^^^^^^^^^^^^^^^^ bad-signature
      print(nothin());
         // ^^^^^^ unknown-function
    }
  `,
    (source) => compiled(source.text).diagnostics,
  ));

test('names are those of no builtin, and of one function', () =>
  expect(
    compiled('import "lib.bpf.c"; kprobe:f { nothing(); }', functions).diagnostics.map(({ code }) => code),
  ).toEqual(['reserved-name', 'declared-twice']));
