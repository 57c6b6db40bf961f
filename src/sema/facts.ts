/** All that semantic analysis may ask of a machine. Tests give fixtures; system/live-facts.ts the real one. */

import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import type { TargetSource } from '../probes/define.ts';
import type { EnumType, StructType, Type } from '../types/type.ts';

/** A member of a struct or union, or of a pseudo struct such as a tracepoint's arguments. */
export interface Field {
  /** Empty for anonymous structs and unions: their members count as the outer one's. */
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start; for a bitfield those of its first whole byte. */
  readonly offset: number;
  /** Bitfields only: first bit from the start of the struct, and width in bits. */
  readonly bits?: { readonly start: number; readonly width: number };
  /** Tracepoints' __data_loc: at `offset` lies a u32 whose low half is the data's offset in the context, its high half their length. */
  readonly dynamic?: true;
}

export interface Facts extends TargetSource {
  readonly machine: Machine;
  readonly settings: Settings;
  /** A typedef of the kernel: pid_t, size_t. */
  typedef(name: string): Type | undefined;
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
  enum(name: string): EnumType | undefined;
  /** An enumerator by its own name. */
  enumerator(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** Names near which one was perhaps meant. */
  typeNames(keyword: 'struct' | 'union' | 'enum'): Iterable<string>;
  fieldsOf(struct: StructType): readonly Field[];
}
