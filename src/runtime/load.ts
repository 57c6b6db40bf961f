/** A plan and its object become maps and programs in the kernel. */

import { present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Sources } from '../base/source-file.ts';
import type { Machine } from '../plan/machine.ts';
import type { MapPlan, Plan, ProgramPlan } from '../plan/plan.ts';
import type { BpfApi, Fd, KernelLog, MultiAttachType, ProgramSpec } from './bpf-api.ts';
import { callText, isOlderThan, isPrivilege, privilegeHint, resourceCause } from './causes.ts';
import { createMaps } from './create-maps.ts';
import type { Handles } from './handles.ts';
import type { ObjectProgram } from './link-program.ts';
import { withMaps } from './link-program.ts';
import type { KernelTypes, ObjectFile } from './object-file.ts';
import { parseObject } from './object-file.ts';
import { unresolvedReason } from './relocate-fields.ts';
import type { Sessions } from './sessions.ts';
import type { Attempt } from './try-load.ts';
import { tryLoad } from './try-load.ts';
import type { VerifierReport } from './verifier-log.ts';
import { placesIn, verifierReport } from './verifier-log.ts';

export interface LoadOptions {
  readonly machine: Pick<Machine, 'kernel' | 'pageBytes' | 'possibleCpus'>;
  /** Memory that is free now, for the choice of the ring's size. */
  readonly memoryBytes: number;
  /** Largest verifier log to ask for. */
  readonly logBytesMax: number;
  /** 0: a log of refused programs only. 1 or 2: of every program, with that much detail. */
  readonly logLevel: 0 | 1 | 2;
  /** Which programs are needed; the others are left alone. */
  readonly isWanted: (program: ProgramPlan) => boolean;
  /** Which programs are attached to all their places by one link. */
  readonly multiTypeOf: (program: ProgramPlan) => MultiAttachType | undefined;
  /** Which programs become one. */
  readonly sessions?: Sessions;
  /** What fields of C's structs are compared with. */
  readonly kernelTypes: KernelTypes;
  /** To find the place that an instruction comes from. */
  readonly sources: Sources;
}

export interface LoadedProgram {
  readonly plan: ProgramPlan;
  readonly fd: Fd<'program'>;
  /** What the verifier said, if logs were asked for. */
  readonly log: string;
  /** It is to be attached to all its places by one link. */
  readonly multi?: MultiAttachType;
  /** Of a session: the plan for the returns, which this program runs too. */
  readonly returns?: ProgramPlan;
}

export interface LoadedMap {
  readonly plan: MapPlan;
  readonly fd: Fd<'map'>;
  /** As created: of the ring, its size in bytes. */
  readonly entriesMax: number;
}

export interface Loaded {
  /** In the plan's order. */
  readonly programs: readonly LoadedProgram[];
  /** By symbol. */
  readonly maps: ReadonlyMap<string, LoadedMap>;
  /** What went differently than planned, though well, for -v. */
  readonly notes: readonly string[];
}

export interface LoadFailure {
  readonly diagnostic: Diagnostic;
  /** What the verifier said, where it said something. */
  readonly report?: VerifierReport;
}

/**
 * Create the maps and load the programs. `handles` owns what was made, also after a failure: the caller closes them.
 * Stops at the first refusal.
 */
export function load(
  bpf: BpfApi,
  handles: Handles,
  plan: Plan,
  object: Uint8Array,
  options: LoadOptions,
): Result<Loaded, LoadFailure> {
  const file = parseObject(object, options.kernelTypes);
  const notes: string[] = [];
  const session: Session = { bpf, handles, file, options, notes, btf: undefined, moduleBtf: new Map() };
  if (isOlderThan(options.machine, 5, 11)) raiseMemoryLimit(session);
  const btf = loadBtf(session, plan);
  if (!btf.ok) return btf;
  const withBtf: Session = { ...session, btf: btf.value };
  const maps = createMaps(withBtf, plan);
  if (!maps.ok) return failed({ diagnostic: maps.error });
  const programs: LoadedProgram[] = [];
  const wanted = plan.programs.filter(options.isWanted);
  const partners = options.sessions?.partners ?? new Map<ProgramPlan, ProgramPlan>();
  const returns = new Set(partners.values());
  for (const program of wanted.filter((candidate) => !returns.has(candidate))) {
    const loaded = loadBoth(withBtf, program, partners.get(program), maps.value);
    if (!loaded.ok) return loaded;
    programs.push(...loaded.value);
  }
  return ok({ programs, maps: maps.value, notes });
}

