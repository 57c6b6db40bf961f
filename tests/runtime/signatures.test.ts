/** What our reader of debug information tells of functions, for programs that gcc makes in all its ways: types, and places at the entry. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { argumentFields } from '../../src/probes/calling-convention.ts';
import type { Executable } from '../../src/probes/define.ts';
import type { Executables } from '../../src/system/executables.ts';
import { executables } from '../../src/system/executables.ts';
import { usualDebugFolders } from '../../src/system/elf/debug-files.ts';
import { typeName } from '../../src/types/type-name.ts';
import type { StructType, Type } from '../../src/types/type.ts';
import { repositoryRoot } from '../support/guest/cache.ts';
import { goldenFacts } from '../support/golden-facts.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tstrace-signatures-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...[program, ...args]: readonly [string, ...string[]]): void => {
  execFileSync(program, args, { cwd: folder, stdio: 'pipe' });
};

function readPrograms(): Executables {
  const { machine } = goldenFacts('minimal');
  return executables({ machine, searchPath: '', debugFolders: usualDebugFolders });
}

function programOf(programs: Executables, path: string): Executable {
  const found = programs.find(path);
  if ('error' in found) throw new Error(found.error);
  return found;
}

/** `name type place, …: type of result` */
function signatureOf(program: Executable, name: string): string {
  const found = program.functions().find((candidate) => candidate.name === name);
  const signature = found && program.signatureAt(found.fileOffset);
  if (signature === undefined) return 'unknown';
  const fields = argumentFields(signature, 'x64').map(
    ({ name: parameter, type, offset, behind, unreadable }) =>
      `${parameter} ${typeName(type)} ${unreadable === undefined ? `${offset}${behind === undefined ? '' : `+${behind}`}` : '?'}`,
  );
  return `${fields.join(', ')}: ${typeName(signature.returns.type)}`;
}

const fieldsOf = (programs: Executables, struct: StructType): readonly string[] =>
  (programs.fieldsOf(struct) ?? []).map(
    ({ name, type, offset, bits }) =>
      `${name} ${typeName(type)} @${offset}${bits ? ` bits ${bits.start}+${bits.width}` : ''}`,
  );

function structBehind(type: Type | undefined): StructType {
  if (type?.kind === 'pointer' && type.to.kind === 'struct') return type.to;
  throw new Error('no pointer to a struct');
}

const source = join(repositoryRoot, 'tests/programs/arguments.c');

/** As the calling convention has it, whatever the compiler says of it. */
function expectTheTruth(path: string): void {
  const programs = readPrograms();
  const program = programOf(programs, path);
  expect(signatureOf(program, 'mixed')).toBe(
    'count int32 112, at struct point * 104, name int8 * 96, color enum color 88, yes bool 72, minus int8 64, ' +
      'seventh int64 152+8, real uint8[8] ?, pair struct pair 152+16, last int16 152+24: int32',
  );
  expect(signatureOf(program, 'sum')).toBe('wide struct wide ?, after int32 96: int64');
  expect(signatureOf(program, 'moved')).toBe('by int32 104: struct point');
  expect(signatureOf(program, 'nothing')).toBe(': void');
  const mixed = program.functions().find(({ name }) => name === 'mixed');
  const at = program.signatureAt(mixed?.fileOffset ?? 0)?.parameters[1];
  expect(fieldsOf(programs, structBehind(at?.type))).toEqual([
    'x int32 @0',
    'tag uint8 @4 bits 32+3',
    'deep int32 @4 bits 35+5',
    'y int64 @8',
    'next struct point * @16',
    'name string[8] @24',
    ' union <anonymous> @32',
  ]);
}

