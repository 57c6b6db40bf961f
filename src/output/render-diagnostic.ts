/** Diagnostics as people read them: place, message, the source line with its marker, other places, hints. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceFile } from '../base/source-file.ts';
import { lineColumnAt, lineText } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';

export interface RenderOptions {
  /** The text of a source by its name; places in unknown sources are named by the file alone. */
  readonly source: (file: string) => SourceFile | undefined;
  readonly colours: boolean;
}

type Severity = Diagnostic['severity'] | 'bug';

const words: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', bug: 'BUG' };
const colours: Readonly<Record<Severity, string>> = {
  error: '\x1b[31m',
  warning: '\x1b[33m',
  bug: '\x1b[31m',
};
const plain = '\x1b[0m';
const tab = '    ';
/** Whoever has so many errors mends the first of them before reading on. */
const diagnosticsMax = 100;
/** Of a line of source, before and behind the marked place. */
const contextColumnsMax = 200;

/** Errors before warnings, otherwise in the order found. Every line ends with a line break. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  const warnings = diagnostics.filter((diagnostic) => diagnostic.severity === 'warning');
  const all = [...errors, ...warnings];
  const rest = all.length - diagnosticsMax;
  const shown = all.slice(0, diagnosticsMax).map((diagnostic) => renderDiagnostic(diagnostic, options));
  return rest > 0 ? `${shown.join('')}… and ${rest} more\n` : shown.join('');
}

export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const { severity, code, message, span, labels, hints } = diagnostic;
  return [
    // The code is what --explain takes.
    renderMessage(severity, `${message} [${code}]`, span, options),
    ...labels.map((label) => renderMessage(severity, label.text, label.span, options)),
    ...hints.map((hint) => `HINT: ${hint}\n`),
    ...expansionsOf(span).map((from) => renderExpansion(from, options)),
  ].join('');
}

/** Where macros were called that led to a place, the innermost first. */
function expansionsOf(span: Span | undefined): readonly Span[] {
  const calls: Span[] = [];
  for (let from = span?.from; from; from = from.from) calls.push(from);
  return calls;
}

function renderExpansion(from: Span, options: RenderOptions): string {
  const source = options.source(from.file);
  return source === undefined
    ? `${from.file}: expanded from\n`
    : `${placeText(from, source)}: expanded from\n${excerpt(from, source)}`;
}

/** One message with its place, and the source lines below. */
export function renderMessage(
  severity: Severity,
  message: string,
  span: Span | undefined,
  options: RenderOptions,
): string {
  const word = options.colours ? `${colours[severity]}${words[severity]}${plain}` : words[severity];
  if (span === undefined) return `${word}: ${message}\n`;
  const source = options.source(span.file);
  if (source === undefined) return `${span.file}: ${word}: ${message}\n`;
  return `${placeText(span, source)}: ${word}: ${message}\n${excerpt(span, source)}`;
}

interface Extent {
  readonly first: { readonly line: number; readonly column: number };
  readonly last: { readonly line: number; readonly column: number };
}

/** Where a span begins and ends. One that ends with a line's break ends on that line; an empty one counts as one character. */
function extentOf(span: Span, source: SourceFile): Extent {
  const first = lineColumnAt(source, span.start);
  const beforeBreaks = span.start + source.text.slice(span.start, span.end).trimEnd().length;
  const last = lineColumnAt(source, Math.max(beforeBreaks, span.start));
  return last.line === first.line && last.column <= first.column
    ? { first, last: { line: first.line, column: first.column + 1 } }
    : { first, last };
}

/** FILE:LINE:COL1-COL2, the second column exclusive; FILE:L1-L2 over several lines. */
export function placeText(span: Span, source: SourceFile): string {
  const { first, last } = extentOf(span, source);
  if (first.line !== last.line) return `${source.name}:${first.line}-${last.line}`;
  return `${source.name}:${first.line}:${first.column}-${last.column}`;
}

/** The marked line; all lines without a marker if there are several. */
function excerpt(span: Span, source: SourceFile): string {
  const { first, last } = extentOf(span, source);
  if (first.line !== last.line) {
    const count = last.line - first.line + 1;
    return Array.from({ length: count }, (_, index) => {
      const line = visible(lineText(source, first.line + index));
      return `${line.slice(0, contextColumnsMax).join('')}${line.length > contextColumnsMax ? '…' : ''}\n`;
    }).join('');
  }
  const characters = Array.from(lineText(source, first.line));
  const [from, to] = [first.column - 1, last.column - 1];
  const before = visible(characters.slice(0, from));
  const marked = visible(characters.slice(from, to)).slice(0, contextColumnsMax);
  const after = visible(characters.slice(to));
  const shownBefore = before.length > contextColumnsMax ? ['…', ...before.slice(-contextColumnsMax)] : before;
  const shownAfter = after.length > contextColumnsMax ? [...after.slice(0, contextColumnsMax), '…'] : after;
  const marker = `${' '.repeat(shownBefore.length)}${'~'.repeat(Math.max(1, marked.length))}`;
  return `${[...shownBefore, ...marked, ...shownAfter].join('')}\n${marker}\n`;
}

/** Characters of one column each: a tab is four blanks, and what would steer the terminal is shown as a mark, not sent to it. */
const visible = (characters: Iterable<string>): readonly string[] =>
  Array.from(
    Array.from(characters)
      .join('')
      .replaceAll('\t', tab)
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replaceAll(/[\x00-\x1f\x7f-\x9f]/g, '\ufffd'),
  );
