/** `tstrace --info`: what this machine has of what scripts may need, for bug reports and for people who wonder. */

import type { Result } from '../../base/result.ts';
import { locateLlvm } from '../../codegen/llvm/locate-library.ts';
import type { Machine } from '../../plan/machine.ts';
import type { FeatureName, Presence } from '../../runtime/features.ts';
import { features } from '../../runtime/features.ts';

export interface InfoRequest {
  readonly version: string;
  /** As uname -r and process.version say. */
  readonly kernelRelease: string;
  readonly nodeVersion: string;
  readonly machine: Pick<Machine, 'arch' | 'possibleCpus' | 'memoryBytes'>;
  readonly llvmPath: string | undefined;
  readonly presence: (feature: FeatureName) => Presence;
}

type Row = readonly [name: string, value: string];

const words: Readonly<Record<Presence, string>> = {
  present: 'yes',
  absent: 'no',
  unknown: 'unknown: the kernel may not be asked',
};

const bytesPerMib = 1024 * 1024;

/** Sections of two columns each. */
export function infoText(request: InfoRequest): string {
  const names = Object.keys(features) as FeatureName[]; // Object.keys can't say that they are
  const isHelper = (name: FeatureName): boolean => features[name].probe.by === 'helper';
  const isProbe = (name: FeatureName): boolean =>
    features[name].probe.by === 'device' || features[name].probe.by === 'trampoline';
  const asked = (wanted: (name: FeatureName) => boolean): readonly Row[] =>
    names.filter(wanted).map((name) => [name, words[request.presence(name)]]);
  return [
    section('System', system(request)),
    section('Build', build(request)),
    section('Kernel helpers', asked(isHelper)),
    section(
      'Kernel features',
      asked((name) => !isHelper(name) && !isProbe(name)),
    ),
    section('Probe types', asked(isProbe)),
  ].join('\n');
}

const system = ({ kernelRelease, machine }: InfoRequest): readonly Row[] => [
  ['OS', `Linux ${kernelRelease}`],
  ['Arch', machine.arch],
  ['CPUs', `${machine.possibleCpus} possible`],
  ['Memory', `${Math.floor(machine.memoryBytes / bytesPerMib)} MiB`],
];

const build = ({ version, nodeVersion, llvmPath }: InfoRequest): readonly Row[] => [
  ['tstrace', `v${version}`],
  ['Node', nodeVersion],
  ['libLLVM', llvmText(locateLlvm(llvmPath))],
];

const llvmText = (
  llvm: Result<{ readonly version: number; readonly name: string }, { readonly message: string }>,
): string => (llvm.ok ? `${llvm.value.version} (${llvm.value.name})` : llvm.error.message);

function section(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`), ''].join('\n');
}
