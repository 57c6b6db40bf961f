/** Text to surface tree: the door of this room. */

import type { IToken, Lexer } from 'chevrotain';
import { Report, type Diagnostic } from '../base/diagnostic.ts';
import type { Outcome } from '../base/outcome.ts';
import { sourceFile, type SourceFile } from '../base/source-file.ts';
import type { Program } from './ast.ts';
import { commentsOf, type Comment } from './comments.ts';
import { TraceParser } from './grammar.ts';
import { createLexer, tokenize } from './lexer.ts';

export interface ParseOptions {
  /** The script's positional parameters, $1 first. */
  readonly parameters: readonly string[];
}

interface Machine {
  readonly lexer: Lexer;
  readonly parser: TraceParser;
}

/** The lexer and parser of this process, built by the first who asks. */
const machine = once((): Machine => ({ lexer: createLexer(false), parser: new TraceParser(false) }));

/**
 * Parse a script. Never fails: the program holds all that could be made sense of, and the diagnostics say what couldn't,
 * in the order of the text. Statements in error are left out; an expression too deep for later passes is an error node.
 */
export function parse(source: SourceFile, options: ParseOptions = { parameters: [] }): Outcome<Program> {
  return read(source, options).outcome;
}

/** The same with the comments, in order: for who wants to write the script anew. */
export function parseWithComments(source: SourceFile): {
  readonly outcome: Outcome<Program>;
  readonly comments: readonly Comment[];
} {
  const { outcome, tokens } = read(source, { parameters: [] });
  return { outcome, comments: commentsOf(source, tokens) };
}

function read(
  source: SourceFile,
  { parameters }: ParseOptions,
): { readonly outcome: Outcome<Program>; readonly tokens: readonly IToken[] } {
  const { lexer, parser } = machine();
  const report = new Report();
  const tokens = tokenize(lexer, source, report);
  const context = { file: source.name, report, parameters, innerImports: [] };
  const { program, problems } = parser.parse(source, tokens, context);
  const diagnostics = [...report.diagnostics, ...problems].sort((a, b) => startOf(a) - startOf(b));
  return { outcome: { value: program, diagnostics }, tokens };
}

/** Build lexer and parser, and run them once, so that a start-up snapshot holds them ready for use. */
export function prepareParser(): void {
  parse(
    sourceFile(
      '',
      'kprobe:f /pid == 1/ { $a = @x[1, "a"]->b; if (!$a) { @ = count(); } let $b : uint8 = (int8)1 ? 2 : 3; for $i : 0..2 { } }',
    ),
  );
}

function startOf(diagnostic: Diagnostic): number {
  return diagnostic.span?.start ?? 0;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
