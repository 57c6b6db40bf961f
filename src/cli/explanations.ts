/**
 * What each code of a diagnostic means and what to do about it: `tstrace --explain CODE` and docs/errors.md say this. A test compiles
 * every example: `wrong` gets the code, `right` is the same script mended.
 */

import type { DiagnosticCode } from '../base/diagnostic.ts';

export interface Explanation {
  /** What it means, then the remedy. */
  readonly text: string;
  /** A script that gets it. Absent where the machine or the command line is to blame. */
  readonly wrong?: string;
  readonly right?: string;
}

export const explanations: Readonly<Record<DiagnosticCode, Explanation>> = {
  // Syntax
  'bad-escape': {
    text: 'A backslash in a string begins an escape: \\n, \\t, \\r, \\", \\\\, an octal number (\\101) or a hexadecimal one (\\x41). Another character behind it means nothing. For a backslash itself write two.',
    wrong: 'begin { printf("100\\%"); }',
    right: 'begin { printf("100%%"); }',
  },
  'bad-import': {
    text: 'What is imported is a script (.bt), a header of C (.h), C that becomes functions of BPF (.bpf.c), or a folder with some of these. Paths are relative to the script that imports. A file counts once, whatever the path to it.',
    wrong: 'import "no-such-file.bt";\nbegin { exit(); }',
    right: 'begin { exit(); }',
  },
  'bad-number': {
    text: 'Numbers are whole: decimal, octal (010), hexadecimal (0x10), with an exponent (5e3), with _ between digits, and with a unit of time (5ms). The largest is 18446744073709551615.',
    wrong: 'begin { @x = 1.5; }',
    right: 'begin { @x = 3 / 2; }',
  },
  'duplicate-config': {
    text: 'A script has one config block. Put all settings into it.',
    wrong: 'config = { max_strlen = 64; } config = { missing_probes = warn; } begin { }',
  },
  'duplicate-field': {
    text: 'The fields of a record are told apart by their names: each has its own.',
    wrong: 'begin { @x = (a=1, a=2); }',
    right: 'begin { @x = (1, 2); }',
  },
  'misplaced-section': {
    text: 'A script begins with its C definitions; the config block and imports follow; then come macros, functions, maps and probes in any order.',
    wrong: 'begin { @x = LIMIT; } \n#define LIMIT 10',
    right: 'begin { @x = 10; }',
  },
  'missing-attach-point': {
    text: 'A block of statements stands behind the place where it runs: a probe. begin and end run when tracing starts and stops.',
    wrong: '{ printf("hello\\n"); }',
    right: 'begin { printf("hello\\n"); }',
  },
  'misplaced-jump': {
    text: 'break leaves the innermost loop and continue goes on with its next round: for, while or unroll. return ends the probe, wherever it stands.',
    wrong: 'begin { if (pid == 1) { break; } }',
    right: 'begin { if (pid == 1) { return; } }',
  },
  'missing-block': {
    text: 'Braces with statements are missing: after a probe, its predicate, an if, an else or a loop.',
    wrong: 'kprobe:vfs_read',
    right: 'kprobe:vfs_read { @ = count(); }',
  },
  'missing-else': {
    text: 'An if whose value is used must have one in any case, so it needs an else.',
    wrong: 'begin { @x = if (pid == 1) { 1 }; }',
    right: 'begin { @x = pid == 1 ? 1 : 0; }',
  },
  'missing-expression': {
    text: 'A value is missing: after an operator, between parentheses, on the right of an assignment. A block that stands for a value ends in an expression without a semicolon.',
    wrong: 'begin { @x = 1 + ; }',
    right: 'begin { @x = 1 + 2; }',
  },
  'missing-semicolon': {
    text: 'Statements are separated by semicolons. Behind the last one of a block it may be left out.',
    wrong: 'begin { @x = 1 @y = 2; }',
    right: 'begin { @x = 1; @y = 2; }',
  },
  'newline-in-string': {
    text: 'A string ends on the line where it begins. For a line break within write \\n.',
    wrong: 'begin { printf("hello\nworld"); }',
    right: 'begin { printf("hello\\nworld"); }',
  },
  'no-address': {
    text: 'The operator & gives the address of a variable, or a map as a whole. Other values have none, nor do values in maps: assign one to a variable first.',
    wrong: 'begin { print(*&1); }',
    right: 'begin { $x = 1; print(*&$x); }',
  },
  'not-assignable': {
    text: 'Only variables ($x) and maps (@x, @x[key]) can be assigned to. Fields and elements of tuples are read only: build a new tuple instead.',
    wrong: 'begin { $t = (1, 2); $t.0 = 5; }',
    right: 'begin { $t = (1, 2); $t = (5, $t.1); }',
  },
  'not-iterable': {
    text: 'A for loop goes over a range of numbers (for $i : 0..10) or over the entries of a map (for $kv : @map).',
    wrong: 'begin { for $i : 10 { @x++; } }',
    right: 'begin { unroll (10) { @x++; } }',
  },
  'too-deeply-nested': {
    text: 'Parentheses, operators or blocks lie within one another deeper than the compiler descends. Split the expression with the help of variables.',
  },
  'unclosed-block': {
    text: 'The end of the script came before the brace (or > for a block that began with <) that closes a block. The message points at the opening one too.',
    wrong: 'begin { if (pid) { exit(); }',
    right: 'begin { if (pid) { exit(); } }',
  },
  'unclosed-predicate': {
    text: 'A predicate stands between two slashes, the second one right before the block.',
    wrong: 'kprobe:vfs_read /pid == 1 { @ = count(); }',
    right: 'kprobe:vfs_read /pid == 1/ { @ = count(); }',
  },
  'unexpected-character': {
    text: 'This character means nothing here. Often it came with a copied text: typographic quotes, a non-breaking space.',
    wrong: 'begin { printf(“hello”); }',
    right: 'begin { printf("hello"); }',
  },
  'unexpected-token': {
    text: 'Something else was expected at this place; the message says what.',
    wrong: 'begin { else { exit(); } }',
    right: 'begin { if (pid) { } else { exit(); } }',
  },
  'unsafe-import': {
    text: 'Whoever can write to a file that is imported can make you run what he likes, as root: files and folders that everybody can write to are not imported (chmod o-w), nor are files in such a folder, unless it is sticky. Within a folder that is imported, such files are left out with a warning.',
  },
  'unsupported-c': {
    text: 'C that is imported to be compiled for BPF (.bpf.c) may hold functions, variables, constants, and maps as libbpf defines them (SEC(".maps")). Programs (SEC("kprobe/…")) are the script\'s: write a probe that calls a function. Functions, variables and settings of the kernel (__ksym, __kconfig) are not to be had, nor maps of maps. A licence must be one that goes with the GPL.',
  },
  'unterminated-comment': {
    text: 'A comment that begins with /* ends with */; they do not nest.',
    wrong: 'begin { exit(); } /* the end',
    right: 'begin { exit(); } /* the end */',
  },
  'unterminated-string': {
    text: 'A string has a quote on both sides, both on one line. A quote inside is written \\".',
    wrong: 'begin { printf("hello); }',
    right: 'begin { printf("hello"); }',
  },
  // Names
  'bad-signature': {
    text: 'What a function of the script takes and returns travels in registers of BPF: at most five values, each an integer, a bool, an enum or a pointer. Larger values go through a map.',
    wrong: 'fn f($s: string[16]): void { print($s); } begin { f("a"); }',
    right: 'fn f($n: int64): void { print($n); } begin { f(1); }',
  },
  'declared-twice': {
    text: 'Two functions, or two maps, are declared under one name. Remove one of them, or give it another name.',
    wrong: 'let @a = hash(1); let @a = hash(2); begin { @a[1] = 1; }',
    right: 'let @a = hash(2); begin { @a[1] = 1; }',
  },
  'incompatible-map-kind': {
    text: 'Aggregations keep a value on each CPU, in a percpuhash or percpulruhash. All other values have one place for all CPUs, in a hash or lruhash. The lru kinds drop the keys that were not used for longest when they are full.',
    wrong: 'let @n = hash(10); kprobe:vfs_read { @n[comm] = count(); }',
    right: 'let @n = percpuhash(10); kprobe:vfs_read { @n[comm] = count(); }',
  },
  'map-key-mismatch': {
    text: 'A map is used with keys everywhere or nowhere, and its keys have as many parts everywhere. The message shows the place that is different.',
    wrong: 'begin { @x = 1; @x[pid] = 2; }',
    right: 'begin { @total = 1; @x[pid] = 2; }',
  },
  'reserved-name': {
    text: 'A parameter of a macro that is a bare word would hide the builtin of the same name, and so would a function of C that is imported. Give it another name.',
    wrong: 'macro twice(pid) { pid * 2 } begin { print(twice(1)); }',
    right: 'macro twice(number) { number * 2 } begin { print(twice(1)); }',
  },
  'missing-return': {
    text: 'A function that returns a value must do so on every way through it. One that has nothing to return is declared as void.',
    wrong: 'fn f($a: int64): int64 { if ($a > 0) { return 1; } } begin { print(f(1)); }',
    right: 'fn f($a: int64): int64 { if ($a > 0) { return 1; } return 0; } begin { print(f(1)); }',
  },
  'recursive-function': {
    text: 'A function calls itself, perhaps through others. BPF has no recursion: its stack is small, and the kernel wants to see that a program ends. Use a loop.',
    wrong: 'fn f($n: int64): int64 { return f($n - 1); } begin { print(f(3)); }',
    right: 'begin { $n = 3; for $i : 0..3 { $n -= 1; } print($n); }',
  },
  'shadowed-variable': {
    text: 'A variable can be declared once in a block and the blocks within it. Choose another name, or assign without let.',
    wrong: 'begin { let $x = 1; if (pid) { let $x = 2; } }',
    right: 'begin { let $x = 1; if (pid) { $x = 2; } }',
  },
  'undefined-variable': {
    text: 'A variable is used where nothing was assigned to it before, or outside of the block in which it was first assigned. Declare it further out.',
    wrong: 'begin { if (pid) { $x = 1; } print($x); }',
    right: 'begin { let $x = 0; if (pid) { $x = 1; } print($x); }',
  },
  'unhygienic-macro': {
    text: 'A macro can be used from anywhere, so its body may touch only what it is given and what it makes itself. Maps and variables of the script are passed to it as arguments.',
    wrong: 'macro note(v) { @last = v; } begin { @last = 0; note(1); }',
    right: 'macro note(@m, v) { @m = v; } begin { @last = 0; note(@last, 1); }',
  },
  'unknown-field': {
    text: 'The struct has no field of this name on this kernel: fields come, go and are renamed between versions. tstrace -lv "struct NAME" shows what it has.',
    wrong: 'begin { print(curtask->no_such_field); }',
    right: 'begin { print(curtask->pid); }',
  },
  'unknown-function': {
    text: 'There is no function of this name; the hint has the nearest ones.',
    wrong: 'begin { pritnf("hello\\n"); }',
    right: 'begin { printf("hello\\n"); }',
  },
  'unknown-identifier': {
    text: 'A bare word is a builtin (pid, comm), or a constant that the kernel or the script defines. Variables are written $x, maps @x, text in quotes.',
    wrong: 'kprobe:vfs_read /comm == bash/ { @ = count(); }',
    right: 'kprobe:vfs_read /comm == "bash"/ { @ = count(); }',
  },
  'unknown-map': {
    text: 'The script reads this map but never stores anything in it, so nothing tells what it holds. Often the name is misspelt.',
    wrong: 'kprobe:vfs_read { @start = nsecs; } kretprobe:vfs_read { print(@strat); }',
    right: 'kprobe:vfs_read { @start = nsecs; } kretprobe:vfs_read { print(@start); }',
  },
  'unknown-map-kind': {
    text: 'A declared map is a hash, lruhash, percpuhash or percpulruhash. A map that is not declared gets the kind that fits what is stored in it.',
    wrong: 'let @a = table(10); begin { @a[1] = 1; }',
    right: 'let @a = hash(10); begin { @a[1] = 1; }',
  },
  'unknown-parameter': {
    text: 'The script uses a positional parameter ($1) that was not given on the command line. It counts as 0, or as empty text. Parameters follow the script: tstrace script.bt first second.',
    wrong: 'kprobe:vfs_read /pid == $1/ { @ = count(); }',
  },
  'unknown-type': {
    text: 'There is no type of this name. Numbers are int8 to int64 and uint8 to uint64; types of the kernel are written with struct, union or enum.',
    wrong: 'begin { @x = (integer)1; }',
    right: 'begin { @x = (int32)1; }',
  },
  'unused-map': {
    text: 'A map is declared, and nothing in the script uses it. Remove the declaration, or look for a misspelt name.',
    wrong: 'let @a = hash(10); begin { @b[1] = 1; }',
    right: 'let @a = hash(10); begin { @a[1] = 1; }',
  },
  'unused-result': {
    text: 'A statement computes a value that nothing is done with. If that is meant, say so: _ = …;',
    wrong: 'begin { pid + 1; }',
    right: 'begin { _ = pid + 1; }',
  },
  'unused-variable': {
    text: 'A variable is declared but never assigned or never read, or read before anything is assigned to it: it is 0 then.',
    wrong: 'begin { let $x; print($x); }',
    right: 'begin { let $x = 1; print($x); }',
  },
  // Calls
  'bad-argument': {
    text: 'An argument has the right type, but a value that the function does not take. The message says what it takes.',
    wrong: 'kprobe:vfs_read { @ = lhist(arg2, 100, 0, 10); }',
    right: 'kprobe:vfs_read { @ = lhist(arg2, 0, 100, 10); }',
  },
  'bad-format': {
    text: 'A format string and its arguments do not go together: too few, too many, a conversion that does not exist, or one that can not show such a value. %d shows numbers, %s shows anything.',
    wrong: 'begin { printf("%d\\n", comm); }',
    right: 'begin { printf("%s\\n", comm); }',
  },
  'debug-output': {
    text: 'debugf() writes to the trace pipe of the kernel, which all users of the machine share, not to the output of the script. Use printf() in scripts that stay.',
    wrong: 'begin { debugf("here"); }',
    right: 'begin { printf("here"); }',
  },
  'failed-assertion': {
    text: 'The script itself says that it must not be compiled so: a fail() was reached, or what static_assert() is given is false. The message is the script’s own. if comptime (…) leaves branches out.',
    wrong: 'begin { static_assert(sizeof(uint32) == 8, "too small"); }',
    right: 'begin { static_assert(sizeof(uint64) == 8, "too small"); }',
  },
  'misplaced-aggregation': {
    text: 'count(), sum(), hist() and their like fill a map: they stand alone on the right of an assignment to one. What they gather lies in parts on every CPU and is put together when it is printed or read: a cast to a number takes it as it is now.',
    wrong: 'kprobe:vfs_read { $n = count(); }',
    right: 'kprobe:vfs_read { @n = count(); }',
  },
  'no-command': {
    text: 'The script asks for the process of a command, and none was started with -c: what it compares with cpid will not be there. Behind if (has_cpid) it may ask.',
    wrong: 'begin { print(cpid); }',
    right: 'begin { if (has_cpid) { print(cpid); } }',
  },
  'not-available-here': {
    text: 'A builtin or function works in some kinds of probes only; the message says in which.',
    wrong: 'interval:s:1 { print(arg0); }',
    right: 'kprobe:vfs_read { print(arg0); }',
  },
  unsafe: {
    text: 'This can change what the system does (run commands, send signals, alter results). It is allowed with the option --unsafe only.',
    wrong: 'begin { system("date"); }',
  },
  unstable: {
    text: 'The language has this form, but may still change it. Scripts that use it say that they know, by a setting: unstable_typeinfo or unstable_import_statement, which is enable, or warn to be reminded.',
    wrong: 'begin { print(typeinfo(pid).full_type); }',
    right: 'config = { unstable_typeinfo = enable; } begin { print(typeinfo(pid).full_type); }',
  },
  'wrong-argument-count': {
    text: 'A function got more or fewer arguments than it takes.',
    wrong: 'begin { print(strlen()); }',
    right: 'begin { print(strlen(comm)); }',
  },
  'wrong-argument-type': {
    text: 'An argument is of another type than the function takes.',
    wrong: 'begin { print(strlen(pid)); }',
    right: 'begin { print(strlen(comm)); }',
  },
  // Types
  'bad-c-definition': {
    text: 'The C part of the script, or a header that it includes, is not right as C: libclang tells what is wrong. Headers are looked for in the folders of -I, among those of the kernel where they are installed, and in /usr/include. A warning says that a field lies elsewhere in the running kernel than in a definition that the script has, perhaps from headers of another kernel.',
    wrong: 'struct point { int x; inr y; };\nbegin { @x = sizeof(struct point); }',
    right: 'struct point { int x; int y; };\nbegin { @x = sizeof(struct point); }',
  },
  'bad-cast': {
    text: 'A value of this type can not be made one of the other, or is of that type already.',
    wrong: 'begin { @x = (uint64)(1, 2); }',
    right: 'begin { @x = (uint64)1; }',
  },
  'bad-operand': {
    text: 'An operator got something that it is not defined for: arithmetic takes integers, and text can only be compared with == and !=.',
    wrong: 'begin { print(comm * 2); }',
    right: 'begin { print(pid * 2); }',
  },
  'division-by-zero': {
    text: 'A division or modulo by the number 0. (Where the divisor is only known when the script runs, the result is 1 and a warning tells of it.)',
    wrong: 'begin { print(5 / 0); }',
    right: 'begin { print(5 / 2); }',
  },
  'index-out-of-range': {
    text: 'An array or tuple has no such element; they are counted from 0.',
    wrong: 'begin { $t = (1, 2); print($t.2); }',
    right: 'begin { $t = (1, 2); print($t.1); }',
  },
  'literal-out-of-range': {
    text: 'A number or text does not fit into the type that the script declares.',
    wrong: 'begin { let $x: uint8 = 300; print($x); }',
    right: 'begin { let $x: uint16 = 300; print($x); }',
  },
  'not-a-pointer': {
    text: 'Only pointers and structs have fields, only pointers and arrays have elements. Cast a number to a pointer to read what lies there: ((struct file *)arg0)->f_mode.',
    wrong: 'begin { print(pid->comm); }',
    right: 'begin { print(curtask->comm); }',
  },
  'not-constant': {
    text: 'comptime takes what the compiler can compute: numbers and text, sizes and kinds of types, the type of the probe, and what is made of them. What the kernel has at run time it can not know.',
    wrong: 'begin { if comptime (pid == 1) { exit(); } }',
    right: 'begin { if (pid == 1) { exit(); } }',
  },
  'sign-change': {
    text: 'A number changes its meaning on the way: a large unsigned one turns negative, a negative one large, or digits are cut. If it is meant, say so with a cast.',
    wrong: 'begin { @x = (int64)-1; if (@x < nsecs) { exit(); } }',
    right: 'begin { @x = (int64)-1; if (@x < (int64)nsecs) { exit(); } }',
  },
  'type-mismatch': {
    text: 'Two values that belong together are of types that do not: a variable or map holds one type everywhere, both sides of a comparison and both branches of a condition have one.',
    wrong: 'begin { @x = 1; @x = "text"; }',
    right: 'begin { @x = 1; @y = "text"; }',
  },
  unreachable: {
    text: 'Nothing leads here: a return (or what never comes back) stands before it. It is left out.',
    wrong: 'begin { return; print(1); }',
    right: 'begin { print(1); return; }',
  },
  'value-too-large': {
    text: 'A value takes more bytes than it may, or a probe more of them at one time. The setting that limits it can be raised: max_strlen for text.',
    wrong: 'config = { max_strlen = 8; } begin { print("a long text"); }',
    right: 'config = { max_strlen = 16; } begin { print("a long text"); }',
  },
  // Probes
  'bad-probe-target': {
    text: 'What follows the probe type is not written as this type wants it. The hint lists the forms that it takes.',
    wrong: 'interval:s:0 { exit(); }',
    right: 'interval:s:1 { exit(); }',
  },
  'binary-not-found': {
    text: 'The program or library that a uprobe names can not be found, read, or is no ELF file.',
    wrong: 'uprobe:/bin/no_such_program:main { @ = count(); }',
  },
  'no-match': {
    text: 'Nothing that tstrace -l can see answers to the pattern. Patterns match whole names: put * where more may stand. Without privileges, tracepoints are not seen.',
  },
  'no-probes': {
    text: 'The script has no probe, or none of its probes found anything to attach to.',
    wrong: '',
    right: 'begin { printf("hello\\n"); }',
  },
  'lock-traced': {
    text: 'Helpers that programs call take spin locks. A fentry or fexit program on the functions of spin locks is so entered within itself, which the kernel leaves out and counts (missed runs), or within another program of the script that holds the very lock that it will wait for. One such program alone is safe; beside others use kprobe, whose programs do not run within one another.',
  },
  'not-traceable': {
    text: 'The kernel does not let this function be traced: it is inlined everywhere, marked notrace, one that probes themselves depend on, or not there at all. It is warned of before attaching where the list of functions that can be traced is at hand: given by --traceable-functions, or read because a probe has a wildcard. Trace a function that calls it, or that it calls.',
    wrong: 'kprobe:kprobe_dispatcher { @ = count(); }',
    right: 'kprobe:vfs_read { @ = count(); }',
  },
  'probe-not-supported': {
    text: 'This kernel lacks what this type of probe needs. The message says what it is, and the hint which other type may do.',
  },
  'target-not-found': {
    text: 'There is no such function, tracepoint or event. The hint has the nearest names; tstrace -l PATTERN lists what there is. missing_probes=warn lets a script go on without.',
    wrong: 'tracepoint:syscalls:sys_enter_opneat { @ = count(); }',
    right: 'tracepoint:syscalls:sys_enter_openat { @ = count(); }',
  },
  'program-too-large': {
    text: 'A short script can become a very long program: macros are written out at each call, the body of unroll for each round, a block for each place that needs a program of its own. Where more than 10,000 statements and expressions come to one program, or 100,000 to all of them, the kernel would hardly take it. Nor does a script become more than 400,000 instructions, whoever wrote them, nor a program more than 240 loops with for (each is a function, of which the kernel takes 256) or 500 with while. Loops with for are not written out, nor are functions (fn) for each call.',
    wrong: 'begin { unroll (100) { unroll (100) { unroll (100) { @++; } } } }',
    right: 'begin { for $i : 0..1000000 { @++; } }',
  },
  'too-many-probes': {
    text: 'Wildcards match more than the limits max_probes or max_bpf_progs allow. Narrow them, or raise the limit.',
    wrong: 'config = { max_probes = 1; } begin { } end { }',
    right: 'config = { max_probes = 2; } begin { } end { }',
  },
  'unknown-probe': {
    text: 'There is no probe type of this name.',
    wrong: 'krpobe:vfs_read { @ = count(); }',
    right: 'kprobe:vfs_read { @ = count(); }',
  },
  // Configuration
  'bad-config': {
    text: 'The config block has a key that does not exist, or a value that its key does not take. docs/reference.md and -h list the keys.',
    wrong: 'config = { max_strln = 200; } begin { exit(); }',
    right: 'config = { max_strlen = 200; } begin { exit(); }',
  },
  deprecated: {
    text: 'Something has another name now (settings), a better form (for instead of while), or no effect any more. It still works; write it the new way in scripts that stay.',
    wrong: 'config = { strlen = 200; } begin { exit(); }',
    right: 'config = { max_strlen = 200; } begin { exit(); }',
  },
  'ring-enlarged': {
    text: 'The ring buffer that perf_rb_pages asks for is smaller than the largest event of the script, so it was made larger. Events can be large by max_strlen, stacks and whole structs.',
    wrong: 'config = { perf_rb_pages = 1; max_strlen = 10000; } begin { printf("%s", str(curtask)); }',
    right: 'config = { perf_rb_pages = 16; max_strlen = 10000; } begin { printf("%s", str(curtask)); }',
  },
  'unstable-feature': {
    text: 'This part of the language may still change, or its output may. The setting that is named in the hint says what is to happen: enable, warn (the default) or error.',
    wrong: 'kprobe:vfs_read { @ = tseries(1, 1s, 10); }',
  },
  // The machine
  'clang-missing': {
    text: 'C that is imported to be compiled for BPF (.bpf.c) needs clang, of a version that is not newer than libLLVM. Install it (apt-get install clang-19), or name it by TSTRACE_CLANG. Scripts without such imports do without it.',
  },
  'libclang-missing': {
    text: 'The C part of a script (definitions, #include, #define) is read by libclang. Install it (apt-get install libclang1-19), or name its file by TSTRACE_LIBCLANG. Scripts without such a part do without it.',
  },
  'btf-missing': {
    text: 'The kernel does not describe its types (BTF), without which this can not be compiled. Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give a BTF file by TSTRACE_BTF.',
  },
  'feature-missing': {
    text: 'This kernel is too old for something that the script needs, or was built without it. The message names it and the version that brought it.',
  },
  'no-privileges': {
    text: 'Tracing needs privileges: run tstrace as root, or give it CAP_BPF and CAP_PERFMON. Compiling alone (--emit-elf, -d codegen) needs none.',
  },
  // Running
  'attach-failed': {
    text: 'The kernel refused to attach a program that it had loaded. The message says why, as far as it can be found out.',
  },
  'bad-option': {
    text: 'An option, or a file that it names, is wrong.',
  },
  'load-failed': {
    text: "The kernel's verifier refused a program, or a map could not be made. The message has the verifier's last words; -v shows its whole log.",
  },
  'output-incomplete': {
    text: 'What the script printed could not be written to the end, since the disk is full, say: tracing stopped there. What was written before is right as far as it goes.',
  },
  'runtime-warning': {
    text: 'Something went wrong while the script ran, at the place shown: a division by zero, an index out of bounds, a map that was full. The numbers that follow from it are not to be trusted.',
  },
};
