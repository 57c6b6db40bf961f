/** ./tstrace starts from a snapshot that fits, and from the bundle in every other case, and nobody can tell but by a clock. */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Arguments that make tstrace show how it was started: the command's parent is tstrace itself. */
const showOwnCommand = ['-q', '-c', `sh -c 'tr "\\\\0" " " </proc/$PPID/cmdline'`, '-e', 'interval:s:60 { }'];

let checkout: string;
let snapshot: string;

/** A checkout of our own, whose files may be damaged, all set up. */
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  checkout = mkdtempSync(join(tmpdir(), 'tstrace-launcher-'));
  execFileSync('chmod', ['755', checkout]);
  for (const name of ['tstrace', 'scripts', 'src', 'dist', 'package.json', 'package-lock.json'])
    cpSync(join(root, name), join(checkout, name), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  snapshot = join(checkout, 'dist/snapshot.blob');
  tstrace(['-V']);
});

afterAll(() => rmSync(checkout, { recursive: true, force: true }));

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  readonly launcher?: string;
  /** What runs the launcher: a user without privileges, say. */
  readonly through?: readonly string[];
}

function tstrace(args: readonly string[], options: RunOptions = {}) {
  const [program = '', ...rest] = [
    ...(options.through ?? []),
    options.launcher ?? join(checkout, 'tstrace'),
    ...args,
  ];
  const { stdout, stderr, status } = spawnSync(program, rest, {
    env: { ...process.env, ...options.environment },
    ...(options.input !== undefined && { input: options.input }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

/** Every run gives this, whichever way it starts. */
const version = { stdout: 'tstrace v0.1.0\n', stderr: '', status: 0 };

test('what is set up starts from the snapshot', () => {
  expect(existsSync(snapshot)).toBe(true);
  expect(tstrace(showOwnCommand).stdout).toContain(`node --snapshot-blob ${snapshot} `);
});

test('nothing is built when nothing has changed', () => {
  const before = statSync(snapshot).mtimeMs;
  expect(tstrace(['-V'])).toEqual(version);
  expect(statSync(snapshot).mtimeMs).toBe(before);
});

test('options of V8 that the snapshot was not made with start the bundle', () => {
  const environment = { NODE_OPTIONS: '--stack-trace-limit=20' };
  expect(tstrace(['-V'], { environment })).toEqual(version);
  expect(tstrace(showOwnCommand, { environment }).stdout).not.toContain('--snapshot-blob');
});

const damages: readonly (readonly [string, () => void])[] = [
  ['cut short', () => truncateSync(snapshot, 100_000)],
  ['of something else', () => writeFileSync(snapshot, 'no snapshot at all')],
  ['gone', () => rmSync(snapshot)],
  // As if an upgrade had replaced node: its inode is another than the one written down.
  [
    'of another node',
    () => writeFileSync(join(checkout, 'dist/snapshot.key'), `${process.execPath}\n1:2:3.4 5:6:7.8 boot\n`),
  ],
  [
    'of a node that is gone',
    () => writeFileSync(join(checkout, 'dist/snapshot.key'), '/nonexistent/node\n1:2:3.4 boot\n'),
  ],
  ['of nobody knows what', () => rmSync(join(checkout, 'dist/snapshot.key'))],
];

test.each(damages)('a snapshot that is %s is made anew, silently', (_what, damage) => {
  damage();
  expect(tstrace(['-V'])).toEqual(version);
  expect(tstrace(showOwnCommand).stdout).toContain('--snapshot-blob');
});

test.each(damages)(
  'one that is %s and that the user may not replace: the bundle starts, silently',
  (_what, damage) => {
    damage();
    const asNobody = ['setpriv', '--reuid=65534', '--clear-groups'];
    expect(tstrace(['-V'], { through: asNobody })).toEqual(version);
  },
);

test('a changed source is built before it runs', () => {
  const file = join(checkout, 'src/cli/version.ts');
  writeFileSync(file, `/** For a test. */\n\nexport const version = '7.7.7';\n`);
  onTestFinished(() => {
    cpSync(join(root, 'src/cli/version.ts'), file);
    tstrace(['-V']);
  });
  expect(tstrace(['-V'])).toEqual({ ...version, stdout: 'tstrace v7.7.7\n' });
});

test.each(['snapshot', 'bundle'] as const)(
  'arguments, input, status, folder and environment arrive through the %s',
  (way) => {
    const environment = { NODE_OPTIONS: way === 'bundle' ? '--stack-trace-limit=20' : '' };
    const script = 'begin { printf("%s|%s|%d", str($1), str($2), $#); exit(5); }';
    const words = ['', 'two words'];
    const printed = { stdout: '|two words|2\n\n', stderr: '', status: 5 };
    expect(tstrace(['-q', '-e', script, ...words], { environment })).toEqual(printed);
    expect(tstrace(['-q', '-', ...words], { environment, input: script })).toEqual(printed);

    const folder = mkdtempSync(join(tmpdir(), 'tstrace-folder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'script.bt'), script);
    symlinkSync(join(checkout, 'tstrace'), join(folder, 'trace'));
    const elsewhere = { environment, cwd: folder, launcher: './trace' };
    expect(tstrace(['-q', 'script.bt', ...words], elsewhere)).toEqual(printed);
    expect(tstrace(['-q', '-c', 'pwd', '-e', 'interval:s:60 { }'], elsewhere).stdout.trim()).toBe(folder);

    const certificates = { ...environment, NODE_EXTRA_CA_CERTS: '/nonexistent.pem' };
    const seen = tstrace(['-q', '-c', 'env', '-e', 'interval:s:60 { }'], { environment: certificates });
    expect(seen.stderr).toBe('');
    expect(seen.stdout.match(/^.*EXTRA_CA.*$/gm)).toEqual(['NODE_EXTRA_CA_CERTS=/nonexistent.pem']);
  },
);
