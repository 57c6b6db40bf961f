/** The BTF of the running kernel and its modules, read from the file system on first use. That there is none is a normal answer. */

import { readdirSync, readFileSync } from 'node:fs';

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed } from '../elf/parse.ts';
import { once } from '../once.ts';
import type { Btf } from './parse.ts';
import { parseBtf } from './parse.ts';

/** Name under which the kernel itself stands beside its modules. */
export const kernelObject = 'vmlinux';

/** Where types come from. Nothing is read before it is asked for, and nothing twice. */
export interface BtfSource {
  /** The kernel's types, or why there are none: a sentence without a full stop that names the file. */
  readonly kernel: () => Result<Btf, string>;
  /** A module's types on top of the kernel's; undefined if it isn't loaded or has none. */
  readonly module: (name: string) => Btf | undefined;
  /** Modules that may have types. */
  readonly moduleNames: () => readonly string[];
}

const btfFolder = '/sys/kernel/btf';

export interface LiveBtfOptions {
  /** Raw BTF, or an ELF file with a .BTF section: takes the place of the kernel's own, modules then count as unknown. */
  readonly file?: string;
  /** Gives the kernel's own in place, where the kernel allows that (since 6.16): faster than reading five megabytes. */
  readonly map?: (path: string) => Buffer | undefined;
}

/** Types of the running kernel. */
export function liveBtf({ file, map }: LiveBtfOptions = {}): BtfSource {
  const ownPath = `${btfFolder}/${kernelObject}`;
  const kernel = once(() =>
    file === undefined
      ? readObject(ownPath, (path) => map?.(path) ?? readFileSync(path))
      : readObject(file, readFileSync),
  );
  const modules = new Map<string, Btf | undefined>();
  const moduleNames = once(() => (file === undefined ? listModules() : []));
  const module = (name: string): Btf | undefined => {
    if (!moduleNames().includes(name)) return undefined;
    if (!modules.has(name)) modules.set(name, readModule(kernel(), name));
    return modules.get(name);
  };
  return { kernel, module, moduleNames };
}

/** Types that are at hand already: for tests, and for machines described by a file. */
export function fixedBtf(kernel: Btf, modules: readonly Btf[] = []): BtfSource {
  return {
    kernel: () => ok(kernel),
    module: (name) => modules.find((module) => module.object === name),
    moduleNames: () => modules.map((module) => module.object),
  };
}

function readObject(path: string, read: (path: string) => Buffer): Result<Btf, string> {
  let bytes: Buffer;
  try {
    bytes = read(path);
  } catch {
    return failed(`${path} can't be read`);
  }
  const raw = rawBtf(bytes);
  if (raw === undefined) return failed(`${path} has no section .BTF`);
  const parsed = parseBtf(raw, kernelObject);
  return parsed.ok ? parsed : failed(`${path} can't be used: ${parsed.error}`);
}

/** The BTF in the bytes of a file: all of them, or a section of an ELF file. */
function rawBtf(bytes: Buffer): Uint8Array | undefined {
  if (bytes.length < 4 || bytes.readUInt32BE(0) !== elfMagic) return bytes;
  const elf = parseElf(bytesSource(bytes));
  const section = elf.ok ? sectionNamed(elf.value, '.BTF') : undefined;
  return elf.ok && section !== undefined ? sectionBytes(elf.value, section) : undefined;
}

const elfMagic = 0x7f454c46;

function listModules(): readonly string[] {
  try {
    return readdirSync(btfFolder).filter((name) => name !== kernelObject);
  } catch {
    return [];
  }
}

function readModule(kernel: Result<Btf, string>, name: string): Btf | undefined {
  if (!kernel.ok) return undefined;
  try {
    const parsed = parseBtf(readFileSync(`${btfFolder}/${name}`), name, kernel.value);
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined; // unloaded a moment ago
  }
}
