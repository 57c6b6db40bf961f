/** Programs and libraries by the names that people use for them, with their functions. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';

import type { Machine } from '../plan/machine.ts';
import type { Executable, TargetSource } from '../probes/define.ts';
import { findLibrary, parseLibraryCache } from './elf/library-cache.ts';
import type { Elf } from './elf/parse.ts';
import { fileOffsetOf } from './elf/parse.ts';
import { readElf } from './elf/read.ts';
import { functionFileOffset, listFunctions, readFunctions } from './elf/symbols.ts';
import { findProgram } from './proc/process.ts';

type Finding = ReturnType<TargetSource['executable']>;
type Problem = Extract<Finding, { error: string }>['error'];

/** ET_EXEC and ET_DYN: what can be mapped and run. Object files and core dumps can't. */
const runnableTypes = [2, 3];

/** How `executable` finds and reads files; each file is read once. */
export function executableReader(machine: Machine, searchPath: string): TargetSource['executable'] {
  const known = new Map<string, Finding>();
  return (name) => {
    const finding = known.get(name) ?? readExecutable(name, machine, searchPath);
    known.set(name, finding);
    return finding;
  };
}

function readExecutable(name: string, machine: Machine, searchPath: string): Finding {
  const path = locate(name, machine, searchPath);
  const problem = path === undefined ? 'not-found' : fileProblem(path);
  if (path === undefined || problem !== undefined)
    return { error: problem ?? 'not-found', path: path ?? name };
  const elf = readElf(path);
  if (!elf.ok) return { error: 'not-elf', path };
  if (!runnableTypes.includes(elf.value.type)) return { error: 'not-executable', path };
  return { path: realPath(path), ...functionsOf(elf.value) };
}

function functionsOf(elf: Elf): Pick<Executable, 'functions' | 'fileOffsetOf'> {
  let functions: ReturnType<Executable['functions']> | undefined;
  return {
    functions: () => (functions ??= fileFunctions(elf)),
    fileOffsetOf: (address) =>
      address <= Number.MAX_SAFE_INTEGER ? fileOffsetOf(elf, Number(address)) : undefined,
  };
}

function fileFunctions(elf: Elf): ReturnType<Executable['functions']> {
  return listFunctions(readFunctions(elf)).flatMap((found) => {
    const fileOffset = functionFileOffset(elf, found);
    return fileOffset === undefined ? [] : [{ name: found.name, fileOffset, bytes: found.bytes }];
  });
}

/** A path stays itself; a bare name is a program in PATH, or else a library. */
function locate(name: string, machine: Machine, searchPath: string): string | undefined {
  const root = foreignRoot(machine.targetPid);
  if (name.includes('/')) return name.startsWith('/') ? root + name : name;
  return (
    findProgram(name, root === '' ? searchPath : foreignSearchPath(root, searchPath)) ??
    locateLibrary(name, machine, root)
  );
}

/** Where the traced process sees another file system than we do, its names mean files there: those under /proc/PID/root. */
function foreignRoot(targetPid: number | undefined): string {
  if (targetPid === undefined) return '';
  try {
    const same = statSync(`/proc/${targetPid}/ns/mnt`).ino === statSync('/proc/self/ns/mnt').ino;
    return same ? '' : `/proc/${targetPid}/root`;
  } catch {
    return '';
  }
}

const foreignSearchPath = (root: string, searchPath: string): string =>
  searchPath
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => root + folder)
    .join(':');

/** Folders that the linker looks in by itself, for systems without its table. */
const libraryFolders = ['/lib64', '/usr/lib64', '/lib', '/usr/lib'];

function locateLibrary(name: string, machine: Machine, root: string): string | undefined {
  let cached: string | undefined;
  try {
    cached = findLibrary(parseLibraryCache(readFileSync(`${root}/etc/ld.so.cache`), machine.arch), name);
  } catch {
    cached = undefined; // musl and NixOS have no such table
  }
  if (cached !== undefined) return root + cached;
  const names = name.includes('.so') ? [name] : [`${name}.so`];
  return libraryFolders
    .flatMap((folder) => names.map((file) => `${root}${folder}/${file}`))
    .find((path) => existsSync(path));
}

function fileProblem(path: string): Problem | undefined {
  try {
    return statSync(path).isFile() ? undefined : 'not-executable';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'not-found';
  }
}

function realPath(path: string): string {
  try {
    // Below /proc/PID/root links would be resolved as if they were ours.
    return path.startsWith('/') ? path : realpathSync(path);
  } catch {
    return path;
  }
}
