/** Variables of the environment that are no keys of the configuration: a script can't set them. */

export interface EnvironmentVariable {
  /** Without TSTRACE_ or BPFTRACE_. */
  readonly name: string;
  readonly doc: string;
  /** A command line that works, where the files that it names are there. */
  readonly example: string;
}

/** In the order of the alphabet. */
export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    name: 'BTF',
    doc: 'file with the types of the kernel, instead of /sys/kernel/btf/vmlinux',
    example: `TSTRACE_BTF=/sys/kernel/btf/vmlinux tstrace -l 'struct task_struct'`,
  },
  {
    name: 'CLANG',
    doc: 'the clang that compiles C for BPF (.bpf.c)',
    example: `TSTRACE_CLANG=clang-19 tstrace --mode codegen calls-c.bt`,
  },
  {
    name: 'COLOR',
    doc: 'colours in messages: always, never, or auto, where both outputs are terminals',
    example: `TSTRACE_COLOR=never tstrace -e 'begin { warnf("plain"); exit(); }'`,
  },
  {
    name: 'DUMMY_TS_MAP',
    doc: 'a map of the script from which tseries() takes its time, in nanoseconds: for tests',
    example: `TSTRACE_DUMMY_TS_MAP=@now tstrace -e 'config = { unstable_tseries = enable; } begin { @now = 5000000000; @s = tseries(7, 1s, 3); exit(); }'`,
  },
  {
    name: 'KERNEL_BUILD',
    doc: 'the folder of the build of the kernel, with generated headers',
    example: `TSTRACE_KERNEL_BUILD=/usr/src/linux-headers-6.12.1-amd64 tstrace --mode codegen with-headers.bt`,
  },
  {
    name: 'KERNEL_SOURCE',
    doc: 'the folder of the source of the kernel, with its headers',
    example: `TSTRACE_KERNEL_SOURCE=/usr/src/linux-headers-6.12.1-common tstrace --mode codegen with-headers.bt`,
  },
  {
    name: 'LIBCLANG',
    doc: 'the libclang that reads C in scripts',
    example: `TSTRACE_LIBCLANG=libclang-19.so.1 tstrace -I headers --include shapes.h --mode codegen -e 'begin { print(sizeof(struct shape)); }'`,
  },
  {
    name: 'LLVM',
    doc: 'the libLLVM that makes the code, version 15 or later',
    example: `TSTRACE_LLVM=libLLVM.so.19.1 tstrace --mode codegen -e 'begin { @x = 1; }'`,
  },
  {
    name: 'TRACE',
    doc: 'where a fault of tstrace itself comes from is told, if it is set',
    example: `TSTRACE_TRACE=1 tstrace -e 'begin { exit(); }'`,
  },
];
