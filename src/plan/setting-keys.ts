/** The keys of the configuration: how each is written in a config block and in the environment, and what it takes. */

import { stackModes } from '../types/type.ts';
import type { Settings } from './settings.ts';
import { licenses } from './settings.ts';

/** What keys set: the command line has options for the rest. */
export type SettingName = Exclude<keyof Settings, 'reportFailures' | 'originFields'>;

type SettingValue = Settings[SettingName];

/** A value as it was written: text from the environment, in a script also a number or a truth value. */
export type WrittenValue = string | bigint | boolean;

/** What was wrong with a value, in words that go behind the key's name; or the value. */
export type ReadValue = { readonly value: SettingValue } | { readonly problem: string };

export interface SettingKey {
  /** As in a config block: max_strlen. In the environment it has the tool's name before it, and capitals. */
  readonly name: string;
  readonly setting: SettingName;
  readonly doc: string;
  /** A value other than the default, as a config block has it. */
  readonly example: string;
  readonly read: (written: WrittenValue) => ReadValue;
}

const number =
  (min: number, max: number): SettingKey['read'] =>
  (written) => {
    const text = String(written).trim();
    if (typeof written === 'boolean' || !/^\d+$/.test(text))
      return { problem: `expecting a number, got ${text}` };
    const value = Number(text);
    return value >= min && value <= max ? { value } : { problem: `takes ${min} to ${max}, not ${text}` };
  };

const truths: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['on', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['off', false],
  ['no', false],
]);

const truth: SettingKey['read'] = (written) => {
  const value = truths.get(String(written).trim().toLowerCase());
  return value === undefined ? { problem: `is true or false, not ${written}` } : { value };
};

/** One of some words, written as they are or as one of their older spellings. */
const word =
  (words: readonly string[], older: Readonly<Record<string, string>> = {}): SettingKey['read'] =>
  (written) => {
    const text = String(written).trim();
    const value =
      words.find((known) => known.toLowerCase() === text.toLowerCase()) ?? older[text.toLowerCase()];
    return value === undefined
      ? { problem: `takes ${words.join(', ')}, not ${text}` }
      : { value: value as SettingValue };
  };

const unstable = word(['enable', 'warn', 'error'], {
  true: 'enable',
  '1': 'enable',
  on: 'enable',
  yes: 'enable',
  false: 'error',
  '0': 'error',
  off: 'error',
  no: 'error',
});

const pagesMax = 2 ** 18;

