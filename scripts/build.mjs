/**
 * Builds what runs, in dist/:
 *
 *   tstrace.mjs     the program in one file, which loads many times faster than hundreds
 *   snapshot.cjs    the same, as node wants it for a snapshot
 *   snapshot.blob   V8's memory once that is loaded and the parser built: starting from it saves half the time
 *   snapshot.key    which node it belongs to: the launcher compares
 *
 * The program needs the first only. Where this node can't make a snapshot, the launcher does without.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
mkdirSync(dist, { recursive: true });

/** yargs and its parser get our file for what they ask of the platform. */
const yargsOnOurPlatform = {
  name: 'yargs-on-our-platform',
  setup({ onResolve }) {
    const ours = () => ({ path: join(root, 'scripts/yargs-platform.mjs') });
    onResolve({ filter: /platform-shims\/esm\.mjs$/ }, ours);
    onResolve({ filter: /^(node:)?module$/ }, ({ importer }) =>
      importer.includes('/yargs-parser/') ? ours() : undefined,
    );
  },
};

await bundle('src/main.ts', 'tstrace.mjs', { format: 'esm' });
await bundle('src/snapshot-main.ts', 'snapshot.cjs', {
  format: 'cjs',
  // There is none in a snapshot, and who asks for it (ffi/koffi.ts) can do without.
  logOverride: { 'empty-import-meta': 'silent' },
});
makeSnapshot();

async function bundle(entry, name, options) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    external: ['koffi'],
    plugins: [yargsOnOurPlatform],
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
    ...options,
  });
  // A run that starts while we build must find a whole file.
  const temporary = join(dist, `${name}.${process.pid}`);
  writeFileSync(temporary, ascii(outputFiles[0].text));
  renameSync(temporary, join(dist, name));
}

/** One character beyond ASCII, which esbuild leaves in expressions and comments, would double the memory that V8 takes for the text. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The key is written last: until then, and if this fails, no snapshot is used. */
function makeSnapshot() {
  const [blob, key] = [join(dist, 'snapshot.blob'), join(dist, 'snapshot.key')];
  rmSync(key, { force: true });
  const temporary = `${blob}.${process.pid}`;
  // Options for runs are not for the making; node's warnings are about what it hasn't tried yet, and our tests have.
  const args = [
    '--no-warnings',
    '--snapshot-blob',
    temporary,
    '--build-snapshot',
    join(dist, 'snapshot.cjs'),
  ];
  const made = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  if (made.status === 0) renameSync(temporary, blob);
  else {
    const reason = /^\w*Error: .*$/m.exec(made.stderr)?.[0] ?? `status ${made.status}`;
    console.error(`tstrace: this Node makes no start-up snapshot, each start takes longer (${reason})`);
    rmSync(blob, { force: true });
  }
  rmSync(temporary, { force: true });
  writeFileSync(key, `${process.execPath}\n${identity([process.execPath, blob])}\n`);
}

/**
 * Inode, size and time of the last change of each file that exists, and this start of the machine: node takes a snapshot
 * only if it is the same binary on the same kind of CPU. The launcher's find(1) prints the same.
 */
function identity(files) {
  const { stdout } = spawnSync('find', ['-L', ...files, '-printf', '%i:%s:%C@ '], { encoding: 'utf8' });
  return `${stdout}${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}`;
}
