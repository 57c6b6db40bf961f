/** What is true of the running machine, as sema and the probes ask it. Nothing is read before it is asked for, and nothing twice. */

import { existsSync } from 'node:fs';

import type { Machine } from '../plan/machine.ts';
import type { ProgramType, RunMode } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { BpfFunction, KernelFunction } from '../probes/define.ts';
import type { CompileC, Facts, ReadC } from '../sema/facts.ts';
import type { Field, FieldsOf } from '../types/field.ts';
import type { BtfFacts } from './btf/facts.ts';
import { btfFacts } from './btf/facts.ts';
import type { BtfSource } from './btf/read.ts';
import { liveBtf } from './btf/read.ts';
import { nothingCompiled } from './bpf-c/compile-c.ts';
import { cgroupId } from './cgroups.ts';
import { demangle } from './demangle.ts';
import type { DebugFolder } from './elf/debug-files.ts';
import { usualDebugFolders } from './elf/debug-files.ts';
import type { ExecutablesOptions } from './executables.ts';
import { executables, executablesMatching } from './executables.ts';
import { mappedExecutables } from './mapped-executables.ts';
import { once } from './once.ts';
import type { Kallsyms } from './proc/kallsyms.ts';
import { readKallsyms } from './proc/read.ts';
import { listEvents, readFormat, readTraceableFunctions } from './tracefs/events.ts';
import type { TracepointFormat } from './tracefs/format.ts';
import { formatFields } from './tracefs/format.ts';
import { locateTracefs } from './tracefs/locate.ts';
import { traceability } from './traceability.ts';

export interface LiveFactsOptions {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly unsafe: boolean;
  /** The environment's PATH. */
  readonly searchPath: string;
  /** Where debug files of programs lie (--debuginfo). */
  readonly debugFolders?: readonly DebugFolder[];
  /** Only probes whose names it fits are used (--probe-filter). */
  readonly probeFilter?: RegExp;
  readonly mode?: RunMode;
  /** Instead of those that the kernel names (--traceable-functions). */
  readonly traceableFunctions?: () => readonly KernelFunction[];
  /** A BTF file to use instead of the kernel's (TSTRACE_BTF). */
  readonly btfFile?: string;
  /** Gives a file's bytes in place, if it can (ffi/map-file.ts). */
  readonly mapFile?: (path: string) => Buffer | undefined;
  /** What is known of the BPF programs that run. */
  readonly bpfFunctions?: () => readonly BpfFunction[];
  /** The kernel's symbols, shared with those who print addresses; read on first use. */
  readonly kallsyms?: () => Kallsyms;
  /** Tells machine instructions apart (executables.ts). */
  readonly instructionLength?: NonNullable<ExecutablesOptions['instructionLength']>;
  /** Whoever reads the C part of a script, given what BTF knows; without one, nothing of it is known. */
  readonly cReader?: (kernel: KernelTypes) => ReadC;
  /** Whoever compiles C for BPF. */
  readonly compileC?: CompileC;
  /** Whoever asks the kernel what programs may call, by the functions' ids in its BTF. */
  readonly mayCall?: (call: {
    readonly btfId: number;
    readonly program: ProgramType;
    readonly traceable: number | undefined;
  }) => boolean;
}

/** Types of the running kernel. */
export interface KernelTypes extends Pick<BtfFacts, 'struct' | 'typedef'> {
  readonly hasBtf: () => boolean;
  readonly fieldsOf: FieldsOf;
}

/** Facts about this machine. What the kernel refuses or lacks reads as absent, never as an exception. */
export function liveFacts(options: LiveFactsOptions): Facts {
  const { machine, settings, unsafe } = options;
  const btf = liveBtf({
    ...(options.btfFile !== undefined && { file: options.btfFile }),
    ...(options.mapFile && { map: options.mapFile }),
  });
  const types = btfFacts(btf);
  const kallsyms = options.kallsyms ?? once(readKallsyms);
  const tracefs = once(locateTracefs);
  const formatOf = formatReader(tracefs);
  const programs = executables({ debugFolders: usualDebugFolders, ...options });
  const hasKprobes = once(() => kernelHasKprobes(tracefs()));
  return {
    ...types,
    machine,
    settings,
    unsafe,
    get hasBtf() {
      return btf.kernel().ok;
    },
    get hasKprobes() {
      return hasKprobes();
    },
    ...(options.probeFilter && { probeFilter: options.probeFilter }),
    ...traceability(options.traceableFunctions, () => traceableFunctions(tracefs(), kallsyms)),
    ...(options.mode && { mode: options.mode }),
    kernelSymbol: (name, module) => kallsyms().named(name, module),
    tracepoints: once(() => listEvents(tracefs() ?? '')),
    tracepoint: (category, event) => tracepointNamed(formatOf(category, event), category, event),
    bpfFunctions: once(() => options.bpfFunctions?.() ?? []),
    executable: programs.find,
    executablesMatching: (pattern) => executablesMatching(pattern, machine, options.searchPath),
    mappedExecutables: once(() => mappedExecutables(machine.targetPid)),
    demangle,
    cgroupId,
    mayCall: callAsker(options, types),
    readC: options.cReader?.(kernelTypes(btf, types)) ?? (() => ({ value: undefined, diagnostics: [] })),
    compileC: options.compileC ?? (() => ({ value: nothingCompiled, diagnostics: [] })),
    externalFunction: () => undefined,
    externalNames: () => [],
    externalCode: nothingCompiled,
    hiddenBy: () => undefined,
    constant: () => undefined,
    isMacro: () => false,
    fieldsOf: (struct) =>
      types.fieldsOf(struct) ??
      programs.fieldsOf(struct) ??
      tracepointFields(struct.id, formatOf, types, settings),
  };
}

