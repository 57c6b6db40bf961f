/** The command line: how options and their values are written, and which are refused. */

import { expect, test } from 'vitest';
import type { Options } from '../../../src/cli/options.ts';
import { parseOptions } from '../../../src/cli/options.ts';

const optionsOf = (...argv: readonly string[]): Options => {
  const options = parseOptions(argv);
  if (!options.ok) throw new Error(options.error.message);
  return options.value;
};

const program = 'begin { }';

test.each<readonly [word: string, wanted: Partial<Options>]>([
  ['-Bnone', { buffering: 'none' }],
  ['-ctrue', { command: 'true' }],
  ["-cls -l 'a=b'\n", { command: "ls -l 'a=b'\n" }],
  ['-c-x', { command: '-x' }],
  ['-oFILE', { outputPath: 'FILE' }],
  ['-o./a.b=c', { outputPath: './a.b=c' }],
  ['-o=FILE', { outputPath: 'FILE' }],
  ['-fjson', { format: 'json' }],
  ['-dast', { debug: new Set(['ast'] as const) }],
  ['-p123', { pid: 123 }],
  ['-Iheaders', { includeFolders: ['headers'] }],
  ['-qv', { quiet: true, verbose: true }],
  ['-qvoFILE', { quiet: true, verbose: true, outputPath: 'FILE' }],
  ['-qfjson', { quiet: true, format: 'json' }],
])('%s', (word, wanted) => {
  expect(optionsOf(word, '-e', program)).toMatchObject({ ...wanted, parameters: [] });
});

test('a program may be attached, too', () => {
  expect(optionsOf(`-e${program}`, 'word')).toMatchObject({
    source: { kind: 'text', text: program },
    parameters: ['word'],
  });
});

test.each(['-I a -I b', '-Ia -Ib', '-qIa -Ib'])('%s are two folders', (words) => {
  expect(optionsOf(...words.split(' '), 'file')).toMatchObject({
    includeFolders: ['a', 'b'],
    source: { kind: 'file', path: 'file' },
  });
});

test('behind -- words are the script’s own, as are numbers anywhere', () => {
  expect(optionsOf('-e', program, '-5', '--', '-oFILE')).toMatchObject({ parameters: ['-5', '-oFILE'] });
});

test.each<readonly [words: string, wanted: Partial<Options>]>([
  ['--test', { mode: 'test', compileOnly: false }],
  ['--mode test --test', { mode: 'test' }],
  ['--bench', { mode: 'bench' }],
  ['--mode bench', { mode: 'bench' }],
  ['--mode codegen', { mode: 'trace', compileOnly: true, benchCompiler: false }],
  ['--mode compiler-bench', { mode: 'trace', compileOnly: true, benchCompiler: true }],
  ['--fmt', { action: 'format' }],
  ['--test --probe-filter x --dry-run', { mode: 'test', dryRun: true }],
])('%s is a mode', (words, wanted) =>
  expect(optionsOf(...words.split(' '), '-e', program)).toMatchObject(wanted),
);

test.each([
  ['--test --bench', '--test and --bench'],
  ['--fmt --test', '--fmt and --test'],
  ['--mode codegen --bench', '--mode codegen and --bench'],
  ['--mode test --fmt', '--mode test and --fmt'],
  ['--test -l', '--test and -l'],
  ['--mode codegen -l', '--mode codegen and -l'],
  ['--bench -c true', '--bench and -c'],
  ['--test -p 1', '--test and -p'],
])('%s contradict each other', (words, both) =>
  expect(parseOptions([...words.split(' '), '-e', program])).toMatchObject({
    ok: false,
    error: { message: `Cannot use both ${both}` },
  }),
);

test.each([
  ['-z', 'There is no option -z'],
  ['-qz', 'There is no option -z'],
  ['-o', 'The option -o needs an argument'],
  ['-fxml', 'Invalid output format "xml"'],
])('%s is refused', (word, message) => {
  expect(parseOptions(['-e', program, word])).toMatchObject({ ok: false, error: { message } });
});

test('nothing is narrowed unless it is asked for', () => {
  const { probeFilter, traceableFunctions, withheld } = optionsOf('-e', program);
  expect({ probeFilter, traceableFunctions, withheld: [...withheld] }).toEqual({ withheld: [] });
});

test('--probe-filter is a regular expression, --traceable-functions a file, --no-feature a list', () => {
  const options = optionsOf(
    '--probe-filter',
    'vfs_(read|write)$',
    '--traceable-functions=functions.txt',
    '--no-feature',
    'uprobe_multi,kprobe_session',
    '-e',
    program,
  );
  expect(options.probeFilter).toEqual(/vfs_(read|write)$/);
  expect(options.traceableFunctions).toBe('functions.txt');
  expect([...options.withheld].sort()).toEqual(['kprobe_session', 'uprobe_multi']);
});

test('--json-fields is a list, in the order given, each once', () => {
  expect(optionsOf('-f', 'json', '--json-fields', 'probe,time,probe', '-e', program).jsonFields).toEqual([
    'probe',
    'time',
  ]);
});

test.each([
  [['--json-fields', 'time'], /-f json/],
  [['-f', 'json', '--json-fields', 'date'], /--json-fields does not know 'date'/],
  [['--completion', 'csh'], /--completion does not take 'csh'/],
  [['--probe-filter', 'a('], /--probe-filter/],
  [['--no-feature', 'uprobe_multi,wings'], /--no-feature does not know 'wings'/],
  [['--no-feature', ''], /--no-feature does not know ''/],
] as const)('%j is refused', (argv, message) => {
  const parsed = parseOptions([...argv, '-e', program]);
  expect(parsed.ok ? '' : parsed.error.message).toMatch(message);
});
