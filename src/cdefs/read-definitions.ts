/**
 * DOOR: the C part of a script, and the headers that it includes, as types, enumerators and constants. libclang is opened for scripts that
 * have such a part, and for no others. What it has parsed stays until the process ends: fields are read when they are asked for.
 */

import { Report } from '../base/diagnostic.ts';
import type { CTypes, ReadC } from '../sema/facts.ts';
import { constantProbes, declaredIn, macroOnLine } from './declarations.ts';
import { freestandingHeaders } from './freestanding.ts';
import type { HeaderOptions } from './headers.ts';
import { clangArguments } from './headers.ts';
import type { ClangBinding } from './libclang/binding.ts';
import { locateClang } from './libclang/locate-library.ts';
import type { ClangError, Unit, VirtualFile } from './libclang/translation-unit.ts';
import { parseUnit } from './libclang/translation-unit.ts';
import { reportErrors } from './report-errors.ts';
import type { CPiece } from './source-text.ts';
import { filesOf, isAllInactive } from './source-text.ts';
import type { KernelSource } from './stand-ins.ts';
import { quotedTypes, standInFor } from './stand-ins.ts';

export interface CReaderOptions extends HeaderOptions {
  /** TSTRACE_LIBCLANG. */
  readonly libclang?: string;
  readonly kernel: KernelSource;
}

export function cReader(options: CReaderOptions): ReadC {
  return (pieces, words) => {
    const report = new Report();
    const { hasBtf } = options.kernel;
    const isNothing =
      options.includes.length === 0 && (pieces.length === 0 || isAllInactive(pieces, hasBtf()));
    const value = isNothing ? undefined : read(options, pieces, words, report);
    return { value, diagnostics: report.diagnostics };
  };
}

function read(
  options: CReaderOptions,
  pieces: readonly CPiece[],
  words: () => Iterable<string>,
  report: Report,
): CTypes | undefined {
  const clang = locateClang(options.libclang);
  if (!clang.ok) {
    const { message, hint } = clang.error;
    report.error(
      'libclang-missing',
      `The C part of a script is read by libclang: ${message}`,
      pieces[0]?.span,
      {
        hints: [hint],
      },
    );
    return undefined;
  }
  const own = filesOf(pieces);
  const includesAny =
    options.includes.length > 0 || pieces.some(({ text }) => /^\s*#\s*include\b/m.test(text));
  const headers = includesAny ? options.kernelHeaders() : undefined;
  const args = ['-include', kernelPath, ...clangArguments(options, headers, options.kernel.hasBtf())];
  const main = mainText(own, words());
  const { unit, standIns } = parseWithKernel(clang.value, [main, ...own], args, options.kernel);
  const isMain = ({ file }: ClangError): boolean => file === mainPath;
  reportErrors(
    report,
    unit.errors.filter((error) => !isMain(error)),
    pieces,
    own,
  );
  const noConstants = macrosAt(main, unit.errors.filter(isMain));
  return declaredIn(unit, { ...options.kernel, standIns }, noConstants);
}

/** The macros that can't be made constants. */
function macrosAt({ text }: VirtualFile, errors: readonly ClangError[]): ReadonlySet<string> {
  const lines = text.split('\n');
  return new Set(errors.flatMap(({ line }) => macroOnLine(lines[line - 1] ?? '') ?? []));
}

const mainPath = '/virtual/tstrace/script.c';
const kernelPath = '/virtual/tstrace/kernel.h';

/** Each round finds what the one before has hidden: a struct within a struct. */
const roundsMax = 16;

/** Parses again as long as types are missing that the kernel has. */
function parseWithKernel(
  clang: ClangBinding,
  files: readonly VirtualFile[],
  args: readonly string[],
  kernel: KernelSource,
): { readonly unit: Unit; readonly standIns: ReadonlySet<string> } {
  const texts = new Map<string, string>();
  for (let round = 1; ; round++) {
    const standIns = { path: kernelPath, text: [...texts.values()].join('\n') };
    const unit = parseUnit(clang, [...files, standIns, ...freestandingHeaders], args);
    const before = texts.size;
    for (const name of quotedTypes(unit.errors.map(({ message }) => message))) {
      const text = texts.has(name) ? undefined : standInFor(name, kernel);
      if (text !== undefined) texts.set(name, text);
    }
    if (texts.size === before || round === roundsMax) return { unit, standIns: new Set(texts.keys()) };
    unit.dispose();
  }
}

const mainText = (own: readonly VirtualFile[], words: Iterable<string>): VirtualFile => ({
  path: mainPath,
  text: [...own.map(({ path }) => `#include "${path}"\n`), constantProbes(words)].join(''),
});
