/** Facts about this machine, put together from the options and the environment. */

import { release } from 'node:os';

import type { CReaderOptions } from '../cdefs/read-definitions.ts';
import { cReader } from '../cdefs/read-definitions.ts';
import { locateLlvm } from '../codegen/llvm/locate-library.ts';
import { mapFile } from '../ffi/map-file.ts';
import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import { realBpf } from '../runtime/kernel/real-bpf.ts';
import { mayCall } from '../runtime/kernel-calls.ts';
import { runningFunctions } from '../runtime/running-functions.ts';
import type { Facts } from '../sema/facts.ts';
import { parseDebugFolders } from '../system/elf/debug-files.ts';
import type { CompileCOptions } from '../system/bpf-c/compile-c.ts';
import { compilerOfC } from '../system/bpf-c/compile-c.ts';
import { kernelFolders } from '../system/kernel-headers.ts';
import { cacheFolder, packedHeaders } from '../system/packed-headers.ts';
import { liveFacts } from '../system/live-facts.ts';
import { once } from '../system/once.ts';
import type { TraceableFunction } from '../system/tracefs/events.ts';
import { parseTraceableFunctions } from '../system/tracefs/events.ts';
import type { Kallsyms } from '../system/proc/kallsyms.ts';
import { cpuFor } from './bpf-cpu.ts';
import type { Options } from './options.ts';
import { variable } from './settings.ts';
import type { World } from './world.ts';

export interface FactsRequest {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly options: Pick<
    Options,
    'unsafe' | 'includeFolders' | 'includes' | 'debugFolders' | 'probeFilter' | 'traceableFunctions' | 'mode'
  >;
  readonly world: World;
  /** The kernel's symbols, where somebody else reads them too. */
  readonly kallsyms?: () => Kallsyms;
}

/** How C is read: where headers lie, and which libclang reads them. */
function cOptions(
  { includeFolders, includes }: FactsRequest['options'],
  { environment }: World,
): Omit<CReaderOptions, 'kernel'> {
  const [source, build] = [variable(environment, 'KERNEL_SOURCE'), variable(environment, 'KERNEL_BUILD')];
  const libclang = variable(environment, 'LIBCLANG');
  const kernelHeaders = once(() => {
    const installed = kernelFolders({
      release: release(),
      ...(source && { source }),
      ...(build && { build }),
    });
    if (installed) return installed;
    const packed = packedHeaders({ release: release(), cache: cacheFolder(environment) });
    return packed === undefined ? undefined : { source: packed, build: packed };
  });
  return {
    folders: includeFolders,
    includes,
    arch: process.arch,
    kernelHeaders,
    ...(libclang && { libclang }),
  };
}

/** How C is compiled for BPF: libLLVM, which is to link it, is opened only if there is some. */
function clangOptions(
  { includeFolders }: FactsRequest['options'],
  { environment }: World,
  machine: Machine,
): CompileCOptions {
  const override = variable(environment, 'CLANG');
  return {
    folders: includeFolders,
    arch: process.arch,
    cpu: cpuFor(machine),
    versionMax: () => {
      const llvm = locateLlvm(variable(environment, 'LLVM'));
      return llvm.ok ? llvm.value.version : undefined;
    },
    ...(override && { override }),
  };
}

export function liveFactsFor({ machine, settings, options, world, kallsyms }: FactsRequest): Facts {
  const btfFile = variable(world.environment, 'BTF');
  return liveFacts({
    machine,
    settings,
    unsafe: options.unsafe,
    searchPath: world.environment.PATH ?? '',
    mapFile,
    mayCall: (call) => mayCall(realBpf, call),
    compileC: compilerOfC(clangOptions(options, world, machine)),
    instructionLength: once(() => {
      const llvm = locateLlvm(variable(world.environment, 'LLVM'));
      return llvm.ok ? llvm.value.instructionLength() : undefined;
    }),
    cReader: (kernel) => cReader({ ...cOptions(options, world), kernel }),
    ...(options.debugFolders !== undefined && { debugFolders: parseDebugFolders(options.debugFolders) }),
    ...(btfFile !== undefined && { btfFile }),
    ...(options.probeFilter && { probeFilter: options.probeFilter }),
    mode: options.mode,
    ...(options.traceableFunctions !== undefined && {
      traceableFunctions: () => functionsIn(world, options.traceableFunctions ?? ''),
    }),
    bpfFunctions: () => runningFunctions(realBpf),
    ...(kallsyms && { kallsyms }),
  });
}

/** A file that can't be read was told before. */
function functionsIn(world: World, path: string): readonly TraceableFunction[] {
  const read = world.readFile(path);
  return read.ok ? parseTraceableFunctions(Buffer.from(read.value).toString('latin1')) : [];
}
