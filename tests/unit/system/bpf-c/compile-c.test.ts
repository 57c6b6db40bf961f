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

/** As bpf_helpers.h of libbpf has them. */
const macros = `
  #define SEC(name) __attribute__((section(name), used))
  #define __uint(name, number) int (*name)[number]
  #define __type(name, type) typeof(type) *name
  #define __array(name, type) typeof(type) *name[]
`;

test('variables, constants, tables, texts and a licence of the GPL go with the functions', () => {
  const { value, diagnostics } = alone(`${macros}
    char LICENSE[] SEC("license") = "Dual BSD/GPL";
    int many = 3; static long none; const int squares[] = {0, 1, 4, 9};
    extern int length(const char *);
    int f(int i) { static int calls; none++; return squares[i & 3] + many++ + calls++ + length("text"); }
    int length(const char *text) { return text[0]; }`);
  expect(diagnostics).toEqual([]);
  expect(value.functions.map(({ name }) => name)).toEqual(['f', 'length']);
  expect(value.maps).toEqual([]);
});

test('maps are as their definitions say, with sizes by type or by number', () => {
  const { value, diagnostics } = alone(`${macros}
    struct pair { long first; char second; };
    struct { __uint(type, 1); __uint(max_entries, 64); __type(key, unsigned); __type(value, struct pair); } pairs SEC(".maps");
    static struct { __uint(type, 6); __uint(max_entries, 1); __uint(key_size, 4); __uint(value_size, 24); } own SEC(".maps");
    struct { __uint(type, 27); __uint(max_entries, 4096); } ring SEC(".maps");
    struct trie { __uint(type, 11); __uint(max_entries, 9); __uint(map_flags, 1); __type(key, char[12]); __type(value, long); };
    struct trie trie SEC(".maps");
    int f(void) { return 1; }`);
  expect(diagnostics).toEqual([]);
  expect(value.maps).toEqual([
    { symbol: 'pairs', type: 'hash', keyBytes: 4, valueBytes: 16, entriesMax: 64 },
    { symbol: 'own', type: 'percpu-array', keyBytes: 4, valueBytes: 24, entriesMax: 1 },
    { symbol: 'ring', type: 'ringbuf', keyBytes: 0, valueBytes: 0, entriesMax: 4096 },
    { symbol: 'trie', type: 'lpm-trie', keyBytes: 12, valueBytes: 8, entriesMax: 9, flags: 1 },
  ]);
});

/** A map with these members. */
const mapOf = (members: string): string =>
  `${macros} struct { ${members} } m SEC(".maps"); int f(void) { return 1; }`;

test.each([
  ['a variable that begins with an address', 'int x; int *to = &x; int f(void) { return *to; }'],
  ['a function of the kernel', `${macros} extern int g(void) SEC(".ksyms"); int f(void) { return g(); }`],
  ['a setting of the kernel', `${macros} extern int x SEC(".kconfig"); int f(void) { return x; }`],
  ['a variable in a section of its own', `${macros} int x SEC("own"); int f(void) { return x; }`],
  ['another licence', `${macros} char license[] SEC("license") = "MIT"; int f(void) { return 1; }`],
  ['a map that holds maps', mapOf('__uint(type, 12); __uint(max_entries, 1); __array(values, int);')],
  ['a map that is to be pinned', mapOf('__uint(type, 1); __uint(max_entries, 1); __uint(pinning, 1);')],
  ['a map of an unknown type', mapOf('__uint(type, 3); __uint(max_entries, 1);')],
  ['a map of no size', mapOf('__uint(type, 1); __type(key, int); __type(value, int);')],
  ['a program', '__attribute__((section("kprobe/f"))) int f(void *c) { return 1; }'],
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
    value: { functions: [], maps: [], modules: [] },
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
