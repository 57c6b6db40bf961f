/**
 * Forms that the parser reads and this version gives no meaning yet. Each is an error at its place; a form leaves this file
 * when it gets its meaning.
 */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Expr, Program, Statement } from '../parser/ast.ts';

export type UnsupportedExpr = Extract<Expr, { kind: 'comptime' | 'typeinfo' | 'type' }>;
export type UnsupportedStatement = Extract<Statement, { kind: 'import' }>;

const names: Readonly<Record<UnsupportedExpr['kind'] | UnsupportedStatement['kind'], string>> = {
  comptime: 'comptime expressions are',
  typeinfo: 'typeinfo is',
  type: 'Types as arguments are',
  import: 'Imports inside blocks are',
};

/** Reports a form that has no meaning yet. */
export function reportUnsupported(
  report: Report,
  { kind, span }: { readonly kind: keyof typeof names; readonly span: Span },
): void {
  reportForm(report, names[kind], span);
}

/** Sections of a script without a meaning yet: the first of each kind is reported. */
export function reportUnsupportedSections(report: Report, program: Program): void {
  const { probes } = program;
  const labels = probes.flatMap(({ attachPoints }) => attachPoints.flatMap(({ label }) => label ?? []));
  const sections: readonly (readonly [string, { readonly span: Span } | undefined])[] = [
    ['Names for probes are', labels[0]],
  ];
  for (const [name, section] of sections) if (section) reportForm(report, name, section.span);
}

function reportForm(report: Report, name: string, span: Span): void {
  report.error('unsupported-syntax', `${name} not supported by this version of tstrace`, span);
}
