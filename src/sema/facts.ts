/** All that semantic analysis may ask of a machine. Tests give fixtures; system/live-facts.ts the real one. */

import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import type { TargetSource } from '../probes/define.ts';
import type { FieldsOf } from '../types/field.ts';
import type { EnumType, StructType, Type } from '../types/type.ts';

export interface Facts extends TargetSource {
  readonly machine: Machine;
  readonly settings: Settings;
  /** A typedef of the kernel: pid_t, size_t. */
  typedef(name: string): Type | undefined;
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
  enum(name: string): EnumType | undefined;
  /** An enumerator by its own name. */
  enumerator(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** Names of all enumerators, near which one was perhaps meant. */
  enumeratorNames(): Iterable<string>;
  /** The same of types. */
  typeNames(keyword: 'struct' | 'union' | 'enum'): Iterable<string>;
  readonly fieldsOf: FieldsOf;
  /** The id of a control group by its directory. */
  cgroupId(path: string): bigint | 'not-found' | 'not-a-cgroup';
}