/** In the order of the alphabet. */
export const settingKeys: readonly SettingKey[] = [
  {
    name: 'cache_user_symbols',
    setting: 'cacheUserSymbols',
    doc: 'whether symbols of processes are kept: PER_PID, PER_PROGRAM or NONE',
    example: 'PER_PROGRAM',
    read: word(['PER_PID', 'PER_PROGRAM', 'NONE'], { '1': 'PER_PROGRAM', '0': 'NONE' }),
  },
  {
    name: 'cpp_demangle',
    setting: 'cppDemangle',
    doc: 'names of C++ as people write them',
    example: 'false',
    read: truth,
  },
  {
    name: 'lazy_symbolication',
    setting: 'lazySymbolication',
    doc: 'symbols of a process are read when they are first asked for',
    example: 'false',
    read: truth,
  },
  {
    name: 'license',
    setting: 'license',
    doc: 'licence of the programs',
    example: '"Dual BSD/GPL"',
    read: word(licenses),
  },
  {
    name: 'log_size',
    setting: 'logSize',
    doc: "bytes of the verifier's log",
    example: '4000000',
    read: number(128, 2 ** 30),
  },
  {
    name: 'max_bpf_progs',
    setting: 'maxBpfProgs',
    doc: 'how many BPF programs a script may become',
    example: '4096',
    read: number(1, 2 ** 20),
  },
  {
    name: 'max_cat_bytes',
    setting: 'maxCatBytes',
    doc: 'how much cat() shows of a file',
    example: '65536',
    read: number(0, 2 ** 30),
  },
  {
    name: 'max_map_keys',
    setting: 'maxMapKeys',
    doc: 'capacity of maps',
    example: '100000',
    read: number(1, 2 ** 31),
  },
  {
    name: 'max_probes',
    setting: 'maxProbes',
    doc: 'how many places a script may attach to',
    example: '10000',
    read: number(1, 2 ** 20),
  },
  {
    name: 'max_strlen',
    setting: 'maxStrlen',
    doc: 'capacity of strings in bytes',
    example: '200',
    read: number(8, 2 ** 20),
  },
  {
    name: 'missing_probes',
    setting: 'missingProbes',
    doc: 'what to do where a probe is not there: error, warn or ignore',
    example: 'warn',
    read: word(['error', 'warn', 'ignore']),
  },
  {
    name: 'on_stack_limit',
    setting: 'onStackLimit',
    doc: 'values of more bytes do not live on the BPF stack',
    example: '64',
    read: number(8, 256),
  },
  {
    name: 'perf_rb_pages',
    setting: 'perfRbPages',
    doc: 'pages of the ring buffer; 0: as the machine has memory',
    example: '1024',
    read: number(0, pagesMax),
  },
  {
    name: 'print_maps_on_exit',
    setting: 'printMapsOnExit',
    doc: 'print all maps at the end',
    example: 'false',
    read: truth,
  },
  {
    name: 'show_debug_info',
    setting: 'showDebugInfo',
    doc: 'file, line and inlined functions in stacks',
    example: 'false',
    read: truth,
  },
  {
    name: 'stack_mode',
    setting: 'stackMode',
    doc: `form of stacks: ${stackModes.join(', ')}`,
    example: 'perf',
    read: word(stackModes),
  },
  {
    name: 'str_trunc_trailer',
    setting: 'strTruncTrailer',
    doc: 'what follows a text that was cut',
    example: '" (cut)"',
    read: (written) => ({ value: String(written) }),
  },
  {
    name: 'unstable_dw_ustack',
    setting: 'unstableDwUstack',
    doc: 'dw_ustack: enable, warn or error',
    example: 'enable',
    read: unstable,
  },
  {
    name: 'unstable_import_statement',
    setting: 'unstableImportStatement',
    doc: 'imports within blocks: enable, warn or error',
    example: 'warn',
    read: unstable,
  },
  {
    name: 'unstable_tseries',
    setting: 'unstableTseries',
    doc: 'tseries: enable, warn or error',
    example: 'enable',
    read: unstable,
  },
  {
    name: 'unstable_typeinfo',
    setting: 'unstableTypeinfo',
    doc: 'typeinfo: enable, warn or error',
    example: 'enable',
    read: unstable,
  },
];

/** Keys by older names; a value may mean the opposite. */
export const renamedKeys: ReadonlyMap<string, { readonly name: string; readonly inverted?: true }> = new Map([
  ['strlen', { name: 'max_strlen' }],
  ['no_cpp_demangle', { name: 'cpp_demangle', inverted: true }],
  ['cat_bytes_max', { name: 'max_cat_bytes' }],
  ['map_keys_max', { name: 'max_map_keys' }],
]);

/** Accepted, and without effect: what they switched is always so, or is gone. */
export const retiredKeys: ReadonlySet<string> = new Set([
  'max_type_res_iterations',
  'symbol_source',
  'unstable_addr',
  'unstable_import',
  'unstable_macro',
  'unstable_map_decl',
  'use_blazesym',
]);

/** Variables of the environment that are no keys. */
export const environmentOnly: ReadonlySet<string> = new Set([
  'btf',
  'color',
  'kernel_build',
  'kernel_source',
  'objcopy',
  'vmlinux',
]);

export const settingKey = (name: string): SettingKey | undefined =>
  settingKeys.find((key) => key.name === name);

/** A setting by its key. Of what `read` yields for a key, the table above says that it has the setting's type. */
export const settingOf = ({ setting }: SettingKey, value: SettingValue): Partial<Settings> => ({
  [setting]: value,
});
