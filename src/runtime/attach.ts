/** Loaded programs become links: the plan's attachments, one by one. Leaves nothing in the kernel that outlives its descriptors. */

import { assertNever, present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Machine } from '../plan/machine.ts';
import type { Attachment, OwnAttachment, ProgramPlan } from '../plan/plan.ts';
import { isOwn } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { AttachError } from './attach-causes.ts';
import { attachmentName, explainAttach, isUnavailable } from './attach-causes.ts';
import type { KernelPlace, KprobeWorld, Links } from './attach-kprobe.ts';
import { attachKprobe } from './attach-kprobe.ts';
import { attachOrder } from './attach-order.ts';
import type { BpfApi, Fd, PerfEventSpec } from './bpf-api.ts';
import type { Handles } from './handles.ts';
import type { LoadedProgram } from './load.ts';
import { attachKprobes } from './multi-kprobes.ts';
import { attachUprobes, kprobesOf } from './multi.ts';

export interface AttachOptions {
  readonly machine: Pick<Machine, 'kernel'>;
  readonly missingProbes: Settings['missingProbes'];
  /** Numbers of the CPUs that are online; at least one. */
  readonly onlineCpus: readonly number[];
  /** perf_event_attr.type of the kernel's probe devices (/sys/bus/event_source/devices/NAME/type); absent where it has none. */
  readonly probeDevices: { readonly kprobe?: number; readonly uprobe?: number };
  readonly kernelFunctions: KprobeWorld['kernelFunctions'];
  /** The same of those that can be traced; undefined if the kernel doesn't tell. Takes a fifth of the time. */
  readonly traceableFunctions: (symbol: string, module?: string) => readonly KernelPlace[] | undefined;
  /** Names of the functions that may be probed: asked for where one is wrong. */
  readonly functionNames: () => readonly string[];
  /** Threads of a process: perf events count one thread each. */
  readonly threadsOf: (pid: number) => readonly number[];
}

export interface AttachedProbe {
  readonly program: ProgramPlan;
  readonly attachment: Attachment;
  /** Empty on kernels before 5.15, where perf events have no links. */
  readonly links: readonly Fd<'link'>[];
  /** Perf events behind it, if that is how it is attached. */
  readonly events: readonly Fd<'perf-event'>[];
}

export interface Attached {
  readonly probes: readonly AttachedProbe[];
  /** Warnings about probes that are left out, if settings allow that. */
  readonly diagnostics: readonly Diagnostic[];
}

/** More failures than this are counted, not told one by one. */
const failuresToldMax = 10;

/**
 * Owners of what attaching opens. Closing `links` together is quick, and nothing fires afterwards. Closing the perf events that are left
 * may take the kernel some 30 ms each (a grace period under a global lock; kernel/trace/trace_event_perf.c): `events` go last.
 */
export interface AttachHandles {
  readonly links: Handles;
  readonly events: Handles;
}

/**
 * Attach every attachment but those that run.ts runs itself. `handles` own what was opened, also after a failure.
 * A probe that can't be attached is an error, a warning or nothing, as settings.missingProbes says; that we may not attach at all
 * is always an error.
 */
export function attach(
  bpf: BpfApi,
  handles: AttachHandles,
  programs: readonly LoadedProgram[],
  options: AttachOptions,
): Result<Attached, readonly Diagnostic[]> {
  const plans = programs.flatMap(({ plan, returns }) => (returns ? [plan, returns] : [plan]));
  const numbers = new Map(plans.map((plan, index) => [plan, index]));
  const session: Session = {
    bpf,
    handles,
    options,
    numbers,
    perfLinks: { available: true },
    events: new Map(),
  };
  const probes: AttachedProbe[] = [];
  const failures: Failure[] = [];
  for (const loaded of attachOrder(programs, options.machine)) {
    for (const { program, attachment, links } of attachProgram(session, loaded)) {
      const events = session.events.get(attachment) ?? [];
      if (links.ok) probes.push({ program, attachment, links: links.value, events });
      else failures.push({ program, attachment, error: links.error });
      if (
        !links.ok &&
        (isUnavailable(links.error) || failures.length > failuresToldMax) &&
        isFatal(session, links.error)
      ) {
        return failed(tell(session, failures));
      }
    }
  }
  const told = tell(session, failures);
  if (failures.some(({ error }) => isFatal(session, error))) return failed(told);
  if (probes.length === 0 && failures.length > 0) return failed([...told, nothingAttached]);
  return ok({ probes: inScriptOrder(session, probes), diagnostics: told });
}

