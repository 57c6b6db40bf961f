/** What can be configured, with the defaults. How a script and the environment set it: setting-keys.ts. */

import type { StackMode } from '../types/type.ts';

/** include/linux/license.h: what the kernel takes for compatible with the GPL. */
export const licenses = [
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
] as const;
export type License = (typeof licenses)[number];

/** What happens where a part of the language that may still change is used. */
export type Unstable = 'enable' | 'warn' | 'error';

/** What a line of output can tell of the event that it comes from. */
export const originFields = ['time', 'nsecs', 'cpu', 'pid', 'tid', 'probe'] as const;
export type OriginField = (typeof originFields)[number];

export interface Settings {
  /** Capacity of maps that aren't scalar, in entries. */
  readonly maxMapKeys: number;
  /** Default capacity of strings and buffers, bytes. */
  readonly maxStrlen: number;
  /** Values larger than this many bytes live in the scratch map instead of the BPF stack. */
  readonly onStackLimit: number;
  /** Ring buffer size in pages; 0 lets the runtime choose. */
  readonly perfRbPages: number;
  /** Largest verifier log that is asked for, bytes. */
  readonly logSize: number;
  readonly stackMode: StackMode;
  /**
   * Whether what processes have mapped is kept for names that are asked for later. PER_PROGRAM is PER_PID: symbols of a file are read once,
   * whoever has it mapped, and a process's own mappings tell where they are.
   */
  readonly cacheUserSymbols: 'PER_PID' | 'PER_PROGRAM' | 'NONE';
  /** Symbols of a process are read when they are first asked for; else those of every file when it is mapped. */
  readonly lazySymbolication: boolean;
  /** Names of C++ and Rust as people write them. */
  readonly cppDemangle: boolean;
  readonly missingProbes: 'error' | 'warn' | 'ignore';
  readonly printMapsOnExit: boolean;
  readonly maxProbes: number;
  readonly maxBpfProgs: number;
  /** File, line and inlined functions in stacks, where debug information is there. */
  readonly showDebugInfo: boolean;
  /** What the kernel is told; helpers that read memory want one that goes with the GPL. */
  readonly license: License;
  readonly unstableDwUstack: Unstable;
  readonly unstableImportStatement: Unstable;
  readonly unstableTseries: Unstable;
  readonly unstableTypeinfo: Unstable;
  /** Failed reads and look-ups of missing keys are told while running (-k). */
  readonly reportFailures: boolean;
  /** What events bring along for the lines of output that they become (--json-fields). */
  readonly originFields: readonly OriginField[];
  /** Map from which time series take their time, instead of from a clock; none if empty. Set by the environment only. */
  readonly clockMap: string;
  /** How much of a file cat() shows, bytes. */
  readonly maxCatBytes: number;
  /** Appended to a printed string that fills its buffer. */
  readonly strTruncTrailer: string;
}

export const defaultSettings: Settings = {
  maxMapKeys: 4096,
  maxStrlen: 1024,
  onStackLimit: 32,
  perfRbPages: 0,
  logSize: 1_000_000,
  stackMode: 'bpftrace',
  cacheUserSymbols: 'PER_PID',
  lazySymbolication: true,
  cppDemangle: true,
  missingProbes: 'error',
  printMapsOnExit: true,
  maxProbes: 1024,
  maxBpfProgs: 1024,
  showDebugInfo: true,
  license: 'GPL',
  unstableDwUstack: 'warn',
  unstableImportStatement: 'error',
  unstableTseries: 'warn',
  unstableTypeinfo: 'error',
  reportFailures: false,
  originFields: [],
  clockMap: '',
  maxCatBytes: 10_240,
  strTruncTrailer: '..',
};

/** Each of these wins over those before it. */
export const settled = (...layers: readonly Partial<Settings>[]): Settings =>
  Object.assign({ ...defaultSettings }, ...layers) as Settings;
