/** Where libclang looks for headers: the script's own folders, those of the kernel where they are installed, else those of the system. */

import { freestandingFolder } from './freestanding.ts';

export interface HeaderOptions {
  /** Of -I. */
  readonly folders: readonly string[];
  /** Of --include. */
  readonly includes: readonly string[];
  /** The kernel's headers: its source tree and the build's; undefined where they are not installed. */
  readonly kernelHeaders: () => KernelFolders | undefined;
  /** Node's name. */
  readonly arch: string;
}

export interface KernelFolders {
  readonly source: string;
  readonly build: string;
}

/** Names of the kernel's architectures (its folder arch/), by Node's. */
const kernelArchitectures: Readonly<Record<string, string>> = {
  x64: 'x86',
  ia32: 'x86',
  arm64: 'arm64',
  arm: 'arm',
  s390x: 's390',
  ppc64: 'powerpc',
  riscv64: 'riscv',
  loong64: 'loongarch',
  mips64el: 'mips',
};

/** As the kernel's own Makefile has them (LINUXINCLUDE, USERINCLUDE). */
function kernelArguments({ source, build }: KernelFolders, arch: string): readonly string[] {
  const own = `arch/${kernelArchitectures[arch] ?? arch}/include`;
  const folders = [
    `${source}/${own}`,
    `${build}/${own}/generated`,
    `${source}/include`,
    `${build}/include`,
    `${source}/${own}/uapi`,
    `${build}/${own}/generated/uapi`,
    `${source}/include/uapi`,
    `${build}/include/generated/uapi`,
  ];
  return [
    '-nostdinc',
    ...folders.map((folder) => `-I${folder}`),
    '-include',
    `${source}/include/linux/kconfig.h`,
    '-D__KERNEL__',
    '-D__BPF_TRACING__',
    '-DKBUILD_MODNAME="tstrace"',
  ];
}

/** All of clang's arguments. */
export function clangArguments(
  options: HeaderOptions,
  kernel: KernelFolders | undefined,
  hasBtf: boolean,
): readonly string[] {
  return [
    ...['-x', 'c', '-std=gnu11', '-Wno-everything', '-ferror-limit=0', '-fms-extensions'],
    ...(hasBtf ? ['-DBPFTRACE_HAVE_BTF'] : []),
    ...options.folders.map((folder) => `-I${folder}`),
    ...(kernel ? kernelArguments(kernel, options.arch) : []),
    ...['-isystem', freestandingFolder],
    ...options.includes.flatMap((path) => ['-include', path]),
  ];
}
