/** The programs and libraries that the first part of a user-space target means. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { hasWildcard } from '../base/wildcard.ts';
import type { Executable, ProbeContext, TargetSource, TargetText } from './define.ts';

type Part = TargetText['parts'][number];
type Problem = Exclude<ReturnType<TargetSource['executable']>, Executable>;

const failures: Readonly<Record<Problem['error'], string>> = {
  'not-found': 'There is no such program or library',
  folder: 'This is a folder, not a program or library',
  'not-executable': 'This file is not executable',
  'not-elf': 'This file is not an ELF program or library',
  denied: 'This file can not be read',
};

/** What a probe's context says of the file that it is in. */
export function probedBinary(
  { path, symbol, isFixed, addressOf }: Executable,
  fileOffset: number,
): Pick<ProbeContext, 'binary'> {
  const placeAddress = addressOf(fileOffset);
  return placeAddress === undefined ? {} : { binary: { path, symbol, isFixed, placeAddress } };
}

/**
 * By path or name; with `*` those that match; `*` alone is all that is mapped by the traced process, or by any. Without a part, the
 * traced process's own program. Reports if there is none; of several, those that can't be read are passed over.
 */
export function findBinaries(
  part: Part | undefined,
  span: Span,
  source: TargetSource,
  report: Report,
): readonly Executable[] {
  if (part !== undefined && !hasWildcard(part.text)) return named(part, source, report);
  const paths = part === undefined ? source.mappedExecutables().slice(0, 1) : pathsMatching(part, source);
  const binaries = readable(paths, source);
  if (binaries.length === 0)
    report.error(
      'binary-not-found',
      part === undefined
        ? "The traced process's program can't be read: has it ended?"
        : `No program or library matches '${part.text}'`,
      part?.span ?? span,
    );
  return binaries;
}

/** The same for -l, where what isn't there is simply not listed. */
export function binariesToList(part: Part | undefined, source: TargetSource): readonly Executable[] {
  if (part === undefined)
    return source.machine.targetPid === undefined ? [] : readable(source.mappedExecutables(), source);
  return readable(hasWildcard(part.text) ? pathsMatching(part, source) : [part.text], source);
}

function named(part: Part, source: TargetSource, report: Report): readonly Executable[] {
  const found = source.executable(part.text);
  if (!('error' in found)) return [found];
  if (found.error === 'not-elf' && source.unsafe) return [asItIs(found.path)];
  report.error('binary-not-found', `${failures[found.error]}: ${found.path}`, part.span);
  return [];
}

/** With --unsafe, a file of any form: addresses are offsets in it. */
const asItIs = (path: string): Executable => ({
  path,
  functions: () => [],
  usdtSites: () => [],
  variable: () => undefined,
  fileOffsetOf: (address) => (address <= Number.MAX_SAFE_INTEGER ? Number(address) : undefined),
  isGo: false,
  symbol: () => undefined,
  addressOf: () => undefined,
  signatureAt: () => undefined,
  codeOfLine: () => undefined,
  instructionsAround: () => undefined,
  isFixed: false,
});

const pathsMatching = ({ text }: Part, source: TargetSource): readonly string[] =>
  /^\*+$/.test(text) ? source.mappedExecutables() : source.executablesMatching(text);

/** Several names may lead to one file. */
function readable(paths: readonly string[], source: TargetSource): readonly Executable[] {
  const found = new Map<string, Executable>();
  for (const path of paths) {
    const binary = source.executable(path);
    if (!('error' in binary)) found.set(binary.path, binary);
  }
  return [...found.values()];
}
