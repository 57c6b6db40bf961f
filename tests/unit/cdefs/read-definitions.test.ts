/** The C part of scripts through libclang: layouts, enumerators, constants, the kernel's own types, and mistakes at their places. */

import { expect, test } from 'vitest';
import { parse } from '../../../src/parser/parse.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { cReader } from '../../../src/cdefs/read-definitions.ts';
import type { CTypes } from '../../../src/sema/facts.ts';
import { namedFields } from '../../../src/types/field.ts';
import { typeName } from '../../../src/types/type-name.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const { readC } = goldenFacts('minimal');

function read(c: string, words: readonly string[] = []): CTypes {
  const { definitions } = parse(sourceFile('test', c), { parameters: [] }).value;
  const { value, diagnostics } = readC(definitions, () => words);
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  expect(diagnostics).toEqual([]);
  return value;
}

/** Fields as name, type, offset, bits; those of anonymous members in their place. */
function fieldsOf(c: CTypes, keyword: 'struct' | 'union', name: string): readonly string[] {
  const struct = c.struct(keyword, name);
  if (!struct) throw new Error(`no ${keyword} ${name}`);
  const of = (type: typeof struct) => c.fieldsOf(type) ?? [];
  return [
    `${typeName(struct)} ${struct.bytes}`,
    ...namedFields(struct, of).map(
      ({ name: field, type, offset, bits }) =>
        `${field} ${typeName(type)} @${offset}${bits ? ` bits ${bits.start}+${bits.width}` : ''}`,
    ),
  ];
}

test('members of every kind, where C puts them', () => {
  const c = read(`
    struct point { short x, y; };
    struct thing {
      char letter; unsigned char byte; _Bool flag; int number; unsigned long long wide; long double real;
      char name[6]; signed char bytes[2]; struct point at, corners[2][3]; struct point *next; int (*call)(int); void *any;
      char rest[];
    };`);
  expect(fieldsOf(c, 'struct', 'thing')).toEqual([
    'struct thing 96',
    'letter int8 @0',
    'byte uint8 @1',
    'flag bool @2',
    'number int32 @4',
    'wide uint64 @8',
    'real uint8[16] @16',
    'name string[6] @32',
    'bytes int8[2] @38',
    'at struct point @40',
    'corners struct point[3][2] @44',
    'next struct point * @72',
    'call void * @80',
    'any void * @88',
    'rest int8[0] @96',
  ]);
});

test('bitfields, anonymous structs and unions, packed and aligned ones', () => {
  const c = read(`
    struct bits { unsigned a : 3, b : 7; int : 0; int c : 5; unsigned : 4; _Bool d : 1; };
    union either { int whole; struct { short low, high; }; unsigned char bytes[4]; };
    struct mixed { union { long l; struct { int i; union either e; }; }; unsigned z : 2; };
    struct packed { char a; int b; } __attribute__((packed));
    struct aligned { char a; } __attribute__((aligned(16)))`);
  expect(fieldsOf(c, 'struct', 'bits')).toEqual(
    [
      'struct bits 8',
      'a uint32 @0 bits 0+3',
      'b uint32 @0 bits 3+7',
      ' int32 @4 bits 32+0',
      'c int32 @4 bits 32+5',
      'd bool @5 bits 41+1',
    ].filter((line) => !line.startsWith(' ')),
  );
  expect(fieldsOf(c, 'union', 'either')).toEqual([
    'union either 4',
    'whole int32 @0',
    'low int16 @0',
    'high int16 @2',
    'bytes uint8[4] @0',
  ]);
  expect(fieldsOf(c, 'struct', 'mixed')).toEqual([
    'struct mixed 16',
    'l int64 @0',
    'i int32 @0',
    'e union either @4',
    'z uint32 @8 bits 64+2',
  ]);
  expect(fieldsOf(c, 'struct', 'packed')).toEqual(['struct packed 5', 'a int8 @0', 'b int32 @1']);
  expect(c.struct('struct', 'aligned')?.bytes).toBe(16);
});

test('enumerators, of named enums and others', () => {
  const c = read('enum color { RED, GREEN = 7, BLUE }; enum { ONLY = -3 }; struct s { enum color c; };');
  expect(c.enum('color')).toMatchObject({ name: 'color', bytes: 4, signed: false });
  expect(c.enumerator('BLUE')).toMatchObject({ value: 8n, type: { name: 'color' } });
  expect(c.enumerator('ONLY')).toMatchObject({ value: -3n, type: { name: '', signed: true } });
  expect(c.enumerator('NONE')).toBeUndefined();
  expect([...c.enumeratorNames()]).toEqual(['RED', 'GREEN', 'BLUE', 'ONLY']);
  expect(fieldsOf(c, 'struct', 's')).toEqual(['struct s 4', 'c enum color @0']);
});

