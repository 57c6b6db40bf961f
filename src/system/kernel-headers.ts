/** Where the running kernel's headers lie, for scripts whose C part includes some. */

import { existsSync } from 'node:fs';

export interface KernelFolders {
  readonly source: string;
  readonly build: string;
}

export interface KernelHeaderOptions {
  /** The running kernel, as uname -r names it. */
  readonly release: string;
  /** TSTRACE_KERNEL_SOURCE: the kernel's source. */
  readonly source?: string;
  /** TSTRACE_KERNEL_BUILD: where it was built; the folder of the kernel's modules by default. */
  readonly build?: string;
}

/** The source tree and the build's, which distributions keep apart; undefined where the headers are not installed. */
export function kernelFolders(
  options: KernelHeaderOptions,
  exists: (path: string) => boolean = existsSync,
): KernelFolders | undefined {
  const { release, source: given } = options;
  if (given !== undefined) return { source: given, build: options.build ?? given };
  const modules = options.build ?? `/lib/modules/${release}`;
  const build = exists(`${modules}/build`) ? `${modules}/build` : modules;
  const source = exists(`${modules}/source`) ? `${modules}/source` : build;
  return exists(`${source}/include/linux/kconfig.h`) ? { source, build } : undefined;
}