test.each([
  '-g -O0',
  '-g -O1',
  '-g -O2',
  '-gdwarf-2 -gstrict-dwarf -O0',
  '-gdwarf-2 -O2',
  '-gdwarf-3 -O1',
  '-gdwarf-4 -O0',
  '-gdwarf-4 -O2 -gz',
  '-gdwarf-5 -O3 -no-pie',
  '-gdwarf-5 -O2 -static',
  '-gdwarf64 -gdwarf-5 -O1',
  '-gdwarf-5 -O2 -fomit-frame-pointer -Wl,--build-id=none',
])('gcc %s', (flags) => {
  run('gcc', ...flags.split(' '), source, '-o', 'program');
  expectTheTruth(join(folder, 'program'));
});

test('a stripped program that names its debug file', () => {
  run('gcc', '-g', '-O2', source, '-o', 'program');
  run('objcopy', '--only-keep-debug', 'program', 'program.debug');
  run('strip', '--strip-all', 'program');
  run('objcopy', '--add-gnu-debuglink=program.debug', 'program');
  expectTheTruth(join(folder, 'program'));
});

test('without debug information nothing is told', () => {
  run('gcc', '-O1', source, '-o', 'program');
  expect(signatureOf(programOf(readPrograms(), join(folder, 'program')), 'mixed')).toBe('unknown');
});

const cppSource = `
#include <string>
struct Base { int id; };
struct Shape : Base { long area; static int count; virtual ~Shape() {} int grow(int by, const Shape &other) const; };
__attribute__((noinline)) int Shape::grow(int by, const Shape &other) const { asm volatile(""); return by + other.id + id; }
__attribute__((noinline)) int take(std::string text, int behind) { asm volatile(""); return text.size() + behind; }
__attribute__((noinline)) std::string give(int value) { asm volatile(""); return std::string(value, 'x'); }
int main() { Shape s; s.id = 3; return s.grow(1, s) + take("a", 2) + give(3).size(); }
`;

test.each(['-gdwarf-4 -O0', '-gdwarf-5 -O0', '-gdwarf-5 -O2'])(
  'g++ %s: objects, references, bases',
  (flags) => {
    writeFileSync(join(folder, 'source.cpp'), cppSource);
    run('g++', ...flags.split(' '), 'source.cpp', '-o', 'program');
    const programs = readPrograms();
    const program = programOf(programs, join(folder, 'program'));
    expect(signatureOf(program, '_ZNK5Shape4growEiRKS_')).toBe(
      'this struct Shape * 112, by int32 104, other struct Shape * 96: int32',
    );
    const grow = program.functions().find(({ name }) => name === '_ZNK5Shape4growEiRKS_');
    const fields = fieldsOf(
      programs,
      structBehind(program.signatureAt(grow?.fileOffset ?? 0)?.parameters[0]?.type),
    );
    expect(fields).toEqual([' struct Base @8', '_vptr.Shape void * * @0', 'area int64 @16']);
  },
);

test('g++ -O0: objects that are copied by functions leave the places of all behind them open', () => {
  writeFileSync(join(folder, 'source.cpp'), cppSource);
  run('g++', '-g', '-O0', 'source.cpp', '-o', 'program');
  const program = programOf(readPrograms(), join(folder, 'program'));
  const take = program.functions().find(({ name }) => name.startsWith('_Z4take'))?.name ?? '';
  expect(signatureOf(program, take)).toMatch(/^text struct .* \?, behind int32 \?: int32$/);
  const give = program.functions().find(({ name }) => name.startsWith('_Z4give'))?.name ?? '';
  expect(signatureOf(program, give)).toMatch(/^value int32 \?: struct/);
});

test('of languages that pass arguments in ways of their own, only what debug information says is told', () => {
  run('gcc', '-g', '-O0', '-S', source, '-o', 'program.s');
  const file = join(folder, 'program.s');
  // DW_LANG_C11, as gcc marks the unit, becomes DW_LANG_Go.
  const marked = readFileSync(file, 'utf8').replace(/^\t\.byte\t0x1d(\t# .*)?$/m, '\t.byte\t0x16');
  writeFileSync(file, marked);
  run('gcc', 'program.s', '-o', 'program');
  const program = programOf(readPrograms(), join(folder, 'program'));
  expect(signatureOf(program, 'moved')).toBe('by int32 ?: struct point');
});
