/**
 * What kernels have or lack: each feature's name, the release that brought it, and how to find out. Asked of the kernel itself, never
 * concluded from its version: distributions backport, and builds leave out. Only what a script needs is asked.
 */

import { assertNever, present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Helper, HelperName } from '../plan/helpers.ts';
import { helpers } from '../plan/helpers.ts';
import type { Plan, ProgramType, Requirement } from '../plan/plan.ts';
import type { BpfApi, ExpectedAttachType, Fd, MultiAttachType } from './bpf-api.ts';
import { callHelper, featureProgram, returnZero, tryProgram } from './feature-programs.ts';

type Probe =
  /** A helper, by number, callable from programs of this type. */
  | { readonly by: 'helper'; readonly id: number; readonly program: ProgramType }
  /** A map of this type can be made. */
  | { readonly by: 'ring' }
  /** A program can be loaded for a trampoline; needs the BTF id of a function. */
  | { readonly by: 'trampoline'; readonly attachType: ExpectedAttachType }
  /** The kernel has such a device for perf_event_open. */
  | { readonly by: 'device'; readonly device: 'kprobe' | 'uprobe' }
  /** One link attaches a program to many places. */
  | { readonly by: 'multi'; readonly attachType: MultiAttachType }
  /** The kernel tells its types. */
  | { readonly by: 'btf' };

export interface Feature {
  /** As messages say it. */
  readonly what: string;
  readonly since: string;
  readonly probe: Probe;
}

function helperFeature(name: string, { id, since, where, program = 'tracepoint' }: Helper): Feature {
  return {
    what: `the helper bpf_${name}`,
    since: where === undefined ? since : `${since}, ${where}`,
    probe: { by: 'helper', id, program },
  };
}

/** Only iterators may call them, or probes of a few functions too, and each kernel that we support has them: nobody need ask. */
const unasked = ['seq_printf', 'seq_write', 'd_path'] as const;
const isAsked = (name: string): boolean => unasked.every((other) => other !== name);

const helperFeatures = Object.fromEntries(
  Object.entries<Helper>(helpers)
    .filter(([name]) => isAsked(name))
    .map(([name, helper]) => [name, helperFeature(name, helper)]),
) as Readonly<Record<Exclude<HelperName, (typeof unasked)[number]>, Feature>>; // fromEntries can't say that they are the same names

/** By the name under which definitions require them: helpers by theirs. */
export const features = {
  ...helperFeatures,
  ringbuf: { what: 'ring buffers', since: '5.8', probe: { by: 'ring' } },
  kprobe: {
    what: 'kprobes (CONFIG_KPROBES, CONFIG_KPROBE_EVENTS)',
    since: '4.17',
    probe: { by: 'device', device: 'kprobe' },
  },
  uprobe: {
    what: 'uprobes (CONFIG_UPROBE_EVENTS)',
    since: '4.17',
    probe: { by: 'device', device: 'uprobe' },
  },
  uprobe_multi: {
    what: 'links to many uprobes at once',
    since: '6.6',
    probe: { by: 'multi', attachType: 'uprobe-multi' },
  },
  kprobe_multi: {
    what: 'links to many kprobes at once (CONFIG_FPROBE)',
    since: '5.18',
    probe: { by: 'multi', attachType: 'kprobe-multi' },
  },
  kprobe_session: {
    what: 'sessions of kprobes (CONFIG_FPROBE)',
    since: '6.10',
    probe: { by: 'multi', attachType: 'kprobe-session' },
  },
  btf: { what: 'type information of its own (CONFIG_DEBUG_INFO_BTF)', since: '5.4', probe: { by: 'btf' } },
  fentry: { what: 'fentry programs', since: '5.5', probe: { by: 'trampoline', attachType: 'fentry' } },
  fexit: { what: 'fexit programs', since: '5.5', probe: { by: 'trampoline', attachType: 'fexit' } },
} satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof features;

/** What finding out needs beside the kernel. */
export interface FeatureWorld {
  /** What is taken to be absent whatever the kernel says. */
  readonly withheld?: ReadonlySet<string>;
  readonly bpf: BpfApi;
  readonly probeDevices: { readonly kprobe?: number; readonly uprobe?: number };
  /** The kernel has /sys/kernel/btf/vmlinux. */
  readonly hasBtf: boolean;
  /** BTF id of some function of the kernel's that programs may attach to; undefined without BTF. */
  readonly functionBtfId: number | undefined;
  /** BTF id of the function that sessions of kprobes call (sessions.ts). */
  readonly sessionFunctionId?: number | undefined;
}

/** `unknown`: we may not ask. */
export type Presence = 'present' | 'absent' | 'unknown';

/** Answers are kept: a feature is asked for once. */
export class Features {
  readonly #world: FeatureWorld;
  readonly #known = new Map<FeatureName, Presence>();

  constructor(world: FeatureWorld) {
    this.#world = world;
  }

