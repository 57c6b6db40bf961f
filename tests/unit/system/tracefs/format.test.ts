import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FormatContext } from '../../../../src/system/tracefs/format.ts';
import { formatFields, parseFormat } from '../../../../src/system/tracefs/format.ts';
import type { EnumType, StructType, Type } from '../../../../src/types/type.ts';
import {
  bool,
  i16,
  i32,
  i64,
  i8,
  none,
  pointerTo,
  string,
  u16,
  u32,
  u64,
  u8,
} from '../../../../src/types/type.ts';

const file: StructType = { kind: 'struct', keyword: 'struct', name: 'file', bytes: 184, id: 'btf:vmlinux:7' };
const reason: EnumType = { kind: 'enum', name: 'skb_drop_reason', bytes: 4, signed: false, variants: [] };
const known: Readonly<Record<string, Type>> = {
  'struct file': file,
  'enum skb_drop_reason': reason,
  'typedef sector_t': u64,
  'typedef cpumask_t': { ...file, name: 'cpumask', bytes: 32 },
};

const withTypes: FormatContext = {
  space: 'kernel',
  stringCapacity: 64,
  lookup: (keyword, name) => known[`${keyword} ${name}`],
};
const ofSystemCalls: FormatContext = { ...withTypes, space: 'user' };
const withoutTypes: FormatContext = { ...withTypes, lookup: () => undefined };

const common = `\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;
`;

function formatText(id: number, lines: readonly string[]): string {
  const fields = lines.map((line) => `\tfield:${line}\n`).join('');
  return `name: x\nID: ${id}\nformat:\n${common}\n${fields}\nprint fmt: "x=%d", REC->x\n`;
}

const line = (declaration: string, offset: number, size: number, signed = 0): string =>
  `${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed};`;

/** Type of the one field that a declaration makes. */
function typeOf(declaration: string, size: number, signed = 0, context = withTypes): Type | undefined {
  const format = parseFormat(formatText(1, [line(declaration, 8, size, signed)]));
  return format && formatFields(format, context)[0]?.type;
}

test('sys_enter_openat: a pointer of the caller, and numbers as wide as the call declares them', () => {
  const text = formatText(782, [
    line('int __syscall_nr', 8, 4, 1),
    line('int dfd', 16, 8),
    line('const char * filename', 24, 8),
    line('int flags', 32, 8),
    line('umode_t mode', 40, 8),
  ]);
  const format = parseFormat(text);
  expect(format).toMatchObject({ id: 782, bytes: 48 });
  expect(format && formatFields(format, ofSystemCalls)).toEqual([
    { name: '__syscall_nr', type: i32, offset: 8 },
    { name: 'dfd', type: i32, offset: 16 },
    { name: 'filename', type: pointerTo(i8, 'user'), offset: 24 },
    { name: 'flags', type: i32, offset: 32 },
    { name: 'mode', type: u16, offset: 40 },
  ]);
});

test('sched_switch: text in the record', () => {
  const format = parseFormat(
    formatText(372, [
      line('char prev_comm[16]', 8, 16),
      line('pid_t prev_pid', 24, 4, 1),
      line('int prev_prio', 28, 4, 1),
      line('long prev_state', 32, 8, 1),
    ]),
  );
  expect(format && formatFields(format, withTypes)).toEqual([
    { name: 'prev_comm', type: string(16), offset: 8 },
    { name: 'prev_pid', type: i32, offset: 24 },
    { name: 'prev_prio', type: i32, offset: 28 },
    { name: 'prev_state', type: i64, offset: 32 },
  ]);
});

test('sched_process_exec: text whose place and length the record tells', () => {
  const format = parseFormat(
    formatText(365, [line('__data_loc char[] filename', 8, 4), line('pid_t pid', 12, 4, 1)]),
  );
  expect(format && formatFields(format, withTypes)).toEqual([
    { name: 'filename', type: { ...string(64), mayBeCut: true }, offset: 8, dynamic: true },
    { name: 'pid', type: i32, offset: 12 },
  ]);
});

const arrayOf = (of: Type, length: number): Type => ({ kind: 'array', of, length });