const nothingAttached = diagnostic('error', 'attach-failed', 'Attachment failed for all probes', undefined, {
  hints: ['missing_probes lets a script go on without some of its probes, not without all.'],
});

interface Session {
  readonly bpf: BpfApi;
  readonly handles: AttachHandles;
  readonly options: AttachOptions;
  /** Where programs stand in the script. */
  readonly numbers: ReadonlyMap<ProgramPlan, number>;
  /** Whether perf events can have links (5.15), as found out by the first try. */
  readonly perfLinks: { available: boolean };
  /** Those that were opened for each attachment. */
  readonly events: Map<Attachment, readonly Fd<'perf-event'>[]>;
}

interface Failure {
  readonly program: ProgramPlan;
  readonly attachment: Attachment;
  readonly error: AttachError;
}

function inScriptOrder<T extends Pick<Failure, 'program'>>(
  { numbers }: Session,
  entries: readonly T[],
): readonly T[] {
  const numberOf = ({ program }: T): number => numbers.get(program) ?? 0;
  return entries.toSorted((a, b) => numberOf(a) - numberOf(b));
}

function isFatal({ options }: Session, error: AttachError): boolean {
  return options.missingProbes === 'error' || isUnavailable(error);
}

function tell(session: Session, failures: readonly Failure[]): readonly Diagnostic[] {
  const told = inScriptOrder(session, failures.slice(0, failuresToldMax)).flatMap(
    ({ program, attachment, error }) => {
      const severity = isFatal(session, error) ? 'error' : 'warning';
      if (severity === 'warning' && session.options.missingProbes === 'ignore') return [];
      const {
        cause,
        code = 'attach-failed',
        hints: known,
      } = explainAttach(attachment, error, session.options.machine);
      const hints = [...nearFunctions(session.options, attachment, error), ...known];
      const message = `can't attach ${attachmentName(attachment, program)}: ${cause}`;
      return [diagnostic(severity, code, message, program.span, { hints })];
    },
  );
  const untold = failures.length - failuresToldMax;
  if (untold <= 0 || told.length === 0) return told;
  const more = `${untold} more ${untold === 1 ? 'probe' : 'probes'} can't be attached either`;
  return [
    ...told,
    diagnostic(told[0]?.severity ?? 'error', 'attach-failed', more, failures[failuresToldMax]?.program.span),
  ];
}

/** The kernel looks for a kprobe's function only when it is attached. */
function nearFunctions(
  { functionNames }: AttachOptions,
  attachment: Attachment,
  error: AttachError,
): readonly string[] {
  const isUnknown =
    attachment.kind === 'kprobe' && error.kind === 'sys-error' && /^(ENOENT|ESRCH)$/.test(error.name);
  return isUnknown ? didYouMean(attachment.symbol, functionNames()) : [];
}

interface Outcome {
  readonly program: ProgramPlan;
  readonly attachment: Attachment;
  readonly links: Links;
}

/** One place after the other, so that the caller can stop at the first that fails; or all at once. */
function* attachProgram(session: Session, loaded: LoadedProgram): Iterable<Outcome> {
  const { plan: program, fd, multi } = loaded;
  const attachments = program.attachments.filter((attachment) => !isOwn(attachment));
  switch (multi) {
    case undefined:
      for (const attachment of attachments)
        yield { program, attachment, links: attachOne(session, fd, attachment) };
      return;
    case 'uprobe-multi':
      for (const { attachments: places, link } of attachUprobes(owning(session, program), fd, attachments))
        for (const attachment of places)
          yield { program, attachment, links: link.ok ? ok([link.value]) : link };
      return;
    case 'kprobe-multi':
    case 'kprobe-session':
      return yield* attachFunctions(session, loaded);
    default:
      return assertNever(multi);
  }
}

