/** Programs and libraries by the names that people use for them, with their functions. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';

import { matcher } from '../base/wildcard.ts';
import type { Machine } from '../plan/machine.ts';
import type { Executable, TargetSource } from '../probes/define.ts';
import type { Field } from '../types/field.ts';
import type { StructType } from '../types/type.ts';
import type { DebugInfo } from './dwarf/debug-info.ts';
import { codeOfLine } from './dwarf/line-places.ts';
import type { Signatures } from './dwarf/signatures.ts';
import { signatures } from './dwarf/signatures.ts';
import { symbolFiles } from './elf/best-symbols.ts';
import type { DebugFolder } from './elf/debug-files.ts';
import { findDebugInfo } from './elf/find-debug-info.ts';
import type { CachedLibrary } from './elf/library-cache.ts';
import { findLibrary, parseLibraryCache } from './elf/library-cache.ts';
import { instructionsAround } from './elf/instructions.ts';
import type { Elf } from './elf/parse.ts';
import { addressOfOffset, fileOffsetOf, sectionNamed } from './elf/parse.ts';
import { readElf } from './elf/read.ts';
import { functionFileOffset, listFunctions, readFunctions } from './elf/symbols.ts';
import { usdtSites } from './elf/usdt.ts';
import { symbolNamed, variableAddress } from './elf/variables.ts';
import { matchingPaths } from './glob.ts';
import { foreignRoot } from './mount-root.ts';
import { once } from './once.ts';
import { findProgram } from './proc/process.ts';

type Finding = ReturnType<TargetSource['executable']>;
type Problem = Extract<Finding, { error: string }>['error'];

/** ET_EXEC and ET_DYN: what can be mapped and run. Object files and core dumps can't. */
const runnableTypes = [2, 3];

export interface Executables {
  /** Each file is read once. */
  readonly find: TargetSource['executable'];
  /** Fields of a struct that a signature of one of them names; undefined for other structs. */
  readonly fieldsOf: (struct: StructType) => readonly Field[] | undefined;
}

export interface ExecutablesOptions {
  readonly machine: Machine;
  readonly searchPath: string;
  /** Where debug files lie. */
  readonly debugFolders: readonly DebugFolder[];
  /** Gives the length of the instruction at the beginning of some code, where somebody can. */
  readonly instructionLength?: () => ((code: Uint8Array) => number) | undefined;
}

export function executables(options: ExecutablesOptions): Executables {
  const known = new Map<string, Finding>();
  const debugged = new DebuggedFiles(options.debugFolders);
  return {
    find: (name) => {
      const finding = known.get(name) ?? readExecutable(name, options, debugged);
      known.set(name, finding);
      return finding;
    },
    fieldsOf: (struct) => debugged.fieldsOf(struct),
  };
}

/** Ids of structs begin with this and the number of the file that defines them. */
const structPrefix = 'dwarf';

/** What a file's debug information is asked for. */
interface Debugged {
  readonly info: DebugInfo;
  readonly signatures: Signatures;
}

/** Files whose debug information was asked for. */
class DebuggedFiles {
  readonly #folders: readonly DebugFolder[];
  readonly #files: (() => Debugged | undefined)[] = [];

  constructor(folders: readonly DebugFolder[]) {
    this.#folders = folders;
  }

