/** All that semantic analysis may ask of a machine. Tests give fixtures; system/live-facts.ts the real one. */

import type { Outcome } from '../base/outcome.ts';
import type { SourceFile } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { Machine } from '../plan/machine.ts';
import type { MapPlan, ProgramType } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { TargetSource } from '../probes/define.ts';
import type { Field, FieldsOf } from '../types/field.ts';
import type { EnumType, StructType, Type } from '../types/type.ts';
import type { ByteText } from '../types/value.ts';

/** What the C part of a script and its headers define. Asked by name, as the kernel's types are. */
export interface CTypes {
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
  enum(name: string): EnumType | undefined;
  typedef(name: string): Type | undefined;
  enumerator(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** A macro that is a constant: a number, or text. */
  constant(name: string): bigint | ByteText | undefined;
  /** True for all macros among the words that were asked for. */
  isMacro(name: string): boolean;
  typeNames(keyword: 'struct' | 'union' | 'enum'): Iterable<string>;
  enumeratorNames(): Iterable<string>;
  /** Undefined for structs of others. */
  fieldsOf(struct: StructType): readonly Field[] | undefined;
}

/** Reads C: pieces of scripts at their places. Of the macros those that `words` holds become constants. Nothing to read gives undefined. */
export type ReadC = (
  pieces: readonly { readonly text: string; readonly span: Span; readonly isHeader?: true }[],
  words: () => Iterable<string>,
) => Outcome<CTypes | undefined>;

/** A function of C that was compiled for BPF. */
export interface ExternalFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  /** `none` if it returns nothing. */
  readonly returns: Type;
  /** Its name, in the text of its file. */
  readonly span: Span;
}

/** A file of C, and the import that names it. */
export interface CSource {
  readonly file: SourceFile;
  readonly span: Span;
}

/** A map that such C defines. */
export type ExternalMap = Pick<
  MapPlan,
  'symbol' | 'type' | 'keyBytes' | 'valueBytes' | 'entriesMax' | 'flags'
>;

export interface ExternalCode {
  readonly functions: readonly ExternalFunction[];
  readonly maps: readonly ExternalMap[];
  /** As LLVM reads it, a module for each file. */
  readonly modules: readonly Uint8Array[];
}

/** Compiles C for BPF. */
export type CompileC = (sources: readonly CSource[]) => Outcome<ExternalCode>;

export interface Facts extends TargetSource {
  readonly compileC: CompileC;
  /** A function of the C that the script imports. */
  externalFunction(name: string): ExternalFunction | undefined;
  externalNames(): Iterable<string>;
  /** The code of these functions, and the maps that it uses. */
  readonly externalCode: Pick<ExternalCode, 'modules' | 'maps'>;
  readonly readC: ReadC;
  /** A constant macro of the script's C part. */
  constant(name: string): bigint | ByteText | undefined;
  isMacro(name: string): boolean;
  readonly machine: Machine;
  readonly settings: Settings;
  /** A typedef of the kernel: pid_t, size_t. */
  typedef(name: string): Type | undefined;
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
  /** The kernel's own of the name, if this one is of the script's C. */
  hiddenBy(struct: StructType): StructType | undefined;
  enum(name: string): EnumType | undefined;
  /** An enumerator by its own name. */
  enumerator(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** Names of all enumerators, near which one was perhaps meant. */
  enumeratorNames(): Iterable<string>;
  /** The same of types. */
  typeNames(keyword: 'struct' | 'union' | 'enum'): Iterable<string>;
  /** All of the kernel's definitions of a name as C has them, each with the kernel's or module's name. */
  definitions(
    keyword: 'struct' | 'union' | 'enum',
    name: string,
  ): Iterable<{ readonly object: string; readonly text: string }>;
  readonly fieldsOf: FieldsOf;
  /** Its number in BTF; 0 for a struct of another origin. */
  btfId(struct: StructType): number;
  /** Whether programs of a type may call a function of the kernel. */
  mayCall(name: string, program: ProgramType): boolean;
  /** The id of a control group by its directory. */
  cgroupId(path: string): bigint | 'not-found' | 'not-a-cgroup';
}
