/** Settings from the environment: TSTRACE_KEY, or BPFTRACE_KEY where that is not set. */

import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Settings } from '../plan/settings.ts';
import { defaultSettings } from '../plan/settings.ts';
import { stackModes } from '../types/type.ts';
import type { UsageError } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable by its name without the prefix. */
export function variable(environment: Environment, key: string): string | undefined {
  return environment[`TSTRACE_${key}`] ?? environment[`BPFTRACE_${key}`];
}

type Reader = (text: string) => Settings[keyof Settings] | undefined;

const number =
  (min: number, max: number): Reader =>
  (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };

const word =
  (...words: readonly string[]): Reader =>
  (text) =>
    words.includes(text) ? text : undefined;

const truths: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  on: true,
  yes: true,
  '0': false,
  false: false,
  off: false,
  no: false,
};

const truth: Reader = (text) => truths[text.toLowerCase()];

/** 1 and 0 are older ways to say it. */
const symbolCaches: Readonly<Record<string, Settings['cacheUserSymbols']>> = {
  PER_PID: 'PER_PID',
  PER_PROGRAM: 'PER_PROGRAM',
  NONE: 'NONE',
  '1': 'PER_PROGRAM',
  '0': 'NONE',
};

interface Key {
  readonly setting: keyof Settings;
  readonly read: Reader;
  /** What it takes, in words. */
  readonly takes: string;
}

const keys: Readonly<Record<string, Key>> = {
  MAX_STRLEN: {
    setting: 'maxStrlen',
    read: number(8, 2 ** 20),
    takes: 'a number of bytes from 8 to 1048576',
  },
  MAX_MAP_KEYS: { setting: 'maxMapKeys', read: number(1, 2 ** 31), takes: 'a number from 1 on' },
  ON_STACK_LIMIT: { setting: 'onStackLimit', read: number(8, 256), takes: 'a number of bytes from 8 to 256' },
  PERF_RB_PAGES: {
    setting: 'perfRbPages',
    read: number(0, 2 ** 18),
    takes: 'a number of pages, a power of two (0: automatic)',
  },
  LOG_SIZE: { setting: 'logSize', read: number(128, 2 ** 30), takes: 'a number of bytes from 128 on' },
  STACK_MODE: { setting: 'stackMode', read: word(...stackModes), takes: 'bpftrace, perf, raw or build_id' },
  MISSING_PROBES: {
    setting: 'missingProbes',
    read: word('error', 'warn', 'ignore'),
    takes: 'error, warn or ignore',
  },
  CACHE_USER_SYMBOLS: {
    setting: 'cacheUserSymbols',
    read: (text) => symbolCaches[text.toUpperCase()],
    takes: 'PER_PID, PER_PROGRAM or NONE',
  },
  LAZY_SYMBOLICATION: { setting: 'lazySymbolication', read: truth, takes: 'true or false' },
  CPP_DEMANGLE: { setting: 'cppDemangle', read: truth, takes: 'true or false' },
  PRINT_MAPS_ON_EXIT: { setting: 'printMapsOnExit', read: truth, takes: 'true or false' },
  MAX_PROBES: { setting: 'maxProbes', read: number(1, 2 ** 20), takes: 'a number from 1 on' },
  MAX_BPF_PROGS: { setting: 'maxBpfProgs', read: number(1, 2 ** 20), takes: 'a number from 1 on' },
  MAX_CAT_BYTES: { setting: 'maxCatBytes', read: number(0, 2 ** 30), takes: 'a number of bytes' },
  STR_TRUNC_TRAILER: { setting: 'strTruncTrailer', read: (text) => text, takes: 'text' },
};

/** All settings, or the first variable whose value can't be used. */
export function readSettings(environment: Environment): Result<Settings, UsageError> {
  const found: Partial<Record<keyof Settings, Settings[keyof Settings]>> = {};
  for (const [key, { setting, read, takes }] of Object.entries(keys)) {
    const text = variable(environment, key);
    if (text === undefined) continue;
    const value = read(text.trim());
    if (value === undefined) return failed({ message: `TSTRACE_${key} takes ${takes}, not '${text}'` });
    found[setting] = value;
  }
  // The table above says which type each key's reader yields.
  return ok({ ...defaultSettings, ...(found as Partial<Settings>) });
}
