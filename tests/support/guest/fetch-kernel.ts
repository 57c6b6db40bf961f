/**
 * Debian's cloud kernels by series ("6.12"), fetched by the lock file and reduced to what a guest needs: the boot
 * image and a handful of modules, in loading order and uncompressed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { withApt, type Apt, type Archive } from './apt.ts';
import { buildOnce, cacheDirectory, exists, guestSources } from './cache.ts';
import { runTool } from './run-tool.ts';

export interface Kernel {
  readonly series: string;
  /** Debian's version of the package. */
  readonly version: string;
  /** What `uname -r` says in it. */
  readonly release: string;
  readonly image: string;
  /** Module files in the order in which they are to be loaded. */
  readonly modules: readonly string[];
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export interface LockEntry {
  readonly suite: string;
  readonly archive: Archive;
  readonly packages: readonly LockedPackage[];
}

export interface KernelLock {
  readonly default: string;
  readonly kernels: Readonly<Record<string, LockEntry>>;
}

const metaPackage = 'linux-image-cloud-amd64';

/** What the init script loads before it can mount its root; a kernel may have any of them built in. */
const wantedModules = ['virtio_pci', 'virtio_blk', 'virtio_console', 'erofs'] as const;

const lockPath = join(guestSources, 'kernels.lock.json');

export async function readLock(): Promise<KernelLock> {
  return JSON.parse(await readFile(lockPath, 'utf8')) as KernelLock;
}

/** The kernel of a series, fetched if it is not in the cache. */
export async function ensureKernel(series: string, say: (line: string) => void): Promise<Kernel> {
  const lock = await readLock();
  const entry = lock.kernels[series];
  const known = Object.keys(lock.kernels).join(', ');
  if (entry === undefined)
    throw new Error(`no guest kernel '${series}' in kernels.lock.json: it has ${known}`);
  const locked = join(cacheDirectory(), 'kernels', `${series}-locked-${versionOf(entry)}`);
  if (await exists(locked)) return describeKernel(series, locked);
  const substitute = `${locked}-substitute`;
  if (await exists(substitute)) return describeKernel(series, substitute);
  say(`fetching kernel ${series}`);
  const suite = { name: entry.suite, archive: entry.archive };
  return withApt([suite], async (apt) => {
    if (await hasAll(apt, entry.packages)) {
      await buildOnce(locked, (directory) => unpackKernel(apt, entry.packages, directory));
      return describeKernel(series, locked);
    }
    const newest = await newestPackages(apt, entry.suite);
    const found = versionOf({ packages: newest });
    say(`warning: ${entry.suite} no longer has kernel ${versionOf(entry)}; using its newest, ${found}`);
    say(`         (renew kernels.lock.json with 'node scripts/guest.mjs refresh ${series}')`);
    await buildOnce(substitute, (directory) => unpackKernel(apt, newest, directory));
    return describeKernel(series, substitute);
  });
}

/** Rewrite the lock file with the newest version of each given series (all of them if none is given). */
export async function refreshLock(series: readonly string[], say: (line: string) => void): Promise<void> {
  const lock = await readLock();
  const wanted = series.length > 0 ? series : Object.keys(lock.kernels);
  const kernels: Record<string, LockEntry> = { ...lock.kernels };
  for (const name of wanted) {
    const entry = lock.kernels[name];
    if (entry === undefined) throw new Error(`no guest kernel '${name}' in kernels.lock.json`);
    const suite = { name: entry.suite, archive: entry.archive };
    const packages = await withApt([suite], (apt) => newestPackages(apt, entry.suite));
    const version = versionOf({ packages });
    say(`${name}: ${version}${version === entry.packages[0]?.version ? ' (as before)' : ''}`);
    if (!version.startsWith(`${name}.`)) say(`warning: ${entry.suite} has left the ${name} series`);
    kernels[name] = { ...entry, packages };
  }
  await writeFile(lockPath, `${JSON.stringify({ ...lock, kernels }, null, 2)}\n`);
}

function versionOf(entry: { readonly packages: readonly LockedPackage[] }): string {
  const [first] = entry.packages;
  if (first === undefined) throw new Error('an entry of kernels.lock.json has no packages');
  return first.version;
}

async function hasAll(apt: Apt, packages: readonly LockedPackage[]): Promise<boolean> {
  const records = await Promise.all(packages.map(({ name, version }) => apt.show(name, version)));
  return records.every((record, at) => record?.sha256 === packages[at]?.sha256);
}