  add(elf: Elf, path: string, root: string): () => Debugged | undefined {
    const prefix = `${structPrefix}:${this.#files.length}:`;
    const found = once(() => {
      const info = findDebugInfo(elf, path, { folders: this.#folders, root });
      return info && { info, signatures: signatures(info, prefix) };
    });
    this.#files.push(found);
    return found;
  }

  fieldsOf({ id }: StructType): readonly Field[] | undefined {
    const [, number, place] = /^dwarf:(\d+):(.+)$/.exec(id) ?? [];
    return place === undefined
      ? undefined
      : (this.#files[Number(number)]?.()?.signatures.fields(place) ?? []);
  }
}

function readExecutable(
  name: string,
  { machine, searchPath, debugFolders, instructionLength }: ExecutablesOptions,
  debugged: DebuggedFiles,
): Finding {
  const path = locate(name, machine, searchPath);
  const problem = path === undefined ? 'not-found' : fileProblem(path);
  if (path === undefined || problem !== undefined)
    return { error: problem ?? 'not-found', path: path ?? name };
  const elf = readElf(path);
  if (!elf.ok) return { error: 'not-elf', path };
  if (!runnableTypes.includes(elf.value.type)) return { error: 'not-executable', path };
  const root = foreignRoot(machine.targetPid);
  const within = path.startsWith(root) ? path.slice(root.length) : path;
  const symbols = once(() => symbolFiles(elf.value, within, { folders: debugFolders, root }));
  const content = contentsOf(elf.value, symbols, debugged.add(elf.value, within, root));
  return {
    path: realPath(path),
    ...content,
    instructionsAround(fileOffset) {
      const lengthOf = instructionLength?.();
      return lengthOf && instructionsAround(elf.value, content.functions(), fileOffset, lengthOf);
    },
  };
}

/** ET_EXEC: loaded where it says. */
const fixedType = 2;

/** What Go's linker adds to every program (cmd/link). */
const goSections = ['.go.buildinfo', '.note.go.buildid', '.gopclntab'];

function contentsOf(
  elf: Elf,
  symbols: () => readonly Elf[],
  debugged: () => Debugged | undefined,
): Omit<Executable, 'path' | 'instructionsAround'> {
  return {
    functions: once(() => fileFunctions(elf, symbols())),
    fileOffsetOf: (address) =>
      address <= Number.MAX_SAFE_INTEGER ? fileOffsetOf(elf, Number(address)) : undefined,
    usdtSites: once(() => usdtSites(elf)),
    variable: (name) => variableAddress(elf, name),
    symbol: (name) => symbolNamed(elf, name),
    addressOf: (fileOffset) => addressOfOffset(elf, fileOffset),
    signatureAt: (fileOffset) => {
      const address = addressOfOffset(elf, fileOffset);
      return address === undefined ? undefined : debugged()?.signatures.at(address);
    },
    codeOfLine: (file, line, column) => {
      const info = debugged()?.info;
      return info && codeOfLine(info, { file, line, ...(column !== undefined && { column }) });
    },
    isFixed: elf.type === fixedType,
    isGo: goSections.some((name) => sectionNamed(elf, name) !== undefined),
  };
}

/** Those that `symbols` name: the file's own tables, or fuller ones from elsewhere. */
function fileFunctions(elf: Elf, symbols: readonly Elf[]): ReturnType<Executable['functions']> {
  return listFunctions(readFunctions(...symbols)).flatMap((found) => {
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

/** Paths that match a pattern: files if it has a folder, else programs of PATH and libraries. */
export function executablesMatching(
  pattern: string,
  machine: Machine,
  searchPath: string,
): readonly string[] {
  const root = foreignRoot(machine.targetPid);
  if (pattern.includes('/')) return matchingPaths(pattern.startsWith('/') ? root + pattern : pattern);
  const folders = root === '' ? searchPath : foreignSearchPath(root, searchPath);
  const programs = folders.split(':').flatMap((folder) => matchingPaths(`${folder}/${pattern}`));
  const isName = matcher(pattern);
  const libraries = cachedLibraries(machine, root).filter(({ name }) => isName(name));
  return [...programs, ...libraries.map(({ path }) => root + path)];
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
  const cached = findLibrary(cachedLibraries(machine, root), name);
  if (cached !== undefined) return root + cached;
  const names = name.includes('.so') ? [name] : [`${name}.so`];
  return libraryFolders
    .flatMap((folder) => names.map((file) => `${root}${folder}/${file}`))
    .find((path) => existsSync(path));
}

function cachedLibraries({ arch }: Machine, root: string): readonly CachedLibrary[] {
  try {
    return parseLibraryCache(readFileSync(`${root}/etc/ld.so.cache`), arch);
  } catch {
    return []; // musl and NixOS have no such table
  }
}

function fileProblem(path: string): Problem | undefined {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? undefined : 'not-executable';
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