/** What one load works with. */
export interface Session {
  readonly bpf: BpfApi;
  readonly handles: Handles;
  readonly file: ObjectFile;
  readonly options: LoadOptions;
  readonly notes: string[];
  /** The object's BTF; undefined if it has none or the kernel didn't take it. */
  readonly btf: Fd<'btf'> | undefined;
  readonly moduleBtf: Map<string, Fd<'btf'>>;
}

function raiseMemoryLimit({ bpf, notes }: Session): void {
  const raised = bpf.raiseLockedMemoryLimit();
  if (!raised.ok)
    notes.push(
      `The limit of locked memory could not be raised (${callText(raised.error)}): large maps may fail.`,
    );
}

/** Programs do without BTF, unless they hand functions to helpers; then its refusal ends the load. */
function loadBtf(session: Session, plan: Plan): Result<Fd<'btf'> | undefined, LoadFailure> {
  const { bpf, handles, file, notes } = session;
  if (file.btf === undefined) return ok(undefined);
  const { result } = bpf.loadBtf(file.btf);
  if (result.ok) return ok(handles.own(result.value, 'btf'));
  const { log } = bpf.loadBtf(file.btf, { level: 1, bytes: btfLogBytes });
  const reason = [callText(result.error), log.text.trim().split('\n').at(-1) ?? '']
    .filter((part) => part !== '')
    .join(': ');
  const dependent = plan.programs.find((program) => file.programs.get(program.name)?.needsBtf);
  if (dependent === undefined) {
    notes.push(
      `The kernel did not take the object's type information (${reason}); the programs are loaded without it.`,
    );
    return ok(undefined);
  }
  const message = `the kernel refused the type information that ${dependent.probe} needs: ${reason}`;
  const hints = isPrivilege(result.error) ? [privilegeHint(session.options.machine)] : [];
  return failed({ diagnostic: diagnostic('error', 'load-failed', message, dependent.span, { hints }) });
}

const btfLogBytes = 64 * 1024;

type Maps = ReadonlyMap<string, LoadedMap>;

/** Both blocks of a session as one program; each by itself if there is no other, or the kernel doesn't take them together. */
function loadBoth(
  session: Session,
  plan: ProgramPlan,
  returns: ProgramPlan | undefined,
  maps: Maps,
): Result<readonly LoadedProgram[], LoadFailure> {
  const joined = returns && loadSession(session, plan, returns, maps);
  if (joined) return ok([joined]);
  const programs: LoadedProgram[] = [];
  for (const program of returns ? [plan, returns] : [plan]) {
    const loaded = loadProgram(session, program, maps);
    if (!loaded.ok) return loaded;
    programs.push(loaded.value);
  }
  return ok(programs);
}

const sessionType = 'kprobe-session';

function loadSession(
  session: Session,
  plan: ProgramPlan,
  returns: ProgramPlan,
  maps: Maps,
): LoadedProgram | undefined {
  const { file, options, notes, handles, bpf } = session;
  const { functionId } = present(options.sessions, 'sessions');
  const object = file.session(plan.name, returns.name, functionId);
  if (object === undefined) return undefined;
  const spec = { ...specOf(session, plan, object, maps), multi: sessionType } as const;
  const { result, log } = tryLoad(bpf, options, spec);
  if (result.ok) {
    const fd = handles.own(result.value, `program ${plan.name}`);
    return { plan, returns, fd, log: log.text, multi: sessionType };
  }
  const reason = log.text.trim().split('\n').at(-1) ?? '';
  notes.push(
    `${plan.probe} and ${returns.probe} are loaded apart: the kernel did not take them as a session (${callText(result.error)}: ${reason}).`,
  );
  return undefined;
}

