/** Semantic analysis of small scripts, on the made-up machine of the goldens. */

import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { Report } from '../../src/base/diagnostic.ts';
import { hasErrors } from '../../src/base/outcome.ts';
import { sourceFile, type SourceFile } from '../../src/base/source-file.ts';
import { parse } from '../../src/parser/parse.ts';
import { analyse } from '../../src/sema/analyse.ts';
import { withCPart } from '../../src/sema/c-part.ts';
import type { Facts } from '../../src/sema/facts.ts';
import { printTypes } from '../../src/sema/print-types.ts';
import type { TypedProgram } from '../../src/sema/typed-tree.ts';
import { checkDiagnostics } from './check-diagnostics.ts';
import { goldenFacts } from './golden-facts.ts';

interface Setting {
  readonly facts?: Facts;
  /** The script's $1, $2 …. */
  readonly parameters?: readonly string[];
}

interface Analysed {
  readonly typed: TypedProgram;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parse and analyse, whatever comes out. */
export function analysed(program: string | SourceFile, { facts, parameters = [] }: Setting = {}): Analysed {
  const source = typeof program === 'string' ? sourceFile('test', program) : program;
  const parsed = parse(source, { parameters });
  const report = new Report();
  const known = withCPart(parsed.value, facts ?? goldenFacts('minimal'), report);
  const outcome = analyse(parsed.value, known, { parameters });
  return {
    typed: outcome.value,
    diagnostics: [...parsed.diagnostics, ...report.diagnostics, ...outcome.diagnostics],
  };
}

/** A script's typed tree, line by line, without indentation; warnings don't matter. */
export function treeOf(program: string, setting?: Setting): readonly string[] {
  const { typed, diagnostics } = analysed(program, setting);
  if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return printTypes(typed)
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
}

/** The statements of a begin block, typed. */
export function typesIn(body: string, setting?: Setting): readonly string[] {
  const lines = treeOf(`begin { ${body} }`, setting);
  return lines.slice(lines.indexOf('begin_1 (begin)') + 1);
}

/** The one value that `print(…)` of an expression would show, typed, after some statements. */
export function valueOf(expression: string, before = '', setting?: Setting): string {
  const last = typesIn(`${before} print(${expression});`, setting).at(-1) ?? '';
  return last.replace(/^print\((.*)\):void$/, '$1');
}

/** The lines that tell of maps: name, key, value, kind, entries. */
export const mapsIn = (program: string, setting?: Setting): readonly string[] =>
  treeOf(program, setting).filter((line) => line.startsWith('@') && /hash \d+$/.test(line));

/** A script gives exactly the diagnostics that its comments announce: see check-diagnostics.ts. */
export const checkAnalysis = (program: string, setting?: Setting): void =>
  checkDiagnostics(program, (source) => analysed(source, setting).diagnostics);

/** What is told, with hints and other places as the text that they point to. */
export function told(program: string, setting?: Setting): readonly unknown[] {
  return analysed(program, setting).diagnostics.map(({ code, labels, hints }) => ({
    code,
    ...(labels.length > 0 && { places: labels.map(({ span }) => program.slice(span.start, span.end)) }),
    ...(hints.length > 0 && { hints }),
  }));
}
