/** What a script imports, and how it becomes one program with it. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import type { GatherOptions } from '../../../src/imports/gather.ts';
import { gather } from '../../../src/imports/gather.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';
import { madeUpFiles } from '../../support/import-folder.ts';

type Files = Parameters<typeof madeUpFiles>[0];

const gathered = (script: string, files: Files, options: Partial<GatherOptions> & { name?: string } = {}) =>
  gather(sourceFile(options.name ?? 'stdin', script), {
    parameters: [],
    files: madeUpFiles(files),
    ...options,
  });

/** Attach points and where they come from, in their order. */
const probesOf = (...given: Parameters<typeof gathered>): readonly string[] => {
  const { value, diagnostics } = gathered(...given);
  expect(diagnostics).toEqual([]);
  return value.program.probes.map(
    ({ attachPoints: [first], span }) => `${span.file} ${first?.provider.text ?? ''}`,
  );
};

test('what is imported stands before what imports it, in the order of the imports', () =>
  expect(
    probesOf('import "a.bt"; import "b.bt"; begin { }', {
      'a.bt': 'import "c.bt"; begin { } end { }',
      'b.bt': 'begin { }',
      'c.bt': 'begin { }',
    }),
  ).toEqual(['c.bt begin', 'a.bt begin', 'a.bt end', 'b.bt begin', 'stdin begin']));

test('paths are relative to the script that imports, or absolute', () =>
  expect(
    probesOf(
      'import "lib/a.bt"; import "/abs/d.bt"; begin { }',
      {
        'x/lib/a.bt': 'import "../b.bt"; import "./c.bt"; begin { }',
        'x/b.bt': 'begin { }',
        'x/lib/c.bt': 'begin { }',
        '/abs/d.bt': 'begin { }',
      },
      { name: 'x/main.bt' },
    ),
  ).toEqual(['x/b.bt begin', 'x/lib/c.bt begin', 'x/lib/a.bt begin', '/abs/d.bt begin', 'x/main.bt begin']));

test('a file counts once, whatever the path to it, and circles end', () =>
  expect(
    probesOf(
      'import "a.bt"; import "a.bt"; import "link.bt"; import "main.bt"; begin { }',
      {
        'a.bt': { text: 'import "b.bt"; begin { }', realPath: '/a.bt' },
        'link.bt': { text: 'import "b.bt"; begin { }', realPath: '/a.bt' },
        'b.bt': 'import "a.bt"; import "main.bt"; end { }',
        'main.bt': 'begin { }',
      },
      { name: 'main.bt', path: 'main.bt' },
    ),
  ).toEqual(['b.bt end', 'a.bt begin', 'main.bt begin']));

test('of a folder all files that can be imported, by name, and nothing deeper', () =>
  expect(
    probesOf('import "lib"; begin { }', {
      'lib/b.bt': 'begin { }',
      'lib/a.bt': 'begin { }',
      'lib/README': 'begin { }',
      'lib/folder.bt/c.bt': 'begin { }',
    }),
  ).toEqual(['lib/a.bt begin', 'lib/b.bt begin', 'stdin begin']));

