/** Variables of the environment that are no keys of the configuration: a script can't set them. */

export interface EnvironmentVariable {
  /** Without TSTRACE_ or BPFTRACE_. */
  readonly name: string;
  readonly doc: string;
  /** A value. */
  readonly example: string;
}

/** In the order of the alphabet. */
export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    name: 'BTF',
    doc: 'file with the types of the kernel, instead of /sys/kernel/btf/vmlinux',
    example: '/sys/kernel/btf/vmlinux',
  },
  { name: 'CLANG', doc: 'the clang that compiles C for BPF (.bpf.c)', example: 'clang-19' },
  {
    name: 'COLOR',
    doc: 'colours in messages: always, never, or auto, where both outputs are terminals',
    example: 'never',
  },
  {
    name: 'KERNEL_BUILD',
    doc: 'the folder of the build of the kernel, with generated headers',
    example: '/lib/modules/6.12.1/build',
  },
  {
    name: 'KERNEL_SOURCE',
    doc: 'the folder of the source of the kernel, with its headers',
    example: '/usr/src/linux-headers-6.12.1-common',
  },
  {
    name: 'LIBCLANG',
    doc: 'the libclang that reads C in scripts',
    example: '/usr/lib/llvm-19/lib/libclang.so.1',
  },
  {
    name: 'LLVM',
    doc: 'the libLLVM that makes the code, version 15 or later',
    example: '/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1',
  },
  { name: 'TRACE', doc: 'where a fault of tstrace itself comes from is told, if it is set', example: '1' },
];
