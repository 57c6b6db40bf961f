/**
 * Headers that the kernel carries with it (CONFIG_IKHEADERS, since 5.2): unpacked once for each kernel into a folder of the user's own.
 * What was unpacked is taken again only if nobody else could have changed it.
 */

import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { attempt } from './attempt.ts';
import { filesInTar } from './tar.ts';
import { unpackXz } from './xz.ts';

export interface PackedHeadersOptions {
  /** The running kernel, as uname -r names it. */
  readonly release: string;
  /** Where unpacked headers are kept; undefined if nowhere. */
  readonly cache: string | undefined;
  /** The kernel's own file, but for tests. */
  readonly archive?: string;
}

const kernelArchive = '/sys/kernel/kheaders.tar.xz';

/** The folder with the headers; undefined if the kernel has none, or there is no safe place for them. */
export function packedHeaders({
  release,
  cache,
  archive = kernelArchive,
}: PackedHeadersOptions): string | undefined {
  const packed = attempt(`open ${archive}`, () => readFileSync(archive));
  if (!packed.ok || cache === undefined) return undefined;
  // Kernels of one release may be built with other options.
  const digest = createHash('sha256').update(packed.value).digest('hex').slice(0, 16);
  const folder = join(cache, `kheaders-${release}-${digest}`);
  const made = attempt(`mkdir ${cache}`, () => mkdirSync(cache, { recursive: true, mode: privateMode }));
  if (!made.ok || !isOurs(cache)) return undefined;
  return isOurs(folder) || unpack(packed.value, folder) ? folder : undefined;
}

const privateMode = 0o700;
const writableByOthers = 0o022;

/** A folder that is ours and that nobody else may write to; no link to one. */
function isOurs(path: string): boolean {
  const found = attempt(`stat ${path}`, () => lstatSync(path));
  if (!found.ok) return false;
  const { uid, mode } = found.value;
  return found.value.isDirectory() && uid === process.geteuid?.() && (mode & writableByOthers) === 0;
}

/** Beside its place, then moved there in one step: nobody sees half of it, and nothing is left if it fails. */
function unpack(packed: Uint8Array, folder: string): boolean {
  const unpacked = unpackXz(packed);
  const files = unpacked && filesInTar(unpacked);
  if (!files) return false;
  const half = `${folder}.${randomUUID()}`;
  const done = attempt(`write ${half}`, () => {
    const folders = new Set(files.map(({ path }) => dirname(join(half, path))));
    for (const each of folders) mkdirSync(each, { recursive: true, mode: privateMode });
    for (const { path, contents } of files) writeFileSync(join(half, path), contents, { mode: 0o600 });
    renameSync(half, folder);
  });
  if (!done.ok) rmSync(half, { recursive: true, force: true });
  // Somebody else of us may have been faster.
  return done.ok || isOurs(folder);
}

/** Root's own place lies where nobody else can exchange it, whatever HOME says (sudo keeps the user's). */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.geteuid?.() === 0) return '/var/cache/tstrace';
  const { XDG_CACHE_HOME: own, HOME: home } = environment;
  if (own !== undefined && own.startsWith('/')) return join(own, 'tstrace');
  return home === undefined || home === '' ? undefined : join(home, '.cache/tstrace');
}