/** A session has two blocks, whose places are the same. */
function* attachFunctions(session: Session, { plan, fd, returns }: LoadedProgram): Iterable<Outcome> {
  const kprobes = present(kprobesOf(plan), 'functions to be linked together');
  const at = returns ? 'both' : kprobes[0]?.return ? 'return' : 'entry';
  const { kernelFunctions, traceableFunctions } = session.options;
  const placesOf = (symbol: string, module?: string): readonly KernelPlace[] =>
    traceableFunctions(symbol, module) ?? kernelFunctions(symbol, module);
  const outcomes = attachKprobes(fd, kprobes, { bpf: owning(session, plan), placesOf, at });
  for (const { attachment, links } of outcomes) yield { program: plan, attachment, links };
  if (!returns) return;
  for (const { attachment, links } of outcomes)
    yield { program: returns, attachment: { ...attachment, return: true }, links };
}

/** The same calls; links that they make have their owner before the caller may lose interest. */
function owning(
  { bpf, handles }: Session,
  { probe }: ProgramPlan,
): Pick<BpfApi, 'linkUprobes' | 'linkKprobes'> {
  const owned = (link: Result<Fd<'link'>, SysError>): Result<Fd<'link'>, SysError> =>
    link.ok ? ok(handles.links.own(link.value, `link ${probe}`)) : link;
  return {
    linkUprobes: (program, spec) => owned(bpf.linkUprobes(program, spec)),
    linkKprobes: (program, spec) => owned(bpf.linkKprobes(program, spec)),
  };
}

function attachOne(
  session: Session,
  program: Fd<'program'>,
  attachment: Exclude<Attachment, OwnAttachment>,
): Links {
  switch (attachment.kind) {
    case 'kprobe':
      return attachKprobeEvent(session, program, attachment);
    case 'uprobe':
      return attachUprobe(session, program, attachment);
    case 'tracepoint':
      // The event is opened on one CPU, yet the program runs on all: it belongs to the tracepoint, not to the event.
      return attachEvent(session, program, attachment, {
        type: perfTypeTracepoint,
        config: BigInt(attachment.id),
        ...onOneCpu(session),
      });
    case 'raw-tracepoint':
      return attachTracing(session, program, attachment, attachment.name);
    case 'tracing':
      return attachTracing(session, program, attachment);
    case 'iter':
      return attachIterator(session, program, attachment);
    case 'perf-event':
      return attachSamples(session, program, attachment);
    default:
      return assertNever(attachment);
  }
}

/** PERF_TYPE_TRACEPOINT. */
const perfTypeTracepoint = 2;
/** config's bit of the probe devices that asks for the return (/sys/bus/event_source/devices/kprobe/format/retprobe). */
const returnBit = 1n;

type AttachmentOf<K extends Attachment['kind']> = Extract<Attachment, { kind: K }>;

function onOneCpu({ options }: Session): { readonly cpu: number } {
  return { cpu: options.onlineCpus[0] ?? 0 };
}

function attachKprobeEvent(
  session: Session,
  program: Fd<'program'>,
  attachment: AttachmentOf<'kprobe'>,
): Links {
  const { options } = session;
  const type = options.probeDevices.kprobe;
  if (type === undefined) return failed({ kind: 'no-probe-device' });
  const common = { type, config: attachment.return ? returnBit : 0n, ...onOneCpu(session) };
  return attachKprobe(attachment, {
    ...options,
    open: (target) => attachEvent(session, program, attachment, { ...common, ...target }),
  });
}