/** Any function will do that every kernel has and lets be traced. */
const traceableEverywhere = 'vfs_read';

/** Answers are kept: each costs the load of a program. Ids of another BTF than the kernel's own mean nothing to it. */
function callAsker({ mayCall, btfFile }: LiveFactsOptions, types: BtfFacts): Facts['mayCall'] {
  const known = new Map<string, boolean>();
  const idOf = (name: string): number | undefined =>
    types.functionPrototypes(name).find(({ module }) => module === undefined)?.btfId;
  const ask = (name: string, program: ProgramType): boolean => {
    const btfId = idOf(name);
    if (btfId === undefined || btfFile !== undefined) return false;
    return mayCall?.({ btfId, program, traceable: idOf(traceableEverywhere) }) ?? false;
  };
  return (name, program) => {
    const key = `${program} ${name}`;
    const answer = known.get(key) ?? ask(name, program);
    known.set(key, answer);
    return answer;
  };
}

const kernelTypes = (btf: BtfSource, types: BtfFacts): KernelTypes => ({
  struct: (keyword, name) => types.struct(keyword, name),
  typedef: (name) => types.typedef(name),
  hasBtf: () => btf.kernel().ok,
  fieldsOf: (struct) => types.fieldsOf(struct) ?? [],
});

/** The kernel names the kinds of perf events that it has; kprobes are one since 4.17, and tracefs has had a file for them before. */
function kernelHasKprobes(tracefs: string | undefined): boolean {
  return existsSync('/sys/bus/event_source/devices/kprobe') || existsSync(`${tracefs ?? ''}/kprobe_events`);
}

function traceableFunctions(
  tracefs: string | undefined,
  kallsyms: () => Kallsyms,
): ReturnType<Facts['traceableFunctions']> {
  const functions = tracefs === undefined ? undefined : readTraceableFunctions(tracefs);
  return functions === undefined
    ? { functions: kallsyms().functions(), exact: false }
    : { functions, exact: true };
}

type FormatReader = (category: string, event: string) => TracepointFormat | 'denied' | undefined;

/** Without tracefs no tracepoint can be looked at, which is not to say that there is none. */
function formatReader(tracefs: () => string | undefined): FormatReader {
  const known = new Map<string, ReturnType<FormatReader>>();
  return (category, event) => {
    const key = `${category}:${event}`;
    const folder = tracefs();
    if (folder === undefined) return 'denied';
    if (!known.has(key)) known.set(key, readFormat(folder, category, event));
    return known.get(key);
  };
}

const tracepointArguments = 'tracepoint';

function tracepointNamed(
  format: ReturnType<FormatReader>,
  category: string,
  event: string,
): ReturnType<Facts['tracepoint']> {
  if (format === undefined || format === 'denied') return format;
  const id = `${tracepointArguments}:${category}:${event}`;
  const name = `tracepoint_${category}_${event}`;
  return { id: format.id, args: { kind: 'struct', keyword: 'struct', name, bytes: format.bytes, id } };
}

/** Fields of a tracepoint's pseudo struct; none for structs that nobody here has made. */
function tracepointFields(
  structId: string,
  formatOf: FormatReader,
  types: BtfFacts,
  settings: Settings,
): readonly Field[] {
  const [kind, category = '', event = ''] = structId.split(':');
  const format = kind === tracepointArguments ? formatOf(category, event) : undefined;
  if (format === undefined || format === 'denied') return [];
  return formatFields(format, {
    space: category === 'syscalls' ? 'user' : 'kernel',
    stringCapacity: settings.maxStrlen,
    lookup: (keyword, name) =>
      keyword === 'struct' || keyword === 'union' ? types.struct(keyword, name) : types[keyword](name),
  });
}
