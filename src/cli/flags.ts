/** The options as data: from them come the parser of the command line, --help, the manual and the completion of shells. */

import { diagnosticCodes } from '../base/diagnostic.ts';
import { originFields } from '../plan/settings.ts';

/** What -d can show. */
export const stages = ['ast', 'types', 'codegen', 'codegen-opt', 'verifier'] as const;
export type Stage = (typeof stages)[number];

/** What --no-feature can name. */
export const withheldNames = ['kprobe_multi', 'kprobe_session', 'uprobe_multi'] as const;
export type Withheld = (typeof withheldNames)[number];

export const formats = ['text', 'json'] as const;
export const bufferings = ['line', 'full', 'none'] as const;
export const modes = ['codegen', 'compiler-bench', 'bench', 'test', 'format'] as const;

/** For which --completion has a script. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export const flagGroups = [
  'What to do',
  'What is traced',
  'Output',
  'C and debug information',
  'Looking inside',
  'About',
] as const;
export type FlagGroup = (typeof flagGroups)[number];

/** What an option's argument can be, as far as a shell can help with it. */
export type Completes =
  /** One of these words; several with commas between them if `listed`. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly listed?: true }
  | { readonly kind: 'file' | 'folder' | 'folders' | 'process' | 'command' | 'program' | 'anything' };

export interface Flag {
  readonly name: string;
  readonly alias?: string;
  /** `strings` may be given several times. */
  readonly type: 'boolean' | 'string' | 'strings';
  /** As --help writes it. */
  readonly argument?: string;
  readonly completes?: Completes;
  readonly group: FlagGroup;
  readonly doc: string;
  /** What the manual says beyond that: whole sentences. */
  readonly details?: string;
  /** A command line that works. */
  readonly example: string;
}

const words = (known: readonly string[]): Completes => ({ kind: 'words', words: known });
const listOf = (known: readonly string[]): Completes => ({ kind: 'words', words: known, listed: true });

