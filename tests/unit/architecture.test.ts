/** The table of rooms in ARCHITECTURE.md, held to its word: who may import what, and that nobody is forgotten. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const source = join(root, 'src');

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .sort();

const imports: readonly Import[] = files.flatMap((file) => importsOf(file));

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gms);
  return [...statements].map(([, typeOnly, target = '']) => ({
    file,
    target: target.startsWith('.') ? relative(source, resolve(source, dirname(file), target)) : target,
    typeOnly: typeOnly !== undefined,
  }));
}

const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : path);
const isOurs = (target: string): boolean => target.endsWith('.ts');

/** Rooms whose values a room may import, beside its own. */
const values: Readonly<Record<string, readonly string[]>> = {
  base: [],
  types: ['base'],
  plan: ['base', 'types'],
  parser: ['base', 'types'],
  imports: ['base', 'parser'],
  builtins: ['base', 'types', 'plan'],
  probes: ['base', 'types', 'plan'],
  sema: ['base', 'types', 'plan', 'builtins', 'probes'],
  ffi: ['base'],
  codegen: ['base', 'types', 'plan', 'builtins', 'probes', 'ffi'],
  system: ['base', 'types', 'plan', 'ffi'],
  format: ['base', 'parser'],
  cdefs: ['base', 'types', 'ffi'],
  output: ['base', 'types'],
  runtime: ['base', 'types', 'plan', 'builtins', 'probes', 'system', 'ffi'],
};

/** Rooms of which only types may be imported: ports, and what they speak of. */
const typesOnly: Readonly<Record<string, readonly string[]>> = {
  builtins: ['probes'],
  probes: ['builtins'],
  sema: ['parser'],
  codegen: ['sema'],
  system: ['sema', 'probes', 'plan', 'imports'],
  cdefs: ['sema'],
  output: ['plan'],
  runtime: ['output'],
};

const free = new Set(['cli', 'main.ts', 'snapshot-main.ts', 'compile.ts']);

/** Rooms and what they may import the values of, as ARCHITECTURE.md has them; what it says of ports and single files is about types. */
function documentedRooms(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = text.matchAll(/^\| (`[a-z].*?) \|.*\| (.*?) \|$/gm);
  return new Map(
    [...rows].flatMap(([, names = '', allowed = '']) => {
      const words =
        allowed
          .replace(/ports of .*?(;|$)/g, '')
          .replace(/`[^`]*`|\S+\/\S+/g, '')
          .match(/[a-z]+/g) ?? [];
      const rooms = words.filter((word) => word in values).sort();
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, rooms] as const);
    }),
  );
}

test('the table in ARCHITECTURE.md is the one that is tested', () => {
  const known = Object.entries(values).map(([room, allowed]) => [room, [...allowed].sort()] as const);
  const documented = documentedRooms();
  expect(new Map([...documented].filter(([room]) => !free.has(room)))).toEqual(new Map(known));
  expect([...documented.keys()].filter((room) => free.has(room)).sort()).toEqual([...free].sort());
});

test('rooms import values only from the rooms that the table allows', () => {
  const offences = imports
    .filter(({ target }) => isOurs(target))
    .filter(({ file, target, typeOnly }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (free.has(from) || from === to) return false;
      const allowed = values[from] ?? [];
      return !allowed.includes(to) && !(typeOnly && (typesOnly[from] ?? []).includes(to));
    });
  expect(offences).toEqual([]);
});

test('koffi is imported in one file', () => {
  const users = imports.filter(({ target }) => target === 'koffi').map(({ file }) => file);
  expect(users.filter((file) => file !== 'ffi/koffi.ts')).toEqual([]);
});

test('chevrotain is imported in the parser only', () => {
  expect(imports.filter(({ file, target }) => target === 'chevrotain' && roomOf(file) !== 'parser')).toEqual(
    [],
  );
});

test('only the kernel room, the rooms of LLVM and libclang, two readers of symbols and the program itself use the FFI', () => {
  const users = imports.filter(
    ({ file, target, typeOnly }) => roomOf(target) === 'ffi' && roomOf(file) !== 'ffi' && !typeOnly,
  );
  const strangers = users.filter(
    ({ file }) =>
      !/^((runtime\/kernel|codegen\/llvm|cdefs\/libclang|cli)\/|system\/(demangle|xz)\.ts$)/.test(file),
  );
  expect(strangers).toEqual([]);
});

test('files are read and written in system, cli and ffi only', () => {
  const users = imports.filter(({ target }) => target === 'node:fs' || target === 'fs');
  expect(
    users.filter(({ file }) => !['system', 'cli', 'ffi'].includes(roomOf(file))).map(({ file }) => file),
  ).toEqual([]);
});

test('packages are the few that the program depends on', () => {
  const packages = new Set(
    imports.map(({ target }) => target).filter((target) => !isOurs(target) && !target.startsWith('node:')),
  );
  expect([...packages].filter((name) => !['chevrotain', 'koffi', 'yargs'].includes(name))).toEqual([]);
});

test('every file is imported by somebody, or is an entry', () => {
  const used = new Set(imports.map(({ target }) => target));
  // Goldens are printed by tests alone, in the manner of the printer beside it.
  const entries = ['main.ts', 'snapshot-main.ts', 'codegen/llvm/print-golden.ts'];
  expect(files.filter((file) => !used.has(file) && !entries.includes(file))).toEqual([]);
});

test('every file says in its first line what it is for', () => {
  const silent = files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(source, file), 'utf8')));
  expect(silent).toEqual([]);
});

test('every room stands in the map', () => {
  const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rooms = [...new Set(files.map(roomOf))].filter((room) => !room.endsWith('.ts'));
  expect(rooms.filter((room) => !map.includes(`\`${room}\``))).toEqual([]);
});