function attachUprobe(session: Session, program: Fd<'program'>, attachment: AttachmentOf<'uprobe'>): Links {
  const type = session.options.probeDevices.uprobe;
  if (type === undefined) return failed({ kind: 'no-probe-device' });
  const { path, offset, pid, usdt } = attachment;
  // The counter's offset lies in config's upper half (/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset).
  const counter = BigInt(usdt?.semaphore ?? 0) << 32n;
  return attachEvent(session, program, attachment, {
    type,
    config: counter | (attachment.return ? returnBit : 0n),
    target: path,
    targetOffset: BigInt(offset),
    // The kernel filters by the address space, so one event serves all threads of the process.
    ...(pid === undefined ? onOneCpu(session) : { pid }),
  });
}

/** On CPUs, one event each. Of a process, one event for each of its threads, which threads to come inherit. */
function attachSamples(
  session: Session,
  program: Fd<'program'>,
  attachment: AttachmentOf<'perf-event'>,
): Links {
  const { type, config, sample, cpus, pid, breakpoint } = attachment;
  const event = { type, config, sample, ...(breakpoint && { breakpoint }) };
  const { onlineCpus, threadsOf } = session.options;
  const places: readonly Pick<PerfEventSpec, 'pid' | 'cpu' | 'inherit'>[] =
    pid !== undefined && cpus === 'all'
      ? threadsOf(pid).map((thread) => ({ pid: thread, inherit: true }))
      : onlineCpus.slice(0, cpus === 'one' ? 1 : undefined).map((cpu) => ({ cpu }));
  if (places.length === 0) return failed({ kind: 'no-process' });
  const links: Fd<'link'>[] = [];
  for (const place of places) {
    const attached = attachEvent(session, program, attachment, { ...event, ...place });
    if (!attached.ok) return attached;
    links.push(...attached.value);
  }
  return ok(links);
}

function attachIterator(
  { bpf, handles }: Session,
  program: Fd<'program'>,
  attachment: AttachmentOf<'iter'>,
): Links {
  const link = bpf.linkIterator(program, attachment);
  return link.ok
    ? ok([handles.links.own(link.value, `link ${attachmentName(attachment)}`)])
    : failed(link.error);
}

function attachTracing(
  { bpf, handles }: Session,
  program: Fd<'program'>,
  attachment: Attachment,
  name?: string,
): Links {
  const link = bpf.openRawTracepoint(program, name);
  return link.ok
    ? ok([handles.links.own(link.value, `link ${attachmentName(attachment)}`)])
    : failed(link.error);
}

function attachEvent(
  session: Session,
  program: Fd<'program'>,
  attachment: Attachment,
  spec: PerfEventSpec,
): Links {
  const { bpf, handles } = session;
  const opened = bpf.openPerfEvent(spec);
  if (!opened.ok) return failed(opened.error);
  const event = opened.value;
  session.events.set(attachment, [...(session.events.get(attachment) ?? []), event]);
  const links = joinEvent(session, program, event, attachment);
  // Without a link it is the event itself that holds the program.
  const owner = links.ok && links.value.length === 0 ? handles.links : handles.events;
  owner.own(event, `event ${attachmentName(attachment)}`);
  if (!links.ok) return links;
  const enabled = bpf.enablePerfEvent(event);
  return enabled.ok ? links : failed(enabled.error);
}

/** EINVAL from the link means, if the older call succeeds, that this kernel's perf events have no links. */
function joinEvent(
  session: Session,
  program: Fd<'program'>,
  event: Fd<'perf-event'>,
  attachment: Attachment,
): Result<readonly Fd<'link'>[], SysError> {
  const { bpf, handles, perfLinks } = session;
  if (perfLinks.available) {
    const link = bpf.linkPerfEvent(program, event);
    if (link.ok) return ok([handles.links.own(link.value, `link ${attachmentName(attachment)}`)]);
    if (link.error.name !== 'EINVAL') return link;
    const set = bpf.setPerfEventProgram(program, event);
    if (!set.ok) return link;
    perfLinks.available = false;
    return ok([]);
  }
  const set = bpf.setPerfEventProgram(program, event);
  return set.ok ? ok([]) : set;
}