/** The order is that of --help within each group. */
export const flags = [
  {
    name: 'e',
    type: 'string',
    argument: 'PROGRAM',
    completes: { kind: 'program' },
    group: 'What to do',
    doc: 'run this program',
    details: 'What follows it are parameters of the program: $1, $2 and so on. Messages call it stdin.',
    example: `tstrace -e 'begin { printf("%s, %d\\n", str($1), $2); exit(); }' word 41`,
  },
  {
    name: 'list',
    alias: 'l',
    type: 'boolean',
    argument: '[PATTERN]',
    group: 'What to do',
    doc: 'list probes that match, or those of a script',
    details:
      'A pattern is written as a probe is, with * for any text; a word without a colon is looked for in all kinds of probes. "struct NAME", "union NAME" and "enum NAME" list types. With -v arguments and members are shown too.',
    example: `tstrace -l 'tracepoint:sched:sched_s*'`,
  },
  {
    name: 'dry-run',
    type: 'boolean',
    group: 'What to do',
    doc: 'do everything up to attaching, then stop',
    example: `tstrace --dry-run -e 'tracepoint:sched:sched_switch { @[cpu] = count(); }'`,
  },
  {
    name: 'mode',
    type: 'string',
    argument: 'MODE',
    completes: words(modes),
    group: 'What to do',
    doc: `do something else than trace: ${modes.join(', ')}`,
    details:
      'codegen stops when the code is made, and compiler-bench measures how long that takes, stage by stage. The others are the same as --bench, --test and --fmt.',
    example: `tstrace --mode codegen -e 'begin { @x = 1 << 10; }'`,
  },
  {
    name: 'fmt',
    type: 'boolean',
    group: 'What to do',
    doc: 'the same as --mode format: print the script, or replace the file that -o names',
    example: `tstrace --fmt -e 'begin{printf("hi\\n");exit()}'`,
  },
  {
    name: 'test',
    type: 'boolean',
    group: 'What to do',
    doc: "run the script's tests: its test:NAME probes",
    details:
      'Each runs once. It passes if it returns 0, tells no error by errorf and does not exit with another code; what it prints is shown only if it fails. begin runs before them and end behind them; nothing is attached. The exit code is 1 if a test fails.',
    example: `tstrace --test -e 'test:halves { assert(7 / 2 == 3, "division truncates"); return 0; }'`,
  },
  {
    name: 'bench',
    type: 'boolean',
    group: 'What to do',
    doc: "measure the script's benches: its bench:NAME probes",
    details:
      'Each is repeated until a millisecond has gone by; what it prints is thrown away. One that returns 1 is left out.',
    example: `tstrace --bench -e 'bench:count { @ = count(); }'`,
  },
  {
    name: 'cmd',
    alias: 'c',
    type: 'string',
    argument: 'COMMAND',
    completes: { kind: 'command' },
    group: 'What is traced',
    doc: 'run a command, attached before it starts; end with it',
    details: 'Its words are split at spaces; no shell reads it. Scripts know its process as cpid.',
    example: `tstrace -c 'cat /etc/hostname' -e 'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { @ = count(); }'`,
  },
  {
    name: 'pid',
    alias: 'p',
    type: 'string',
    argument: 'PID',
    completes: { kind: 'process' },
    group: 'What is traced',
    doc: 'trace one process; end with it',
    example: `tstrace -p 1 -e 'begin { printf("attached\\n"); exit(); }'`,
  },
  {
    name: 'probe-filter',
    type: 'string',
    argument: 'REGEX',
    completes: { kind: 'anything' },
    group: 'What is traced',
    doc: 'use only probes whose names, as -l shows them, it fits; begin and end always',
    example: `tstrace --probe-filter 'sched_(switch|wakeup)$' -c 'sleep 0.1' -e 'tracepoint:sched:* { @[probe] = count(); }'`,
  },
  {
    name: 'traceable-functions',
    type: 'string',
    argument: 'FILE',
    completes: { kind: 'file' },
    group: 'What is traced',
    doc: 'functions that can be traced, a line each: NAME or NAME [MODULE]; instead of what the kernel says',
    example: `tstrace --traceable-functions functions.txt -l 'kprobe:vfs_*'`,
  },
  {
    name: 'no-feature',
    type: 'string',
    argument: 'NAME,…',
    completes: listOf(withheldNames),
    group: 'What is traced',
    doc: `do without features of the kernel: ${withheldNames.join(', ')}`,
    example: `tstrace --no-feature uprobe_multi --dry-run -e 'uprobe:libc:mal* { @[func] = count(); }'`,
  },
  {
    name: 'unsafe',
    type: 'boolean',
    group: 'What is traced',
    doc: 'allow what can change the system',
    details:
      'The functions system, signal, signal_thread, override and write_user want it, and so do probes at addresses that nothing is known of.',
    example: `tstrace --unsafe -e 'begin { system("uname -r"); exit(); }'`,
  },
  {
    name: 'usdt-file-activation',
    type: 'boolean',
    group: 'What is traced',
    doc: 'no effect: USDT semaphores are raised by the kernel, in processes to come as well',
    example: `tstrace --usdt-file-activation -e 'begin { exit(); }'`,
  },
  {
    name: 'output',
    alias: 'o',
    type: 'string',
    argument: 'FILE',
    completes: { kind: 'file' },
    group: 'Output',
    doc: "write the program's output to a file",
    details: 'Errors, warnings and the output of a -c command are not written there.',
    example: `tstrace -o trace.txt -e 'begin { print(1); exit(); }'`,
  },
  {
    name: 'f',
    type: 'string',
    argument: 'FORMAT',
    completes: words(formats),
    group: 'Output',
    doc: "format of the output: text (default) or json (a command's own output then goes to stderr)",
    details: 'docs/output.schema.json describes the lines of JSON.',
    example: `tstrace -f json -e 'begin { @x = (1, "a"); exit(); }'`,
  },
  {
    name: 'json-fields',
    type: 'string',
    argument: 'FIELD,…',
    completes: listOf(originFields),
    group: 'Output',
    doc: `with -f json, say of each event where it comes from: ${originFields.join(', ')}`,
    details:
      'The values are taken in the kernel when the probe fires, as the builtins of these names take them; time is nsecs as UTC, by the wall clock as it stood when tstrace started. Lines that come from no event (maps at the end, losses) have none of them. With probe, each place that a wildcard matches has a program of its own.',
    example: `tstrace -f json --json-fields time,cpu,pid,probe -e 'begin { printf("hi\\n"); exit(); }'`,
  },
  {
    name: 'B',
    type: 'string',
    argument: 'MODE',
    completes: words(bufferings),
    group: 'Output',
    doc: 'buffering of the output: line (default), full or none',
    example: `tstrace -B full -e 'begin { printf("late\\n"); exit(); }'`,
  },
  {
    name: 'quiet',
    alias: 'q',
    type: 'boolean',
    group: 'Output',
    doc: 'only what the program prints, and errors',
    example: `tstrace -q -e 'begin { printf("hi\\n"); exit(); }'`,
  },
  {
    name: 'verbose',
    alias: 'v',
    type: 'boolean',
    group: 'Output',
    doc: "say more; the whole of the verifier's log",
    example: `tstrace -v -l 'tracepoint:sched:sched_switch'`,
  },
  {
    name: 'stats',
    type: 'boolean',
    group: 'Output',
    doc: "tell at the end what became of each probe's firings",
    details:
      'A table on stderr, or a line of JSON. A probe fired when what it is on happened; its program ran, or the kernel missed it (recursion, no room for a return probe, throttled clocks). Of the events that it sent, each was delivered, dropped behind an exit(), or lost for want of room in the ring. ? stands for what this kernel does not count. Counting runs costs every program of the machine some 20 ns a run.',
    example: `tstrace --stats -e 'tracepoint:sched:sched_switch { @ = count(); } interval:ms:100 { exit(); }'`,
  },
  {
    name: 'warnings',
    alias: 'k',
    type: 'boolean',
    group: 'Output',
    doc: 'tell of failed reads and of missing keys, at their places',
    example: `tstrace -k -e 'begin { print(@x[1]); @x[2] = 1; exit(); }'`,
  },
  {
    name: 'no-warnings',
    type: 'boolean',
    group: 'Output',
    doc: 'no warnings',
    details:
      'Neither those of compiling nor those of running; warnf is muted too, losses are told all the same.',
    example: `tstrace --no-warnings -e 'begin { warnf("unseen"); exit(); }'`,
  },
  {
    name: 'I',
    type: 'strings',
    argument: 'DIR',
    completes: { kind: 'folder' },
    group: 'C and debug information',
    doc: 'look for headers of C here, too',
    example: `tstrace -I headers --include shapes.h -e 'begin { print(sizeof(struct shape)); exit(); }'`,
  },
  {
    name: 'include',
    type: 'strings',
    argument: 'FILE',
    completes: { kind: 'file' },
    group: 'C and debug information',
    doc: 'include a header before the script',
    example: `tstrace --include headers/shapes.h -e 'begin { print(sizeof(struct shape)); exit(); }'`,
  },
  {
    name: 'debuginfo',
    type: 'string',
    argument: 'DIR:…',
    completes: { kind: 'folders' },
    group: 'C and debug information',
    doc: 'where separate debug files lie (:.debug:/usr/lib/debug); + before a folder: their checksums must be right',
    example: `tstrace --debuginfo :.debug:+/usr/lib/debug -e 'begin { exit(); }'`,
  },
  {
    name: 'debug',
    alias: 'd',
    type: 'string',
    argument: 'STAGE,…',
    completes: listOf([...stages, 'all']),
    group: 'Looking inside',
    doc: `show what a stage made: ${stages.join(', ')}, all`,
    example: `tstrace -d ast,codegen -e 'begin { @x = 1 << 10; }'`,
  },
  {
    name: 'emit-elf',
    type: 'string',
    argument: 'FILE',
    completes: { kind: 'file' },
    group: 'Looking inside',
    doc: 'write the BPF object',
    example: `tstrace --emit-elf script.o --mode codegen -e 'begin { @x = 1; }'`,
  },
  {
    name: 'emit-llvm',
    type: 'string',
    argument: 'FILE',
    completes: { kind: 'file' },
    group: 'Looking inside',
    doc: 'write FILE.original.ll and FILE.optimized.ll',
    example: `tstrace --emit-llvm script --mode codegen -e 'begin { @x = 1; }'`,
  },
  {
    name: 'explain',
    type: 'string',
    argument: 'CODE',
    completes: words(diagnosticCodes),
    group: 'About',
    doc: 'say what the code of a message means, and what to do',
    example: 'tstrace --explain unknown-probe',
  },
  {
    name: 'info',
    type: 'boolean',
    group: 'About',
    doc: 'say what this machine has of what scripts may need',
    example: 'tstrace --info',
  },
  {
    name: 'completion',
    type: 'string',
    argument: 'SHELL',
    completes: words(shells),
    group: 'About',
    doc: `print what completes command lines in a shell: ${shells.join(', ')}`,
    details:
      'For bash and zsh: source <(tstrace --completion bash); for fish: tstrace --completion fish | source.',
    example: 'tstrace --completion bash',
  },
  {
    name: 'version',
    alias: 'V',
    type: 'boolean',
    group: 'About',
    doc: 'print the version',
    example: 'tstrace -V',
  },
  { name: 'help', alias: 'h', type: 'boolean', group: 'About', doc: 'print this', example: 'tstrace -h' },
] as const satisfies readonly Flag[];