/** What the suite's meta package stands for now: its dependencies of exactly its own version, and theirs. */
async function newestPackages(apt: Apt, suite: string): Promise<readonly LockedPackage[]> {
  const meta = await apt.show(metaPackage);
  if (meta === undefined) throw new Error(`the suite ${suite} has no package ${metaPackage}`);
  const found = new Map<string, LockedPackage>();
  const queue = [meta.depends];
  for (let depends = queue.shift(); depends !== undefined; depends = queue.shift()) {
    for (const [, name, version] of depends.matchAll(/(\S+) \(= ([^)]+)\)/g)) {
      if (name === undefined || version !== meta.version || found.has(name)) continue;
      const record = await apt.show(name, version);
      if (record === undefined)
        throw new Error(`the suite ${suite} names ${name} ${version} but does not have it`);
      // Those without a number in their name are meta packages, too, and carry no files.
      if (/^linux-[a-z]+-\d/.test(name)) found.set(name, { name, version, sha256: record.sha256 });
      queue.push(record.depends);
    }
  }
  return [...found.values()];
}

async function unpackKernel(apt: Apt, packages: readonly LockedPackage[], directory: string): Promise<void> {
  const unpacked = join(directory, 'unpacked');
  const archives = join(directory, 'archives');
  await apt.download(
    archives,
    packages.map(({ name, version }) => `${name}=${version}`),
  );
  const checksums = new Set(packages.map(({ sha256 }) => sha256));
  for (const name of await readdir(archives)) {
    const path = join(archives, name);
    const sum = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (!checksums.has(sum))
      throw new Error(`${name} does not have the checksum that kernels.lock.json gives`);
    await runTool(['dpkg-deb', '-x', path, unpacked]);
  }
  const { release, tree } = await findTree(unpacked);
  const image = await firstExisting([join(unpacked, 'boot', `vmlinuz-${release}`), join(tree, 'vmlinuz')]);
  await writeFile(join(directory, 'vmlinuz'), await readFile(image));
  await writeFile(join(directory, 'release'), release);
  await writeFile(join(directory, 'version'), versionOf({ packages }));
  await extractModules(tree, join(directory, 'modules'));
  await rm(unpacked, { recursive: true });
  await rm(archives, { recursive: true });
}

async function describeKernel(series: string, directory: string): Promise<Kernel> {
  const modules = await readdir(join(directory, 'modules'));
  return {
    series,
    version: await readFile(join(directory, 'version'), 'utf8'),
    release: await readFile(join(directory, 'release'), 'utf8'),
    image: join(directory, 'vmlinuz'),
    modules: modules.sort().map((name) => join(directory, 'modules', name)),
  };
}

/** Where the module tree of the unpacked kernel lies: below /lib up to 6.1, below /usr/lib later. */
async function findTree(unpacked: string): Promise<{ readonly release: string; readonly tree: string }> {
  const parent = await firstExisting(['usr/lib/modules', 'lib/modules'].map((path) => join(unpacked, path)));
  const [release] = await readdir(parent);
  if (release === undefined) throw new Error('the kernel packages carry no modules');
  return { release, tree: join(parent, release) };
}

async function firstExisting(paths: readonly string[]): Promise<string> {
  for (const path of paths) if (await exists(path)) return path;
  throw new Error(`the kernel packages have none of ${paths.map((path) => basename(path)).join(', ')}`);
}

/** Write the wanted modules and what they depend on to `into`, numbered in loading order. */
async function extractModules(tree: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  const files = new Map<string, string>();
  for (const path of await readdir(join(tree, 'kernel'), { recursive: true })) {
    if (/\.ko(\.\w+)?$/.test(path)) files.set(moduleName(path), join(tree, 'kernel', path));
  }
  const done = new Set<string>();
  const extract = async (name: string): Promise<void> => {
    const path = files.get(name);
    if (path === undefined || done.has(name)) return;
    done.add(name);
    const bytes = await readModule(path);
    for (const dependency of dependenciesOf(bytes)) await extract(dependency);
    const number = String((await readdir(into)).length).padStart(2, '0');
    await writeFile(join(into, `${number}-${name}.ko`), bytes);
  };
  for (const name of wantedModules) await extract(name);
}

function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

async function readModule(path: string): Promise<Buffer> {
  if (path.endsWith('.ko')) return readFile(path);
  if (path.endsWith('.xz')) return runTool(['xz', '-dc', path]);
  if (path.endsWith('.zst')) return runTool(['zstd', '-dcq', path]);
  throw new Error(`${basename(path)} is compressed in a way that this harness does not know`);
}

/** The names that modpost wrote as "depends=" into the module's .modinfo section. */
function dependenciesOf(module: Buffer): readonly string[] {
  const text = module.toString('latin1');
  const names = /\0depends=([^\0]*)\0/.exec(text)?.[1] ?? '';
  return names
    .split(',')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('-', '_'));
}
