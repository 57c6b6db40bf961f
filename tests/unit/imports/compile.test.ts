/** Scripts with imports, compiled: places in messages and in the program's lines are in the right file. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { compile } from '../../../src/compile.ts';
import { gather } from '../../../src/imports/gather.ts';
import { createNotices } from '../../../src/output/notices.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { madeUpFiles } from '../../support/import-folder.ts';

function compiled(script: string, files: Readonly<Record<string, string>>) {
  const gathered = gather(sourceFile('main.bt', script), { parameters: [], files: madeUpFiles(files) });
  return {
    ...compile(gathered, { parameters: [] }, () => goldenFacts('minimal')),
    sources: gathered.value.sources,
  };
}

/** What the user reads. */
function told(script: string, files: Readonly<Record<string, string>>): string {
  const { diagnostics, sources } = compiled(script, files);
  const written: string[] = [];
  createNotices({
    source: (file) => sources.named(file),
    colours: false,
    quiet: false,
    warnings: true,
    write: (text) => written.push(text),
  }).diagnostics(diagnostics);
  return written.join('');
}

test('a mistake in a script that is imported shows its line', () =>
  expect(told('import "lib/a.bt"; begin { }', { 'lib/a.bt': '\nbegin { print($x); }' })).toMatch(
    /^lib\/a\.bt:2:15-17: ERROR: .*\[undefined-variable\]\nbegin \{ print\(\$x\); \}\n {14}~~\n/,
  ));

test('the same mistake at the same place of two scripts is two mistakes', () =>
  expect(
    compiled('import "a.bt"; begin { }', {
      'a.bt': 'import "b.bt"; begin { $x }',
      'b.bt': '               begin { $x }',
    }).diagnostics,
  ).toMatchObject([{ span: { file: 'b.bt' } }, { span: { file: 'a.bt' } }]));

test('a mistake in a header that is imported shows its line', () =>
  expect(told('import "t.h"; begin { }', { 't.h': '#pragma once\nstruct t { inr x; };\n' })).toMatch(
    /^t\.h:2:12-15: ERROR: .*\[bad-c-definition\]\nstruct t \{ inr x; \};\n {11}~~~\n/,
  ));

test('a mistake in a macro is told where it is written, and where it is called from', () =>
  expect(told('import "a.bt";\nbegin { print(m()); }', { 'a.bt': 'macro m() { strlen(7) }\n' })).toMatch(
    /^a\.bt:1:20-21: ERROR: .*\nmacro m.*\n {19}~\n(HINT: .*\n)*main\.bt:2:15-18: .*\nbegin \{ print\(m\(\)\); \}\n {14}~~~\n/,
  ));

test('macros, functions, maps, types and constants are used across files', () => {
  const { diagnostics, generated } = compiled(
    'import "a.bt"; import "t.h"; kprobe:f { @x = twice(m(SIZE)) + sizeof(struct t) + OWN; }',
    {
      'a.bt':
        '#define OWN 3\nlet @x = hash(7);\nmacro m(x) { x + 1 }\nfn twice($x: int64): int64 { return $x * 2; }',
      't.h': '#define SIZE 5\nstruct t { int x; };',
    },
  );
  expect(diagnostics).toEqual([]);
  expect(generated?.plan.maps[0]).toMatchObject({ symbol: 'AT_x', entriesMax: 7 });
});

/** The files that functions of the module are in, by the functions' names. */
function filesOfFunctions(ir: string): Readonly<Record<string, string>> {
  const files = new Map(
    [...ir.matchAll(/^(!\d+) = !DIFile\(filename: "([^"]+)"/gm)].map(([, node, name]) => [node, name]),
  );
  return Object.fromEntries(
    [...ir.matchAll(/!DISubprogram\(name: "(\w+)", scope: (!\d+), file: (!\d+), line: (\d+)/g)].map(
      ([, name, scope, file, line]) => {
        expect(scope).toBe(file);
        return [name, `${files.get(file)}:${line}`];
      },
    ),
  );
}

test('lines of functions are in the files that they stand in; those of a macro where it is called', () => {
  const { generated } = compiled('import "a.bt";\n\nkprobe:f { @x = twice(arg0); @y = m(arg1); }', {
    'a.bt':
      '\n\n\n\nfn twice($x: int64): int64 {\n  return $x * 2;\n}\nmacro m(x) {\n\n\n\n\n x + 77 }\nkprobe:g { }',
  });
  const { ir } = present(generated, 'module');
  expect(filesOfFunctions(ir)).toMatchObject({
    kprobe_f_2: 'main.bt:3',
    kprobe_f_2_twice: 'a.bt:5',
    kprobe_g_1: 'a.bt:14',
  });
  const location = /add i64 .*, 77, !dbg (!\d+)/.exec(ir)?.[1];
  expect(ir).toMatch(new RegExp(`^${location} = !DILocation\\(line: 3, column: 35,`, 'm'));
});