test.each<readonly [string, number, number, Type]>([
  ['unsigned char x', 1, 0, u8],
  ['char x', 1, 0, u8],
  ['char x', 1, 1, i8],
  ['signed char x', 1, 1, i8],
  ['bool x', 1, 0, bool],
  ['short x', 2, 1, i16],
  ['unsigned x', 4, 0, u32],
  ['unsigned long long x', 8, 0, u64],
  ['long unsigned int x', 8, 0, u64],
  ['__u16 x', 2, 0, u16],
  ['s64 x', 8, 1, i64],
  ['uint32_t x', 4, 0, u32],
  ['const int x', 4, 1, i32],
  ['sector_t x', 8, 0, u64],
  ['unheard_t x', 4, 1, i32],
  ['toString x', 4, 0, u32],
  ['unheard_t x', 12, 0, arrayOf(u8, 12)],
  ['enum skb_drop_reason x', 4, 0, reason],
  ['enum zone_type x', 4, 0, u32],
  ['enum skb_drop_reason x', 1, 0, u8],
  ['struct file x', 184, 0, file],
  ['void * x', 8, 0, pointerTo(none, 'kernel')],
  ['struct file * x', 8, 0, pointerTo(file, 'kernel')],
  ['struct unheard * x', 8, 0, pointerTo(none, 'kernel')],
  ['const char *const * x', 8, 0, pointerTo(pointerTo(i8, 'kernel'), 'kernel')],
  ['const char __user * x', 8, 0, pointerTo(i8, 'user')],
  ['void __seg_gs * x', 8, 0, pointerTo(none, 'kernel')],
  ['u8 x[16]', 16, 0, arrayOf(u8, 16)],
  ['unsigned long x[6]', 48, 0, arrayOf(u64, 6)],
  ['char x[TASK_COMM_LEN]', 16, 0, string(16)],
  ['u32 x[MAX]', 12, 0, arrayOf(u32, 3)],
  ['unheard_t x[3]', 12, 0, arrayOf(u32, 3)],
  ['unheard_t x[3]', 36, 0, arrayOf(u8, 36)],
  ['unsigned long x[]', 0, 0, arrayOf(u64, 0)],
  ['__data_loc u64[] x', 4, 0, arrayOf(u64, 0)],
  ['__data_loc cpumask_t x', 4, 0, arrayOf({ ...file, name: 'cpumask', bytes: 32 }, 0)],
])('%s of %i bytes, sign %i', (declaration, size, signed, type) => {
  expect(typeOf(declaration, size, signed)).toEqual(type);
});

test('without BTF, sizes and signs remain', () => {
  expect(typeOf('sector_t x', 8, 0, withoutTypes)).toEqual(u64);
  expect(typeOf('struct file * x', 8, 0, withoutTypes)).toEqual(pointerTo(none, 'kernel'));
  expect(typeOf('pid_t x', 8, 0, withoutTypes)).toEqual(i32);
});

test('fields of a form that programs cannot read are left out', () => {
  const format = parseFormat(formatText(1, [line('__rel_loc char[] x', 8, 4), line('int y', 12, 4, 1)]));
  expect(format && formatFields(format, withTypes).map(({ name }) => name)).toEqual(['y']);
});

test('text that is no format has none, and broken lines are passed over', () => {
  expect(['', 'ID: x\n', 'Permission denied'].map(parseFormat)).toEqual([undefined, undefined, undefined]);
  const broken = parseFormat(
    formatText(3, ['int', 'int x;\toffset:a;\tsize:4;', '; offset:1; size:1;', line('int y', 8, 4, 1)]),
  );
  expect(broken?.fields.map(({ name }) => name)).toEqual(['y']);
});

test('any text has fields with types, or none', () => {
  const word = fc.constantFrom(
    'int',
    'char',
    '*',
    '[',
    ']',
    '16',
    '__data_loc',
    'struct',
    'x',
    ' ',
    ';',
    'const',
    'enum',
    '_',
    'constructor',
  );
  const declaration = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(declaration, fc.nat(40), fc.nat(40)), { maxLength: 5 }), (rows) => {
      const format = parseFormat(
        formatText(
          1,
          rows.map(([text, offset, size]) => line(text, offset, size)),
        ),
      );
      const fields = format === undefined ? [] : formatFields(format, withTypes);
      for (const { type } of fields) expect(type).toHaveProperty('kind');
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseFormat(text) === undefined || text.includes('ID: ')));
});
