/**
 * The three things that a guest starts from: an initramfs for each kernel, one root image for all of them (Node,
 * libLLVM, a shell and small tools), and the project drive with what is to be tested.
 */
import {
  chmod,
  cp,
  mkdir,
  readFile,
  readdir,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

import {
  buildOnce,
  cacheDirectory,
  exists,
  fingerprint,
  guestSources,
  keyOf,
  prune,
  repositoryRoot,
} from './cache.ts';
import { cpioArchive, type CpioEntry } from './cpio.ts';
import type { Kernel } from './fetch-kernel.ts';
import { runTool } from './run-tool.ts';
import type { Tools } from './tools.ts';

/** All project images have this size, because a snapshot remembers the size of its drives. The files are sparse. */
export const projectDriveBytes = 256 * 1024 * 1024;

const libraryDirectory = '/usr/lib/x86_64-linux-gnu';

/** The busybox commands of the initramfs; the root has all of them. */
const earlyCommands = [
  'sh',
  'mount',
  'insmod',
  'switch_root',
  'echo',
  'mkdir',
  'chmod',
  'hostname',
  'ip',
] as const;

/** Tools of the host that go into the root if the host has them, with their libraries. */
const optionalTools = ['/bin/bash', '/usr/sbin/bpftool', '/usr/bin/setpriv'] as const;

export async function ensureInitramfs(kernel: Kernel, tools: Tools): Promise<string> {
  const init = await readFile(join(guestSources, 'init.sh'));
  const key = keyOf([init.toString(), kernel.version, await fingerprint(tools.busybox)]);
  const name = `initramfs-${kernel.series}-${key}`;
  const path = join(cacheDirectory(), 'images', name);
  const built = await buildOnce(path, async (temporary) => {
    await writeFile(temporary, cpioArchive(await initramfsEntries(kernel, tools, init)));
  });
  if (built === 'built') await prune(dirname(path), `initramfs-${kernel.series}-`, name);
  return path;
}

async function initramfsEntries(
  kernel: Kernel,
  tools: Tools,
  init: Uint8Array,
): Promise<readonly CpioEntry[]> {
  const directories = ['bin', 'dev', 'proc', 'sys', 'newroot', 'modules'];
  const modules = await Promise.all(
    kernel.modules.map(async (file) => ({
      path: `modules/${basename(file)}`,
      content: await readFile(file),
    })),
  );
  return [
    ...directories.map((path) => ({ kind: 'directory', path }) as const),
    { kind: 'file', path: 'init', content: init, executable: true },
    { kind: 'file', path: 'bin/busybox', content: await readFile(tools.busybox), executable: true },
    ...earlyCommands.map((name) => ({ kind: 'link', path: `bin/${name}`, target: 'busybox' }) as const),
    ...modules.map((module) => ({ kind: 'file', ...module, executable: false }) as const),
  ];
}

/** The root image: the same for every kernel, built anew when Node, libLLVM, libclang, a tool or the agent changes. */
export async function ensureRootImage(tools: Tools, say: (line: string) => void): Promise<string> {
  const llvm = await newestLlvm();
  const programs = ['/bin/sh', ...optionalTools];
  const present = await Promise.all(
    programs.map(async (path) => ((await exists(path)) ? await realpath(path) : '')),
  );
  const agent = join(guestSources, 'agent.mjs');
  const clang = await newestClang();
  const inputs = [
    process.execPath,
    llvm,
    clang,
    agent,
    tools.busybox,
    ...present.filter((path) => path !== ''),
  ];
  const recipe = await readFile(join(guestSources, 'image.ts'), 'utf8');
  const key = keyOf([recipe, ...(await Promise.all(inputs.map(fingerprint)))]);
  const name = `root-${key}.erofs`;
  const path = join(cacheDirectory(), 'images', name);
  const built = await buildOnce(path, async (temporary) => {
    say('building the guest root image');
    const staging = `${temporary}.d`;
    await stageRoot(staging, [llvm, clang], tools);
    await makeImage(staging, temporary, tools);
  });
  if (built === 'built') await prune(dirname(path), 'root-', name);
  return path;
}

async function stageRoot(root: string, libraries: readonly string[], tools: Tools): Promise<void> {
  const empty = ['dev', 'proc', 'sys', 'tmp', 'work', 'run', 'root', 'var', 'project', 'guest', 'etc'];
  const filled = ['usr/bin', 'usr/sbin', `usr/lib/x86_64-linux-gnu`, 'usr/lib64'];
  for (const path of [...empty, ...filled]) await mkdir(join(root, path), { recursive: true });
  for (const path of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${path}`, join(root, path));
  await copyFile(tools.busybox, join(root, 'usr/bin/busybox'));
  const commands = (await runTool([tools.busybox, '--list'])).toString().trim().split('\n');
  for (const name of commands) {
    if (name !== 'busybox') await symlink('busybox', join(root, 'usr/bin', name));
  }
  await copyFile(process.execPath, join(root, 'usr/bin/node'));
  for (const path of libraries) await copyFile(path, join(root, libraryDirectory, basename(path)));
  const programs = [process.execPath, ...libraries];
  for (const path of optionalTools) {
    if (!(await exists(path))) continue;
    const place = join(root, path === '/bin/bash' ? 'usr/bin/bash' : path);
    await rm(place, { force: true });
    await copyFile(path, place);
    programs.push(path);
  }
  await copyLibraries(root, programs);
  await writeEtc(root);
  await copyFile(join(guestSources, 'agent.mjs'), join(root, 'guest/agent.mjs'));
}

/** Copy the shared libraries that these programs and libraries need. */
async function copyLibraries(root: string, programs: readonly string[]): Promise<void> {
  const listing = (await Promise.all(programs.map((path) => runTool(['ldd', path])))).join('\n');
  const paths = new Set([...listing.matchAll(/(\/\S+)(?= \(0x)/g)].map(([path]) => path));
  for (const path of paths) {
    const place = join(root, path.startsWith('/usr/') ? path : `/usr${path}`);
    await mkdir(dirname(place), { recursive: true });
    await copyFile(path, place);
  }
}

async function writeEtc(root: string): Promise<void> {
  const files = {
    passwd: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
    group: 'root:x:0:\nnogroup:x:65534:\n',
    hosts: '127.0.0.1 localhost\n',
    hostname: 'guest\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'etc', name), text);
}

/** The newest libLLVM from 15 on that Debian's packages have put on this machine. */
const newestLlvm = (): Promise<string> =>
  newestLibrary(/^libLLVM(?:-(\d+)\.so\.1|\.so\.(\d+)\.\d+)$/, 15, 'libLLVM', 'scripts/setup-run.sh');

const newestClang = (): Promise<string> =>
  newestLibrary(/^libclang-(\d+)\.so\.1$/, 14, 'libclang', 'scripts/setup-test.sh');

/** By the name's number, which is the first group that matches. */
async function newestLibrary(pattern: RegExp, oldest: number, what: string, setup: string): Promise<string> {
  const versions = (await readdir(libraryDirectory)).flatMap((name) => {
    const version = pattern.exec(name);
    const major = Number(version?.[1] ?? version?.[2] ?? 0);
    return major >= oldest ? [{ major, path: join(libraryDirectory, name) }] : [];
  });
  const newest = versions.sort((a, b) => b.major - a.major)[0];
  if (newest === undefined) throw new Error(`no ${what} from ${oldest} on: run ${setup}`);
  return newest.path;
}

/** What lies on the project drive, as pairs of a place on the drive and the file or directory that goes there. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** The bundle, koffi beside it, and a directory of compiled test programs. */
export function projectFiles(programs: string): ProjectFiles {
  return {
    dist: join(repositoryRoot, 'dist'),
    'node_modules/koffi': join(repositoryRoot, 'node_modules/koffi'),
    'node_modules/@koromix/koffi-linux-x64': join(repositoryRoot, 'node_modules/@koromix/koffi-linux-x64'),
    programs,
  };
}

/** The image of the project drive; places whose source does not exist stay empty. Built anew when a file changed. */
export async function ensureProjectImage(files: ProjectFiles, tools: Tools): Promise<string> {
  const sources = Object.entries(files);
  const key = keyOf(
    await Promise.all(sources.map(async ([place, from]) => [place, await fingerprint(from)])),
  );
  const name = `project-${key}.erofs`;
  const path = join(cacheDirectory(), 'images', name);
  const built = await buildOnce(path, async (temporary) => {
    const staging = `${temporary}.d`;
    await mkdir(staging, { recursive: true });
    for (const [place, from] of sources) {
      if (!(await exists(from))) continue;
      await cp(from, join(staging, place), {
        recursive: true,
        filter: (file) => isUseful(relative(from, file)),
      });
    }
    await makeImage(staging, temporary, tools);
    await truncate(temporary, projectDriveBytes);
  });
  if (built === 'built') await prune(dirname(path), 'project-', name);
  return path;
}

/** A package's sources and documents are of no use in the guest, nor is a snapshot made on another kind of CPU. */
function isUseful(path: string): boolean {
  return !/(^|\/)(doc|vendor|musl_x64|snapshot\.(blob|key)|libllvm|.*\.(cc|hh|inc|md|map|d\.ts))$/.test(path);
}

/** What is in the project drive while a snapshot is taken: nothing. */
export async function ensureBlankImage(): Promise<string> {
  const path = join(cacheDirectory(), 'images', 'blank');
  await buildOnce(path, async (temporary) => {
    await writeFile(temporary, '');
    await truncate(temporary, projectDriveBytes);
  });
  return path;
}

/** Turn a staging directory into an image, and remove the directory. Not compressed: the guest's CPU is slow. */
async function makeImage(staging: string, image: string, tools: Tools): Promise<void> {
  try {
    await runTool([tools.makeErofs, '-T0', '--all-root', '-x-1', image, staging], { env: tools.env });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await cp(from, to, { dereference: true });
  await chmod(to, 0o755);
}
