/** The only thing that crosses from compiler to runtime: plain data, no functions, handles or tree nodes. */

import type { Span } from '../base/span.ts';
import type { StructTable } from '../types/field.ts';
import type { Layout } from '../types/layout.ts';
import type { PackedField, Packing } from '../types/packing.ts';
import type { Type } from '../types/type.ts';
import type { ByteText } from '../types/value.ts';
import type { OriginField } from './settings.ts';

export interface Plan {
  readonly programs: readonly ProgramPlan[];
  readonly maps: readonly MapPlan[];
  /** Indexed by the number that every record in the ring begins with. */
  readonly events: readonly EventPlan[];
  /** Texts that values refer to by index: strftime's formats. */
  readonly strings: readonly ByteText[];
  /** Places in the script that run-time warnings refer to by index. */
  readonly places: readonly Place[];
  /** Fields of the structs that values are made of, by their type's id; those of anonymous members stand in their place. */
  readonly structs: StructTable;
  /** Where updates of maps can fail. Slot programs.length + index of event_loss_counter counts those of each. */
  readonly failures: readonly FailureSite[];
  /** What the script needs of the kernel, found out while compiling; checked before anything is loaded. */
  readonly requires: readonly Requirement[];
}

/** A place in the script and what may be reported about it while running. */
export interface Place {
  readonly span: Span;
  readonly message: string;
}

/** A place in the script that updates a map, which may be full. */
export interface FailureSite {
  /** The map's symbol. */
  readonly map: string;
  readonly span: Span;
}

/** A kernel feature by its name in runtime/features.ts, and the place in the script that needs it. */
export interface Requirement {
  readonly feature: string;
  readonly span: Span;
}

/** The kernel's program types that we load (include/uapi/linux/bpf.h, enum bpf_prog_type). */
export const programTypes = {
  kprobe: 2,
  tracepoint: 5,
  xdp: 6,
  perf_event: 7,
  raw_tracepoint: 17,
  tracing: 26,
} as const;

export type ProgramType = keyof typeof programTypes;

export interface ProgramPlan {
  /** Function in the object: kprobe_f_1. Its section is `s_` and this name. */
  readonly name: string;
  /** The probe as `probe` prints it: kprobe:f. */
  readonly probe: string;
  readonly type: ProgramType;
  /** For tracing programs: what they attach to, which the kernel wants to know at load. */
  readonly tracing?: {
    readonly attachType: 'fentry' | 'fexit' | 'iter';
    readonly btfObject: string;
    readonly btfId: number;
    /** A running BPF program by its id: the function is one of its own, and so are the types. */
    readonly program?: number;
  };
  /** It looks at more than links to many functions hand over: see WholeContext in builtins/define.ts. */
  readonly wholeContext?: true;
  /** The script says itself what it gives to the kernel. */
  readonly givesResult?: true;
  /** Where it is attached: one place, or all that share this program. */
  readonly attachments: readonly Attachment[];
  /** The attach point in the script. */
  readonly span: Span;
}

/** Signals to us that a script can have probes on. */
export const selfSignals = ['SIGUSR1'] as const;
export type SelfSignal = (typeof selfSignals)[number];

/** Programs that we run ourselves, with BPF_PROG_TEST_RUN: nothing in the kernel leads to them. */
export type OwnAttachment =
  /** Before the others are attached, and after they have been detached. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  /** While the others are attached, when the signal comes. */
  | { readonly kind: 'self'; readonly signal: SelfSignal }
  /** On a made-up packet, in runs that are there for it. */
  | { readonly kind: 'test'; readonly name: string }
  | { readonly kind: 'bench'; readonly name: string };

export type Attachment =
  | OwnAttachment
  | {
      readonly kind: 'kprobe';
      readonly return: boolean;
      /** `vmlinux` for the kernel's own function, where modules may have one of that name. */
      readonly module?: string;
      readonly symbol: string;
      readonly offset: number;
      /** An address instead of a function; `symbol` is how it was written. */
      readonly address?: bigint;
      /** All functions of the name are meant, if several have it: it stands for what a wildcard matched. */
      readonly every?: true;
      /** It is known that several can be traced that have it. */
      readonly isShared?: true;
    }
  | {
      readonly kind: 'uprobe';
      readonly return: boolean;
      readonly path: string;
      /** Offset in the file, bytes. */
      readonly offset: number;
      readonly symbol?: string;
      /** Of a USDT probe: its name as `probe` prints it, and the offset of the counter that makes the program announce it. */
      readonly usdt?: { readonly name: string; readonly semaphore?: number };
      /** Only this process; all that map the file if absent. */
      readonly pid?: number;
    }
  | { readonly kind: 'tracepoint'; readonly category: string; readonly event: string; readonly id: number }
  | { readonly kind: 'raw-tracepoint'; readonly name: string }
  /** fentry or fexit; which one, and the function, stand in the program's `tracing`. */
  | { readonly kind: 'tracing'; readonly function: string }
  /** Walked once, by us. */
  | {
      readonly kind: 'iter';
      readonly name: string;
      /** Only this process's tasks, files, mappings. */
      readonly process?: number;
      /** bpf_iter_link_info.cgroup.order. */
      readonly order?: number;
      /** A walk that is read in pieces misses some of them. */
      readonly losesInPieces?: true;
      /** Where it is left in the BPF file system, instead of being walked. */
      readonly pin?: string;
    }
  | {
      readonly kind: 'perf-event';
      /** perf_event_attr.type and .config. */
      readonly type: number;
      readonly config: bigint;
      readonly sample: { readonly every: bigint } | { readonly hertz: bigint };
      /** Every CPU that is online, or one of them. */
      readonly cpus: 'all' | 'one';
      /** Of breakpoints: perf_event_attr.bp_addr, .bp_len and .bp_type. */
      readonly breakpoint?: { readonly address: bigint; readonly bytes: number; readonly access: number };
      readonly pid?: number;
    };