  presence(name: FeatureName): Presence {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const isWithheld = this.#world.withheld?.has(name) === true;
    const found = isWithheld ? 'absent' : ask(this.#world, features[name].probe);
    this.#known.set(name, found);
    return found;
  }
}

/** What a script needs and this kernel lacks, one diagnostic each. To be asked before anything is loaded. */
export function missingFeatures(
  plan: Pick<Plan, 'requires'>,
  asked: Pick<Features, 'presence'>,
): readonly Diagnostic[] {
  const told = new Set<string>();
  return plan.requires.flatMap((requirement) => {
    const name = featureName(requirement);
    if (told.has(name) || asked.presence(name) !== 'absent') return [];
    told.add(name);
    return [missing(features[name], requirement)];
  });
}

function missing({ what, since, probe }: Feature, { span }: Requirement): Diagnostic {
  const hint =
    probe.by === 'helper' || probe.by === 'ring'
      ? `It exists since Linux ${since}.`
      : `It exists since Linux ${since}, where the kernel is built with it and does not forbid it.`;
  return diagnostic('error', 'feature-missing', `this kernel lacks ${what}, which is needed here`, span, {
    hints: [hint],
  });
}

/** The name of a feature in the table; a name that isn't there is a fault of the definition that asks for it. */
function featureName({ feature }: Requirement): FeatureName {
  const names = Object.keys(features) as FeatureName[]; // Object.keys can't say that they are
  return present(
    names.find((name) => name === feature),
    `feature ${feature}`,
  );
}

function ask(world: FeatureWorld, probe: Probe): Presence {
  switch (probe.by) {
    case 'helper':
      return askHelper(world, probe.id, probe.program);
    case 'ring':
      return askRing(world.bpf);
    case 'trampoline':
      return askTrampoline(world, probe.attachType);
    case 'device':
      return world.probeDevices[probe.device] === undefined ? 'absent' : 'present';
    case 'multi':
      return askMulti(world, probe.attachType);
    case 'btf':
      return world.hasBtf ? 'present' : 'absent';
    default:
      return assertNever(probe);
  }
}

/** The call's arguments are rubbish, so the load fails one way or another; the log tells whether the helper itself was the reason. */
function askHelper({ bpf, functionBtfId }: FeatureWorld, id: number, type: ProgramType): Presence {
  if (type === 'tracing' && functionBtfId === undefined) return 'unknown';
  const tracing = type === 'tracing' && {
    tracing: { attachType: 'fentry', btfId: functionBtfId ?? 0 } as const,
  };
  const { result, log } = tryProgram(bpf, { type, ...tracing }, [callHelper(id), ...returnZero]);
  if (result.ok) return 'present';
  if (log.text === '') return 'unknown';
  return /invalid func|unknown func|cannot use helper/.test(log.text) ? 'absent' : 'present';
}

function askTrampoline({ bpf, functionBtfId }: FeatureWorld, attachType: ExpectedAttachType): Presence {
  if (functionBtfId === undefined) return 'absent';
  const { result } = tryProgram(
    bpf,
    { type: 'tracing', tracing: { attachType, btfId: functionBtfId } },
    returnZero,
  );
  if (result.ok) return 'present';
  // Some kernels forbid trampolines with EPERM to everybody: it is no lack of privilege if other programs load.
  if (result.error.name === 'EPERM' && !mayLoad(bpf)) return 'unknown';
  return 'absent';
}

function askMulti({ bpf, sessionFunctionId }: FeatureWorld, multi: MultiAttachType): Presence {
  if (multi === 'kprobe-session' && sessionFunctionId === undefined) return 'absent';
  const { result } = bpf.loadProgram({ ...featureProgram(returnZero), type: 'kprobe', multi });
  if (!result.ok) return result.error.name === 'EPERM' ? 'unknown' : 'absent';
  const linked = tryMulti(bpf, result.value, multi);
  if (linked.ok) bpf.close(linked.value);
  bpf.close(result.value);
  return linked.ok || linked.error.name === knownBy[multi] ? 'present' : 'absent';
}

/**
 * What a kernel that knows the link says to one that can't be: it looks at a uprobe's file, and finds that a folder is none; it reads a
 * kprobe's name, which is longer than any can be (KSYM_NAME_LEN is 512). To others the link itself is EINVAL, or EOPNOTSUPP.
 */
const knownBy = { 'uprobe-multi': 'EBADF', 'kprobe-multi': 'E2BIG', 'kprobe-session': 'E2BIG' } as const;
const tooLong = 'x'.repeat(1024);

function tryMulti(
  bpf: BpfApi,
  program: Fd<'program'>,
  multi: MultiAttachType,
): ReturnType<BpfApi['linkUprobes']> {
  return multi === 'uprobe-multi'
    ? bpf.linkUprobes(program, { path: '/', places: [{ offset: 0 }], return: false })
    : bpf.linkKprobes(program, {
        functions: { names: [tooLong] },
        at: multi === 'kprobe-session' ? 'both' : 'entry',
      });
}

function mayLoad(bpf: BpfApi): boolean {
  return tryProgram(bpf, { type: 'tracepoint' }, returnZero).result.ok;
}

function askRing(bpf: BpfApi): Presence {
  // Arm64 has pages of up to 64 KiB, and a ring is at least one.
  const created = bpf.createMap({
    type: 'ringbuf',
    name: 'tstrace_feature',
    keyBytes: 0,
    valueBytes: 0,
    entriesMax: 65536,
  });
  if (created.ok) bpf.close(created.value satisfies Fd<'map'>);
  if (created.ok) return 'present';
  return created.error.name === 'EINVAL' ? 'absent' : 'unknown';
}
