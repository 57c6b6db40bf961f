/** What the verifier's commonest complaints mean, in plain words. Their texts are those of kernel/bpf/verifier.c, 5.10 to now. */

interface Complaint {
  readonly pattern: RegExp;
  readonly explain: (match: RegExpExecArray) => string;
  /** The same in C that the script imports, where it is not we who wrote it. */
  readonly inC?: string;
}

/** Kernel releases that brought helpers which a script may use and an older kernel lack. */
const helperSince: Readonly<Record<string, string>> = {
  get_ns_current_pid_tgid: '5.7',
  ktime_get_boot_ns: '5.8',
  ringbuf_output: '5.8',
  ringbuf_reserve: '5.8',
  ringbuf_query: '5.8',
  get_current_task_btf: '5.11',
  ktime_get_coarse_ns: '5.11',
  for_each_map_elem: '5.13',
  snprintf: '5.13',
  get_func_ip: '5.15',
  get_attach_cookie: '5.15',
  find_vma: '5.17',
  loop: '5.17',
  strncmp: '5.17',
  get_func_arg: '5.17',
  get_func_ret: '5.17',
  map_lookup_percpu_elem: '5.19',
  ktime_get_tai_ns: '6.1',
};

const complaints: readonly Complaint[] = [
  {
    pattern: /^invalid func unknown#(\d+)/,
    explain: ([, id = '']) =>
      `This kernel has no helper number ${id}: the script uses something that a newer kernel offers.`,
  },
  {
    pattern: /^(?:unknown func|program of this type cannot use helper) (?:bpf_)?(\w+)#(\d+)/,
    explain: ([, name = '']) => {
      const since = helperSince[name];
      const when = since === undefined ? '' : ` (the helper exists since Linux ${since})`;
      return `Probes of this kind may not call the helper bpf_${name} on this kernel${when}. Use another kind of probe, or leave out the builtin that needs it.`;
    },
  },
  {
    pattern: /^calling kernel function (\w+) is not allowed/,
    explain: ([, name = '']) =>
      `Probes of this kind may not call the kernel's function ${name} on this kernel. fentry, fexit and iter may; others on newer kernels only.`,
  },
  {
    pattern: /^cannot call GPL-restricted function/,
    explain: () =>
      'The program has no GPL-compatible licence, which is a fault of tstrace: please report it.',
  },
  {
    pattern: /^(?:BPF program is too large\. Processed (\d+) insn|The sequence of \d+ jumps is too complex)/,
    explain: () =>
      'The program has too many paths to be checked in a million steps. Split the probe into several, make unroll counts smaller, or write for instead of while: the body of a for loop is checked once, whatever its rounds.',
  },
  {
    pattern:
      /^combined stack size of \d+ calls is (\d+)\. Too large|^invalid (?:write to|read from) stack .*off=-(\d+)|stack depth (\d+) exceeds/,
    explain: (match) => {
      const bytes = match.slice(1).find((group) => group !== undefined);
      return `BPF programs have 512 bytes of stack, and this one wants ${bytes ?? 'more'}. Lower on_stack_limit, so that more values live in the scratch map.`;
    },
  },
  {
    pattern:
      /^(R\d+) (?:invalid mem access|pointer arithmetic on) '?(\w+_or_null)'?|^(R\d+) pointer arithmetic on (\w+_or_null) prohibited/,
    explain: () =>
      'A pointer that may be NULL is used without a check, which is a fault of tstrace: please report it with the log (-v).',
    inC: 'What a helper returns may be NULL: compare it with 0 before you use it.',
  },
  {
    pattern: /^(R\d+) invalid mem access '(scalar|inv|untrusted_ptr_|trusted_ptr_\w*)'/,
    explain: () =>
      'An address that the verifier does not know is read directly instead of by probe_read, which is a fault of tstrace: please report it with the log (-v).',
    inC: 'Only memory that the verifier knows can be read like that. Of a variable pass &$x itself, not an address that was kept; memory of the kernel and of processes is read by bpf_probe_read_kernel (helper 113) and bpf_probe_read_user (112).',
  },
  {
    pattern: /uses reserved fields|^unknown opcode|^invalid BPF_LDIMM64 insn/,
    explain: () =>
      'The program has instructions that this kernel does not know: it was compiled for a newer one, which is a fault of tstrace. Please report it.',
  },
  {
    pattern: /^back-edge from insn \d+ to \d+|^infinite loop detected/,
    explain: () =>
      'A loop has no bound that the verifier can see: it must find the condition false after some rounds. A for loop needs no bound: write for instead of while.',
  },
  {
    pattern:
      /^invalid bpf_context access off=(\d+) size=(\d+)|^func '(\w+)' (?:doesn't have|has no) \d+-?t?h? ?argument/,
    explain: () =>
      'The program reads a part of its context that this probe does not have: an argument or a field beyond the last.',
  },
  {
    pattern:
      /^(?:attach_btf_id \d+ is invalid|Attach to unsupported member|func .* is not supported)|^can't attach to|is not attachable|^Trampoline is not supported/,
    explain: () =>
      'The kernel has this function, but does not let programs attach to it by fentry or fexit. A kprobe may do.',
  },
];

/** The explanation of the last line that we know something about. `isC`: what the verifier refused stands in C that the script imports. */
export function explainComplaint(lines: readonly string[], isC: boolean): string | undefined {
  for (let index = lines.length - 1; index >= 0; index--) {
    for (const { pattern, explain, inC } of complaints) {
      const match = pattern.exec(lines[index] ?? '');
      if (match) return isC && inC !== undefined ? inC : explain(match);
    }
  }
  return undefined;
}