/** What a run is there for. */
export type RunMode = 'trace' | 'test' | 'bench';

/** Programs that have their part in every run, or in one kind of runs only; all others are those of tracing. */
const ownKinds: Readonly<Record<OwnAttachment['kind'], RunMode | 'every'>> = {
  begin: 'every',
  end: 'every',
  self: 'trace',
  test: 'test',
  bench: 'bench',
};

export const isOwn = (attachment: Attachment): attachment is OwnAttachment => attachment.kind in ownKinds;

/** Whether a run has any use for a program: else it isn't loaded. */
export const hasPart = ({ attachments }: Pick<ProgramPlan, 'attachments'>, mode: RunMode): boolean =>
  attachments.some((attachment) => {
    const its = isOwn(attachment) ? ownKinds[attachment.kind] : 'trace';
    return its === 'every' || its === mode;
  });

/** The kernel's map types that we create (include/uapi/linux/bpf.h, enum bpf_map_type). */
export const mapTypes = {
  hash: 1,
  array: 2,
  'percpu-hash': 5,
  'percpu-array': 6,
  'stack-trace': 7,
  'lru-hash': 9,
  'lru-percpu-hash': 10,
  'perf-event-array': 4,
  'lpm-trie': 11,
  'array-of-maps': 12,
  queue: 22,
  stack: 23,
  ringbuf: 27,
} as const;

export type MapType = keyof typeof mapTypes;

export interface MapPlan {
  /** Global in the object: AT_x for @x, AT_ for @, ringbuf, event_loss_counter, scratch. */
  readonly symbol: string;
  readonly type: MapType;
  /** Bytes; 0 for the ring. */
  readonly keyBytes: number;
  /** Bytes for one CPU; 0 for the ring. */
  readonly valueBytes: number;
  /** Entries; for the ring its size in bytes, 0 if the runtime is to choose. */
  readonly entriesMax: number;
  /** BPF_F_…; none if absent. */
  readonly flags?: number;
  /** What an array begins with: a text for each index, zeros behind it. */
  readonly texts?: readonly ByteText[];
  /** Of an array of maps, which has one place: symbols of the map that is there at first, and of its like that user space puts there in turn. */
  readonly holds?: { readonly first: string; readonly second: string };
  /** Of maps of C that the script imports: the name that it has there. */
  readonly imported?: string;
  /** Of maps that the script names. */
  readonly script?: ScriptMap;
}

/** How user space reads and prints a map of the script. */
export interface ScriptMap {
  /** As written: @x. */
  readonly name: string;
  /** Types of the key's parts; none for a scalar map, whose one key is an int64 0. */
  readonly key: readonly Type[];
  /** The whole key's bytes: a part per element of `key`, then for bucketed aggregations `bucket` (u64). */
  readonly keyLayout: Layout;
  /** An aggregate type if an aggregation fills it. */
  readonly value: Type;
  /** A value's bytes on one CPU: the aggregation's cell, or the one slot `value`. */
  readonly valueLayout: Layout;
  /** The script says itself how many entries there are. */
  readonly isDeclared: boolean;
}

/** What a record in the ring means: who handles it, how its bytes lie, and what was known when compiling. */
export interface EventPlan {
  /** The handler's name in the registry of events: printf, exit. */
  readonly name: string;
  /** Slot `event` (u32) first, then the fields that the handler gets, in order. */
  readonly record: Packing;
  readonly constants: Readonly<Record<string, PlanConstant>>;
  /** Its records come with a packet of the net behind them, through perf events instead of the ring. */
  readonly carriesPacket?: true;
  /** What its lines of output tell of it; absent unless somebody asks. */
  readonly origin?: readonly OriginPlan[];
  /** Index of the program that sends it. */
  readonly program: number;
  readonly span: Span;
}

/** Something that is told of where an event comes from: a field of the record's head, or what is known when compiling. */
export type OriginPlan = { readonly name: OriginField } & (
  { readonly field: PackedField } | { readonly known: string }
);

export type PlanConstant = string | number | bigint | boolean | null | readonly PlanConstant[];

/** Of a map that is exchanged while the script runs: where programs find it, and its like. */
export const slotSymbol = (symbol: string): string => `slot_${symbol}`;
export const secondSymbol = (symbol: string): string => `second_${symbol}`;

/** Names of the maps that every object has, beside the script's own. */
export const ringSymbol = 'ringbuf';
/** A perf event for each CPU, by its number: records with packets. Absent if the script sends none. */
export const packetsSymbol = 'packets';
/**
 * Per-CPU array of u64. Slot i < programs.length: events that program i could not deliver.
 * The slots behind belong to the places that update maps: what failed there (Plan.failures).
 */
export const lossSymbol = 'event_loss_counter';
/** Per-CPU array, one entry per program (its key is the program's index): values that are too large for the stack. Absent if none needs it. */
export const scratchSymbol = 'scratch';
/** The same for programs that need more than a per-CPU map can give: an array with an entry per CPU and program, CPU by CPU. */
export const largeScratchSymbol = 'scratch_large';

/** First slot of every event record: the index into plan.events. */
export const eventSlotName = 'event';
