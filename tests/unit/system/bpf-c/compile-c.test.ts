/** C for BPF, compiled by this machine's clang: what its functions are, and what is refused. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Diagnostic } from '../../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../../src/base/source-file.ts';
import type { CompileCOptions } from '../../../../src/system/bpf-c/compile-c.ts';
import { compilerOfC } from '../../../../src/system/bpf-c/compile-c.ts';
import { typeName } from '../../../../src/types/type-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-bpf-c-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'own.h'), 'typedef unsigned int own;\n');
writeFileSync(join(folder, 'broken.h'), '\ninr x;\n');

const span = { file: 'main.bt', start: 7, end: 20 };

function compiled(texts: Readonly<Record<string, string>>, options: Partial<CompileCOptions> = {}) {
  const sources = Object.entries(texts).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return { file: sourceFile(path, text), span };
  });
  const compile = compilerOfC({
    folders: [],
    arch: process.arch,
    cpu: 'v3',
    versionMax: () => undefined,
    ...options,
  });
  return compile(sources);
}

const alone = (text: string) => compiled({ 'a.bpf.c': text });

/** The code, and the text at the place. */
function told(text: string): readonly (readonly [code: string, place: string])[] {
  const place = ({ span: at }: Diagnostic): string =>
    at === undefined || at.file === span.file ? 'import' : text.slice(at.start, at.end);
  return alone(text).diagnostics.map((diagnostic) => [diagnostic.code, place(diagnostic)]);
}

test('functions have the signatures that they are written with; static ones are not offered', () => {
  const { value, diagnostics } = alone(`
    struct pair { int a, b; };
    enum color { RED };
    typedef unsigned char u8;
    static int own(int x) { return x; }
    long sum(int a, short b, u8 c, _Bool d, enum color e) { return own(a) + b + c + d + e; }
    void nothing(void) {}
    struct pair *same(struct pair *pair, const char *text, void *any) { return pair; }
    int whole(struct pair pair) { return pair.a; }`);
  expect(diagnostics).toEqual([]);
  expect(value.modules).toHaveLength(1);
  const signatures = value.functions.map(
    ({ name, parameters, returns }) =>
      `${typeName(returns)} ${name}(${parameters.map((each) => `${each.name}: ${typeName(each.type)}`).join(', ')})`,
  );
  expect(signatures.sort()).toEqual([
    'int32 whole(pair: struct pair)',
    'int64 sum(a: int32, b: int16, c: uint8, d: bool, e: enum color)',
    'struct pair * same(pair: struct pair *, text: int8 *, any: void *)',
    'void nothing()',
  ]);
});

test('headers beside the file, and those of -I', () => {
  expect(alone('#include "own.h"\nown f(void) { return 1; }').diagnostics).toEqual([]);
  expect(alone('#include <own.h>\nown f(void) { return 1; }').diagnostics).toMatchObject([
    { code: 'bad-c-definition' },
  ]);
  const { diagnostics } = compiled(
    { 'a.bpf.c': '#include <own.h>\nown f(void) { return 1; }' },
    { folders: [folder] },
  );
  expect(diagnostics).toEqual([]);
});

test('mistakes are told at their places; those of headers at the import', () => {
  expect(told('int f(void) { /* größer */ return x; }\nint g(void) { return y; }')).toEqual([
    ['bad-c-definition', 'x'],
    ['bad-c-definition', 'y'],
  ]);
  expect(told('#include "broken.h"\nint f(void) { return 1; }')).toEqual([['bad-c-definition', 'import']]);
});

test.each([
  ['a variable', 'int x; int f(void) { return x++; }'],
  ['a constant table', 'const int x[] = {1, 2, 3}; int f(int i) { return x[i & 1]; }'],
  ['text', 'extern int g(const char *); int f(void) { return g("text"); }'],
  [
    'a licence',
    'char _license[] __attribute__((section("license"), used)) = "GPL"; int f(void) { return 1; }',
  ],
  [
    'a map',
    'struct { int (*type)[1]; } m __attribute__((section(".maps"), used)); int f(void) { return 1; }',
  ],
  ['a program', '__attribute__((section("kprobe/f"))) int f(void *c) { return 1; }'],
  [
    'fields that are looked up when loading',
    'struct s { int a, b; } __attribute__((preserve_access_index)); int f(struct s *s) { return s->b; }',
  ],
  ['what has no form in BPF', 'int f(int n, ...) { return n; }'],
  ['a function that nothing defines', 'extern int g(int); int f(void) { return g(1); }'],
  [
    'more than a program may have on its stack',
    'void g(char *); void f(void) { char x[600]; g(x); }\nvoid g(char *x) { asm volatile("" :: "r"(x)); }',
  ],
])('refused: %s', (_title, text) => expect(told(text)).toEqual([['unsupported-c', 'import']]));

test('files of one script may use each other', () => {
  const { value, diagnostics } = compiled({
    'a.bpf.c': 'extern int g(int); int f(void) { return g(1); }',
    'b.bpf.c': 'int g(int x) { return x; }',
  });
  expect(diagnostics).toEqual([]);
  expect(value.functions.map(({ name }) => name)).toEqual(['f', 'g']);
});

test('nothing to compile needs no clang', () =>
  expect(compiled({}, { override: '/nonexistent/clang' })).toEqual({
    value: { functions: [], modules: [] },
    diagnostics: [],
  }));

test.each([
  ['there is none of that name', { override: '/nonexistent/clang' }],
  ['all are newer than libLLVM', { versionMax: () => 1 }],
])('without clang the package is named, at the import: %s', (_title, options) =>
  expect(compiled({ 'a.bpf.c': 'int f(void) { return 1; }' }, options).diagnostics).toMatchObject([
    { code: 'clang-missing', span, hints: [expect.stringContaining('apt-get install clang')] },
  ]),
);
