/** What a value is. A closed union: a field that makes sense for one kind exists on that kind alone. How its bytes lie is layout.ts. */

/** Whose memory a pointer leads into, and so how it may be read. */
export type AddressSpace =
  /** Kernel memory: probe_read_kernel. */
  | 'kernel'
  /** Memory of the traced process: probe_read_user. */
  | 'user'
  /** The program's own context: plain loads, at constant offsets only. */
  | 'context'
  /** A variable that each CPU has for itself: the pointer is the same on all, and leads nowhere before a CPU's offset is added. */
  | 'percpu'
  /** The program's own variables (&$x): what lies there is as the script has stored it, pointers and all. */
  | 'program'
  /** Not known: an integer made into a pointer takes its probe's default space. */
  | 'none';

export interface IntType {
  readonly kind: 'int';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Of nanoseconds that a clock gave: which one, so that strftime can tell. Plays no part in equality. */
  readonly clock?: Clock;
  /** Of an address: whose memory it is in, where kptr or uptr has told. Plays no part in equality. */
  readonly space?: AddressSpace;
}

/** Clocks by the number that a timestamp holds: the index here. */
export const clocks = ['boot', 'monotonic', 'tai', 'sw_tai'] as const;
export type Clock = (typeof clocks)[number];

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly variants: readonly { readonly name: string; readonly value: bigint }[];
}

export interface BoolType {
  readonly kind: 'bool';
}

/** Text ended by NUL; the capacity counts the NUL: "abc" is string[4]. */
export interface StringType {
  readonly kind: 'string';
  readonly capacity: number;
  /** Read up to a limit that nobody asked for (str without length), so that a full buffer means that more followed. Plays no part in equality. */
  readonly mayBeCut?: true;
}

/** Bytes of a length known at run time only: a u32 length, then `capacity` bytes. */
export interface BufferType {
  readonly kind: 'buffer';
  readonly capacity: number;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly to: Type;
  readonly space: AddressSpace;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly of: Type;
  readonly length: number;
}

/** A C struct or union. Its fields are asked of sema's Facts by `id`, on access only: kernel structs are cyclic. */
export interface StructType {
  readonly kind: 'struct';
  readonly keyword: 'struct' | 'union';
  /** As C names it, without the keyword; empty for anonymous ones. */
  readonly name: string;
  readonly bytes: number;
  /** Which definition: opaque outside the reader that made it (`btf:vmlinux:123`, `tracepoint:sched:sched_switch`). */
  readonly id: string;
  /** Of a copy: whose memory it comes from, and so where its pointers lead. Plays no part in equality. */
  readonly space?: AddressSpace;
}

export interface TupleType {
  readonly kind: 'tuple';
  readonly of: readonly Type[];
  /** Of a record: the elements' names, all different. */
  readonly names?: readonly string[];
}

/** How stacks are shown: by symbols, as perf does, as bare addresses, by build id and offset in the file. */
export const stackModes = ['bpftrace', 'perf', 'raw', 'build_id'] as const;
export type StackMode = (typeof stackModes)[number];

/** A captured call stack: u32 process (0 for the kernel), u32 number of frames, then `depth` frames (layout.ts, frameType; zero past the last). */
export interface StackType {
  readonly kind: 'stack';
  readonly space: 'kernel' | 'user';
  readonly depth: number;
  readonly mode: StackMode;
}

/** An address to be shown as a symbol: u64 address, and for user space u32 process (0 for the kernel), u32 zero. */
export interface SymbolType {
  readonly kind: 'symbol';
  readonly space: 'kernel' | 'user';
}

/** A network address: u32 family (2 or 10), 16 bytes (the first four for IPv4, the rest zero). */
export interface InetType {
  readonly kind: 'inet';
}

/** A time to be shown through strftime: u64 nanoseconds, u32 index of its format in plan.strings, u32 clock (its index in `clocks`). */
export interface TimestampType {
  readonly kind: 'timestamp';
}

/** A user id to be shown as the user's name: u32 id. */
export interface UsernameType {
  readonly kind: 'username';
}

/** A link-layer address: 6 bytes. */
export interface MacAddressType {
  readonly kind: 'macaddr';
}

/** A cgroup to be shown by its paths: u64 id, u32 index of a pattern of hierarchies in plan.strings. */
export interface CgroupPathType {
  readonly kind: 'cgroup-path';
}

/** The value of a map that an aggregation fills. */
export interface AggregateType {
  readonly kind: 'aggregate';
  /** The aggregation's name in the registry: count, hist … */
  readonly name: string;
  /** Sign of what is aggregated. */
  readonly signed: boolean;
  /** The call's literal arguments that shape the value: bits of hist; min, max and step of lhist. */
  readonly parameters: readonly bigint[];
}