function specOf(session: Session, plan: ProgramPlan, object: ObjectProgram, maps: Maps): ProgramSpec {
  return {
    name: plan.name,
    type: plan.type,
    license: session.file.license,
    instructions: withMaps(object, (symbol) => present(maps.get(symbol), `map ${symbol} in the plan`).fd),
    ...btfOf(session, object),
  };
}

function loadProgram(session: Session, plan: ProgramPlan, maps: Maps): Result<LoadedProgram, LoadFailure> {
  const object = present(session.file.programs.get(plan.name), `program ${plan.name} in the object`);
  const tracing = tracingOf(session, plan);
  if (!tracing.ok) return tracing;
  const multi = session.options.multiTypeOf(plan);
  const spec = { ...specOf(session, plan, object, maps), ...tracing.value, ...(multi && { multi }) };
  const attempt = tryLoad(session.bpf, session.options, spec);
  if (attempt.result.ok) return loaded(session, plan, attempt.result.value, attempt.log, multi);
  const withoutBtf = retryWithoutBtf(session, spec, object, attempt.log);
  if (withoutBtf) return loaded(session, plan, withoutBtf, { text: '' }, multi);
  return failed(refusal(session, plan, object, attempt.result.error, attempt));
}

function loaded(
  { handles }: Session,
  plan: ProgramPlan,
  fd: Fd<'program'>,
  log: KernelLog,
  multi: MultiAttachType | undefined,
): Result<LoadedProgram, never> {
  return ok({ plan, fd: handles.own(fd, `program ${plan.name}`), log: log.text, ...(multi && { multi }) });
}

function btfOf(session: Session, object: ObjectProgram): Pick<ProgramSpec, 'btf'> {
  const { functions, lines } = object;
  if (session.btf === undefined || functions === undefined) return {};
  return { btf: { fd: session.btf, functions, ...(lines && { lines }) } };
}

function tracingOf(session: Session, plan: ProgramPlan): Result<Pick<ProgramSpec, 'tracing'>, LoadFailure> {
  if (plan.tracing === undefined) return ok({});
  const { attachType, btfId, btfObject, program } = plan.tracing;
  if (program !== undefined) return tracingOfProgram(session, plan, program);
  if (btfObject === 'vmlinux') return ok({ tracing: { attachType, btfId } });
  const module = moduleBtf(session, btfObject);
  if (module.ok) return ok({ tracing: { attachType, btfId, btfObject: module.value } });
  const message = `can't load ${plan.probe}: ${module.error}`;
  return failed({ diagnostic: diagnostic('error', 'load-failed', message, plan.span) });
}

function tracingOfProgram(
  { bpf, handles }: Session,
  plan: ProgramPlan,
  id: number,
): Result<Pick<ProgramSpec, 'tracing'>, LoadFailure> {
  const { attachType, btfId } = present(plan.tracing, 'what is traced');
  const opened = bpf.openById('program', id);
  if (opened.ok) {
    const program = handles.own(opened.value, `traced program ${id}`);
    return ok({ tracing: { attachType, btfId, program } });
  }
  const gone = opened.error.name === 'ENOENT' ? 'does not run any more' : "can't be opened";
  const message = `can't load ${plan.probe}: BPF program ${id} ${gone} (${callText(opened.error)})`;
  return failed({ diagnostic: diagnostic('error', 'load-failed', message, plan.span) });
}

function moduleBtf({ bpf, handles, moduleBtf }: Session, name: string): Result<Fd<'btf'>, string> {
  const known = moduleBtf.get(name);
  if (known !== undefined) return ok(known);
  const opened = bpf.openModuleBtf(name);
  if (!opened.ok) return failed(`the types of module ${name} can't be opened: ${callText(opened.error)}`);
  if (opened.value === undefined) return failed(`module ${name} is not loaded any more, or has no BTF`);
  moduleBtf.set(name, handles.own(opened.value, `btf ${name}`));
  return ok(opened.value);
}

