/** Diagnostics of a script, compared with what the script itself says in comments: `// ^^^ code` under the underlined text. */

import { expect } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { lineColumnAt, lineText, sourceFile, type SourceFile } from '../../src/base/source-file.ts';
import { parse } from '../../src/parser/parse.ts';

const expectation = /^\s*\/\/\s*(?<carets>\^+) (?<code>[a-z-]+)\s*$/;

function syntaxDiagnostics(source: SourceFile): readonly Diagnostic[] {
  return parse(source).diagnostics;
}

/**
 * Check that a script gives exactly the diagnostics that its comments announce. A comment's carets stand under the place
 * in the last line above that isn't such a comment; one caret also stands for an empty place (something is missing there).
 * Of a place of several lines, the part on the first counts. `diagnose` runs the passes in question: just the parser, if
 * it isn't given.
 */
export function checkDiagnostics(
  program: string,
  diagnose: (source: SourceFile) => readonly Diagnostic[] = syntaxDiagnostics,
): void {
  const source = sourceFile('test', program);
  const found = diagnose(source).map((diagnostic) => placeOf(source, diagnostic));
  expect(found.sort()).toEqual(expected(source).sort());
}

function expected(source: SourceFile): string[] {
  const places: string[] = [];
  let subject = 0;
  source.lineStarts.forEach((_, index) => {
    const text = lineText(source, index + 1);
    const match = expectation.exec(text);
    if (!match) {
      subject = index + 1;
      return;
    }
    const start = text.indexOf('^') + 1;
    places.push(
      place(subject, start, start + (match.groups?.['carets'] ?? '').length, match.groups?.['code'] ?? ''),
    );
  });
  return places;
}

function placeOf(source: SourceFile, { span, code }: Diagnostic): string {
  if (!span) return `nowhere ${code}`;
  const { line, column } = lineColumnAt(source, span.start);
  const lineEnd = lineText(source, line).length + 1;
  const end = Math.min(column + (span.end - span.start), Math.max(lineEnd, column + 1));
  return place(line, column, Math.max(end, column + 1), code);
}

function place(line: number, start: number, end: number, code: string): string {
  return `line ${String(line).padStart(3)}, columns ${String(start)}-${String(end)}: ${code}`;
}