export interface NoneType {
  readonly kind: 'none';
}

/** The type of what was wrong: accepted everywhere, reported once. */
export interface ErrorType {
  readonly kind: 'error';
}

export type Type =
  | IntType
  | EnumType
  | BoolType
  | StringType
  | BufferType
  | PointerType
  | ArrayType
  | StructType
  | TupleType
  | StackType
  | SymbolType
  | InetType
  | TimestampType
  | UsernameType
  | MacAddressType
  | CgroupPathType
  | AggregateType
  | NoneType
  | ErrorType;

const int = <B extends IntType['bytes'], S extends boolean>(bytes: B, signed: S) =>
  ({ kind: 'int', bytes, signed }) as const;

export const u8 = int(1, false);
export const u16 = int(2, false);
export const u32 = int(4, false);
export const u64 = int(8, false);
export const i8 = int(1, true);
export const i16 = int(2, true);
export const i32 = int(4, true);
export const i64 = int(8, true);
export const bool: BoolType = { kind: 'bool' };
export const none: NoneType = { kind: 'none' };
export const errorType: ErrorType = { kind: 'error' };
export const inet: InetType = { kind: 'inet' };
export const timestamp: TimestampType = { kind: 'timestamp' };
export const username: UsernameType = { kind: 'username' };
export const macAddress: MacAddressType = { kind: 'macaddr' };
export const cgroupPath: CgroupPathType = { kind: 'cgroup-path' };

export const intType = (bytes: IntType['bytes'], signed: boolean): IntType => ({
  kind: 'int',
  bytes,
  signed,
});
export const string = (capacity: number): StringType => ({ kind: 'string', capacity });
export const buffer = (capacity: number): BufferType => ({ kind: 'buffer', capacity });
export const pointerTo = (to: Type, space: AddressSpace): PointerType => ({ kind: 'pointer', to, space });
export const arrayOf = (of: Type, length: number): ArrayType => ({ kind: 'array', of, length });
export const tuple = (of: readonly Type[]): TupleType => ({ kind: 'tuple', of });
/** A tuple whose elements have names. */
export const recordOf = (names: readonly string[], of: readonly Type[]): TupleType => ({
  kind: 'tuple',
  of,
  names,
});
export const symbol = (space: SymbolType['space']): SymbolType => ({ kind: 'symbol', space });
export const stack = (space: StackType['space'], depth: number, mode: StackMode): StackType => ({
  kind: 'stack',
  space,
  depth,
  mode,
});

/** Structural equality; structs by identity of their definition. */
export function sameType(a: Type, b: Type): boolean {
  switch (a.kind) {
    case 'int':
      return b.kind === 'int' && a.bytes === b.bytes && a.signed === b.signed;
    case 'enum':
      return b.kind === 'enum' && a.name === b.name && a.bytes === b.bytes && sameVariants(a, b);
    case 'string':
    case 'buffer':
      return b.kind === a.kind && a.capacity === b.capacity;
    case 'pointer':
      return b.kind === 'pointer' && a.space === b.space && sameType(a.to, b.to);
    case 'array':
      return b.kind === 'array' && a.length === b.length && sameType(a.of, b.of);
    case 'struct':
      return b.kind === 'struct' && a.id === b.id;
    case 'tuple':
      return b.kind === 'tuple' && sameTypes(a.of, b.of) && sameNames(a.names, b.names);
    case 'stack':
      return b.kind === 'stack' && a.space === b.space && a.depth === b.depth && a.mode === b.mode;
    case 'symbol':
      return b.kind === 'symbol' && a.space === b.space;
    case 'aggregate':
      return (
        b.kind === 'aggregate' &&
        a.name === b.name &&
        a.signed === b.signed &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, index) => parameter === b.parameters[index])
      );
    case 'bool':
    case 'inet':
    case 'timestamp':
    case 'username':
    case 'macaddr':
    case 'cgroup-path':
    case 'none':
    case 'error':
      return a.kind === b.kind;
  }
}

/** Enums without a name, or of one name in the kernel and in the script, are told apart by what they name. */
const sameVariants = (a: EnumType, b: EnumType): boolean =>
  a.variants === b.variants ||
  (a.variants.length === b.variants.length &&
    a.variants.every(
      ({ name, value }, index) => name === b.variants[index]?.name && value === b.variants[index].value,
    ));

const sameNames = (a: TupleType['names'], b: TupleType['names']): boolean =>
  a === b || (a !== undefined && b !== undefined && a.every((name, index) => name === b[index]));

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((type, index) => sameType(type, b[index] ?? errorType));
}