/** If no instruction was looked at, the type information was what displeased. Told in the notes, since it costs nothing else. */
function retryWithoutBtf(
  { bpf, notes }: Session,
  spec: ProgramSpec,
  object: ObjectProgram,
  log: KernelLog,
): Fd<'program'> | undefined {
  if (spec.btf === undefined || object.needsBtf || /^(\d+: \(|processed \d+ insns)/m.test(log.text))
    return undefined;
  const { btf: _, ...bare } = spec;
  const { result } = bpf.loadProgram(bare);
  if (!result.ok) return undefined;
  const reason = log.text.trim().split('\n').at(-1) ?? '';
  notes.push(
    `The kernel did not take the type information of ${spec.name} (${reason}); it is loaded without.`,
  );
  return result.value;
}

function refusal(
  session: Session,
  plan: ProgramPlan,
  object: ObjectProgram,
  error: SysError,
  attempt: Attempt,
): LoadFailure {
  const resource = resourceCause(error);
  if (resource) {
    const message = `can't load ${plan.probe}: ${resource.cause}`;
    return { diagnostic: diagnostic('error', 'load-failed', message, plan.span, { hints: [resource.hint] }) };
  }
  if (attempt.log.text === '') {
    return {
      diagnostic: diagnostic(
        'error',
        'load-failed',
        `the kernel refused to load ${plan.probe}: ${callText(error)}`,
        plan.span,
        { hints: hintsOf(session, plan, error) },
      ),
    };
  }
  const program = {
    name: plan.name,
    probe: plan.probe,
    span: plan.span,
    ...(object.lines && { lines: object.lines }),
  };
  const toSpan = placesIn(session.options.sources, session.file.textAt);
  const report = verifierReport(program, attempt.log, attempt.cut, toSpan);
  const unresolved = unresolvedReason(attempt.log.text, session.file.unresolved);
  if (unresolved !== undefined)
    return {
      diagnostic: diagnostic('error', 'load-failed', `can't load ${plan.probe}: ${unresolved}`, report.span, {
        hints: [existsHint],
      }),
    };
  const message = `the kernel's verifier refused ${plan.probe}: ${report.summary.join(' / ') || callText(error)}`;
  const hints = [
    report.explanation,
    cutHint(report),
    `The verifier's whole log has ${report.lines.length} lines: -v shows it.`,
  ];
  return {
    report,
    diagnostic: diagnostic('error', 'load-failed', message, report.span, {
      hints: hints.filter((hint) => hint !== undefined),
    }),
  };
}

const existsHint =
  'C that is to run on several kernels asks first: bpf_core_field_exists(), bpf_core_type_exists(), bpf_core_enum_value_exists().';

function cutHint(report: VerifierReport): string | undefined {
  if (report.cutBytes === 0) return undefined;
  const howMuch =
    report.cutBytes === undefined ? 'its end is missing' : `${report.cutBytes} bytes are missing`;
  return `The log was cut (${howMuch}): raise log_size.`;
}

function hintsOf({ options }: Session, plan: ProgramPlan, error: SysError): readonly string[] {
  if (plan.type === 'tracing' && isPrivilege(error)) {
    return [
      privilegeHint(options.machine),
      'If it has them, the kernel itself does not allow fentry and fexit programs (it may lack ftrace, or be locked down): a kprobe may do.',
    ];
  }
  if (isPrivilege(error)) return [privilegeHint(options.machine)];
  if (error.name === 'E2BIG')
    return ['The program has too many instructions: split the probe, or make unroll counts smaller.'];
  if (error.name === 'EINVAL')
    return ['Perhaps this kernel does not know programs of this type; tstrace needs Linux 5.10 or later.'];
  return error.hint === undefined ? [] : [error.hint];
}