test('macros that are constants, and only those', () => {
  const words = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'NONE'];
  const c = read(
    `#define A 5
#define B (A << 40 | 1)
#define C (-A)
#define D 0xffffffffffffffffULL
#define E "text" "\\n"
#define F(x) x
#define G struct s
#define H
#define I sizeof(long)`,
    words,
  );
  expect(words.map((word) => c.constant(word))).toEqual([
    5n,
    // In C an int is shifted out of its 32 bits, and the result would be wrong.
    undefined,
    -5n,
    0xffffffffffffffffn,
    'text\n',
    undefined,
    undefined,
    undefined,
    8n,
    undefined,
  ]);
  expect(words.filter((word) => !c.isMacro(word))).toEqual(['NONE']);
});

test('headers: those that C compilers bring along, and those of -I', () => {
  const c = read(
    '#include <stdint.h>\n#include <stddef.h>\n#include <shapes.h>\nstruct s { uint16_t a; size_t b; struct shape_list c; };',
    ['SHAPES_MAX', 'UINT8_MAX'],
  );
  expect(fieldsOf(c, 'struct', 's')).toEqual([
    'struct s 32',
    'a uint16 @0',
    'b uint64 @8',
    'c struct shape_list @16',
  ]);
  expect(fieldsOf(c, 'struct', 'shape_list')).toEqual([
    'struct shape_list 16',
    'next struct shape_list * @0',
    'kind enum shape @8',
  ]);
  expect([c.constant('SHAPES_MAX'), c.constant('UINT8_MAX'), c.enumerator('OTHER')?.value]).toEqual([
    12n,
    255n,
    -1n,
  ]);
  expect(c.typedef('uint16_t')).toMatchObject({ kind: 'int', bytes: 2 });
});

test('types of the kernel stand in C without a header, by value and behind pointers', () => {
  const c = read(
    'struct s { char a; struct device at; struct mm_struct *mm; pid_t pid; struct unknown *other; };',
  );
  expect(fieldsOf(c, 'struct', 's')).toEqual([
    'struct s 48',
    'a int8 @0',
    'at struct device @2',
    'mm struct mm_struct * @24',
    'pid int32 @32',
    'other struct unknown * @40',
  ]);
  const at = c.struct('struct', 's');
  expect(at && c.fieldsOf(at)?.[1]?.type).toMatchObject({ id: 'fixture:device' });
});

test("a script's own struct is meant where it has the name of one of the kernel's", () => {
  const c = read('struct device { int mine; }; struct s { struct device d; };');
  expect(fieldsOf(c, 'struct', 'device')).toEqual(['struct device 4', 'mine int32 @0']);
  expect(c.struct('struct', 's')?.bytes).toBe(4);
});

const diagnose = (source: ReturnType<typeof sourceFile>) => {
  const { definitions } = parse(source, { parameters: [] }).value;
  return readC(definitions, () => []).diagnostics;
};

test('mistakes are told at their places', () => {
  checkDiagnostics(
    `
    #include "no-such-header.h"
          // ^^^^^^^^^^^^^^^^^^ bad-c-definition
    struct a { inr x; int y; };
            // ^^^ bad-c-definition
    struct a { int z; };
        // ^ bad-c-definition
    struct b { struct nothing_of_the_kind c; };
                                       // ^ bad-c-definition
  `,
    diagnose,
  );
});

test('a mistake in a header is told once, where the script includes it', () => {
  const [only, ...others] = diagnose(sourceFile('test', '#include "broken.h"\n#include "shapes.h"\n'));
  expect(others).toEqual([]);
  expect(only).toMatchObject({ code: 'bad-c-definition', span: { start: 0, end: 19 } });
  expect(only?.message).toMatch(/broken\.h:2$/);
});

test('without libclang the package is named, at the first piece of C', () => {
  const without = cReader({
    libclang: '/nonexistent/libclang.so',
    kernel: { ...goldenFacts('minimal'), hasBtf: () => true },
    folders: [],
    includes: [],
    arch: 'x64',
    kernelHeaders: () => undefined,
  });
  const { definitions } = parse(sourceFile('test', 'struct a { int x; };'), { parameters: [] }).value;
  const { value, diagnostics } = without(definitions, () => []);
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([
    {
      code: 'libclang-missing',
      span: { start: 0, end: 20 },
      hints: [expect.stringContaining('libclang1-19')],
    },
  ]);
  expect(without([], () => [])).toEqual({ value: undefined, diagnostics: [] });
});

test("types that are defined within others are everybody's, and so are their enumerators", () => {
  const c = read(
    'struct outer { struct inner { int x; enum state { IDLE, BUSY = 5 } state; } in; union { enum { DEEP = 7 } e; } u; };',
  );
  expect(fieldsOf(c, 'struct', 'inner')).toHaveLength(3);
  expect(c.enum('state')?.variants).toEqual([
    { name: 'IDLE', value: 0n },
    { name: 'BUSY', value: 5n },
  ]);
  expect(['BUSY', 'DEEP'].map((name) => c.enumerator(name)?.value)).toEqual([5n, 7n]);
  expect(c.struct('struct', 'none')).toBeUndefined();
});