test('sections of all kinds come together, with the texts that their places are in', () => {
  const script = '#define A 1\nimport "a.bt"; import "t.h"; config = { }; begin { }';
  const texts = {
    'a.bt': '#define B 2\nmacro m() { 1 } let @x = hash(1); fn f(): void { } begin { }',
    't.h': 'struct t { int x; };\n#define C 3',
  };
  const { value, diagnostics } = gathered(script, texts);
  expect(diagnostics).toEqual([]);
  const { program, sources } = value;
  expect(program.definitions).toMatchObject([
    { text: '#define B 2', span: { file: 'a.bt' } },
    { text: texts['t.h'], span: { file: 't.h', start: 0, end: 32 }, isHeader: true },
    { text: '#define A 1', span: { file: 'stdin' } },
  ]);
  expect([program.macros, program.functions, program.maps].map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(program.config).toBeDefined();
  expect(program.imports).toEqual([]);
  const known = ['stdin', 'a.bt', 't.h', 'other'].map((name) => sources.named(name)?.text);
  expect(known).toEqual([script, texts['a.bt'], texts['t.h'], undefined]);
});

test('C for BPF is handed on, with the import that names it', () => {
  const { value, diagnostics } = gathered('import "a.bt"; import "lib/x.bpf.c"; begin { }', {
    'a.bt': 'import "lib";',
    'lib/x.bpf.c': 'int x(void) { return 1; }',
    'lib/y.bpf.c': 'int y(void) { return 1; }',
    'lib/z.c': '',
  });
  expect(diagnostics).toEqual([]);
  expect(value.external.map(({ file, span }) => [file.name, span.file])).toEqual([
    ['lib/x.bpf.c', 'a.bt'],
    ['lib/y.bpf.c', 'a.bt'],
  ]);
  expect(value.sources.named('lib/x.bpf.c')?.text).toContain('x(void)');
});

const files: Files = {
  'open.bt': { text: 'begin { }', isOpenToAll: true },
  'open/a.bt': 'begin { }',
  open: { isOpenToAll: true },
  'mixed/good.bt': 'begin { }',
  'mixed/open.bt': { text: 'begin { }', isOpenToAll: true },
  'README.md': 'begin { }',
  'device.bt': { kind: 'other', isOpenToAll: true },
  'gone.bt': {},
  'empty/README': '',
};

const diagnose = (source: ReturnType<typeof sourceFile>) =>
  gather(source, { parameters: [], files: madeUpFiles(files) }).diagnostics;

test.each([
  ['no file', 'import "none.bt";\n//     ^^^^^^^^^ bad-import\nbegin { }'],
  ['a file that can not be read', 'import "gone.bt";\n//     ^^^^^^^^^ bad-import\nbegin { }'],
  ['of another kind', 'import "README.md";\n//     ^^^^^^^^^^^ bad-import\nbegin { }'],
  ['neither file nor folder', 'import "device.bt";\n//     ^^^^^^^^^^^ bad-import\nbegin { }'],
  ['an empty folder', 'import "empty";\n//     ^^^^^^^ bad-import\nbegin { }'],
  ['a file that all can write to', 'import "open.bt";\n//     ^^^^^^^^^ unsafe-import\nbegin { }'],
  ['a folder that all can write to', 'import "open";\n//     ^^^^^^ unsafe-import\nbegin { }'],
  ['such a file in a folder', 'import "mixed";\n//     ^^^^^^^ unsafe-import\nbegin { }'],
])('%s', (_title, script) => checkDiagnostics(script, diagnose));

test('of a folder, what all can write to is left out with a warning', () => {
  const { value, diagnostics } = gathered('import "mixed"; begin { }', files);
  expect(diagnostics).toMatchObject([{ severity: 'warning' }]);
  expect(value.program.probes).toHaveLength(2);
});

test('mistakes in what is imported are told at their places there', () => {
  const { diagnostics } = gathered('import "a.bt"; begin { }', {
    'a.bt': 'import "none.bt"; begin { 1 + }',
  });
  expect(diagnostics).toMatchObject([
    { code: 'missing-expression', span: { file: 'a.bt', start: 30 } },
    { code: 'bad-import', span: { file: 'a.bt', start: 7, end: 16 } },
  ]);
});

test('settings are those of the script that is run', () => {
  const { value, diagnostics } = gathered('import "a.bt"; begin { }', {
    'a.bt': 'config = { max_strlen = 80 } begin { }',
  });
  expect(diagnostics).toMatchObject([
    { code: 'misplaced-section', span: { file: 'a.bt', start: 0, end: 28 } },
  ]);
  expect(value.program.config).toBeUndefined();
});

const inner = 'macro seven() { import "c.bpf.c"; f() } begin { import "a.bt"; print(seven()); }';
const innerFiles = {
  'c.bpf.c': 'int f(void) { return 7; }',
  'a.bt': 'begin { import "b.bt"; }',
  'b.bt': 'end { }',
};

test('imports within blocks count like those at the top, once the settings say so', () => {
  const { value, diagnostics } = gathered(inner, innerFiles, { innerImports: () => 'enable' });
  expect(diagnostics).toEqual([]);
  expect(value.external.map(({ file }) => file.name)).toEqual(['c.bpf.c']);
  expect(value.program.probes.map(({ span }) => span.file)).toEqual(['b.bt', 'a.bt', 'stdin']);
});

test.each([
  ['warn', 'warning', 3, 3],
  ['error', 'error', 2, 1],
] as const)('where they are to %s, each is a %s', (state, severity, told, files) => {
  const { value, diagnostics } = gathered(inner, innerFiles, { innerImports: () => state });
  expect(diagnostics.map((one) => [one.severity, one.code])).toEqual(
    Array.from({ length: told }, () => [severity, 'unstable']),
  );
  expect(new Set(value.program.probes.map(({ span }) => span.file)).size).toBe(files);
});

test('the standard library is no file', () =>
  expect(
    gathered('begin { import "stdlib/base.bpf.c"; }', {}, { innerImports: () => 'enable' }).diagnostics,
  ).toMatchObject([{ code: 'bad-import', hints: [expect.stringContaining('built in')] }]));
