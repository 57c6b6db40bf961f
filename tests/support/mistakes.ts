/** Mistakes of users as whole runs: the arguments, and what stderr must say about them. */

export interface Mistake {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Parts of what stderr must say. */
  readonly says: readonly string[];
}

export const mistakes: readonly Mistake[] = [
  {
    args: ['-e', 'struct a { int x; inr y; };\nbegin { }'],
    says: ['stdin:1:19-22: ERROR:', "unknown type name 'inr'", '~~~'],
  },
  { args: ['-e', '#include <no/such.h>\nbegin { }'], says: ['stdin:1:10-21: ERROR:', 'linux-headers'] },
  {
    args: ['-e', 'struct a { int x; };\nbegin { }'],
    environment: { TSTRACE_LIBCLANG: '/nonexistent' },
    says: ['stdin:1:1-21: ERROR:', 'TSTRACE_LIBCLANG', '/nonexistent'],
  },
  { args: ['--include', 'no-such.h', '-e', 'begin { }'], says: ['no-such.h'] },
  { args: ['-e', 'kprob:f { }'], says: ['stdin:1:1-6: ERROR:', '~~~~~', "'kprobe'"] },
  { args: ['-e', 'kprobe:f { @x = 1; }'], says: ['stdin:1:1-9: ERROR:', 'no kprobes', 'CONFIG_KPROBES'] },
  { args: ['-e', 'begin { foo(); }'], says: ['stdin:1:9-12: ERROR:', "'foo'"] },
  { args: ['-e', 'begin { prinf("x"); }'], says: ["'printf'"] },
  {
    args: ['-e', 'tracepoint:syscalls:sys_enter_opnat { }'],
    says: ['stdin:1:1-36: ERROR:', 'syscalls:sys_enter_openat'],
  },
  {
    args: ['-e', 'tracepoint:syscalls:sys_enter_openat { print(args.filenam); }'],
    says: ["'filename'", '~~~~~~~'],
  },
  { args: ['-e', 'begin { print($nope); }'], says: ['stdin:1:15-20: ERROR:', '$nope'] },
  { args: ['-e', 'begin { @x = 1; @x = "a"; }'], says: ['ERROR:', 'string[2]', 'int8'] },
  { args: ['-e', 'begin { @x = count(); @x = sum(1); }'], says: ['count()', 'sum()'] },
  { args: ['-e', 'begin { printf("%d %d\\n", 1); }'], says: ['2 values'] },
  { args: ['-e', 'begin { @x = 1 }; }'], says: ['stdin:1:17-18: ERROR:'] },
  { args: ['-e', 'begin { @x = ; }'], says: ['stdin:1:14-15: ERROR:'] },
  { args: ['-e', 'begin { "unclosed }'], says: ['ERROR:'] },
  { args: ['-e', 'begin { 5 / 0; }'], says: ['divides by zero'] },
  { args: ['-e', ''], says: ['ERROR:'] },
  { args: ['/nonexistent.bt'], says: ['/nonexistent.bt', 'ENOENT'] },
  { args: ['-c', 'true', '-p', '1', '-e', 'begin { }'], says: ['both -c and -p'] },
  { args: ['-c', 'no-such-program-here', '-e', 'begin { }'], says: ['no-such-program-here'] },
  { args: ['-p', '99999999', '-e', 'begin { }'], says: ['-p'] },
  { args: ['-f', 'xml', '-e', 'begin { }'], says: ["'text', 'json'"] },
  { args: ['--nonsense', '-e', 'begin { }'], says: ['--nonsense'] },
  {
    args: ['-e', 'begin { exit(); }'],
    environment: { TSTRACE_LLVM: '/nonexistent' },
    says: ['TSTRACE_LLVM', '/nonexistent'],
  },
  {
    args: ['-e', 'begin { exit(); }'],
    environment: { TSTRACE_MAX_STRLEN: 'x' },
    says: ['TSTRACE_MAX_STRLEN'],
  },
  {
    args: ['-e', 'begin { print(curtask->tgid); }'],
    environment: { TSTRACE_BTF: '/nonexistent' },
    says: ['BTF'],
  },
  { args: ['-e', 'begin { @[1] = 1; @ = 2; }'], says: ['with one key', 'without a key'] },
  { args: ['-e', 'begin { if (1) { break; } }'], says: ['stdin:1:18-23: ERROR: break', 'loop'] },
];
