/** What libclang finds wrong, at its place in the script; of an error in a header, at the line that includes it. */

import { basename } from 'node:path';

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { ClangError, VirtualFile } from './libclang/translation-unit.ts';
import type { CPiece } from './source-text.ts';
import { spanAt } from './source-text.ts';

/** `own` are the scripts' files. Of what is wrong in headers only the first is told: the rest follows from it. */
export function reportErrors(
  report: Report,
  errors: readonly ClangError[],
  pieces: readonly CPiece[],
  own: readonly VirtualFile[],
): void {
  let inHeaders = 0;
  for (const error of errors) {
    const file = own.find(({ path }) => path === error.file);
    const span = file && spanAt(pieces, file, error.offset);
    if (span)
      report.error('bad-c-definition', `In C: ${error.message}`, span, { hints: hintsFor(error.message) });
    else if (inHeaders++ === 0) reportInHeader(report, error, pieces);
  }
}

function reportInHeader(
  report: Report,
  { message, file, line }: ClangError,
  pieces: readonly CPiece[],
): void {
  const where = file === '' ? '' : ` in ${file}:${line}`;
  report.error('bad-c-definition', `In C: ${message}${where}`, includeOf(file, pieces), {
    hints: hintsFor(message),
  });
}

/** The line that includes a header; if another header does, the first that includes any. */
function includeOf(file: string, pieces: readonly CPiece[]): Span | undefined {
  const includes = pieces.filter(({ text }) => /^#\s*include\b/.test(text));
  const own = includes.find(({ text }) => text.includes(basename(file)));
  return (own ?? includes[0] ?? pieces[0])?.span;
}

function hintsFor(message: string): readonly string[] {
  if (!message.includes('file not found')) return [];
  return [
    "Name the header's folder by -I. Headers of the kernel are in the package linux-headers of its version, in a source tree that TSTRACE_KERNEL_SOURCE names, or in the kernel itself (`modprobe kheaders`, where it is built with CONFIG_IKHEADERS).",
  ];
}
