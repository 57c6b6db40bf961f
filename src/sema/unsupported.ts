/**
 * Forms that the parser reads and this version gives no meaning yet. Each is an error at its place; a form leaves this file
 * when it gets its meaning.
 */

import type { Report } from '../base/diagnostic.ts';
import type { Statement } from '../parser/ast.ts';

/** import "stdlib/x.bpf.c"; inside a block. */
export function reportUnsupported(report: Report, { span }: Extract<Statement, { kind: 'import' }>): void {
  report.error(
    'unsupported-syntax',
    'Imports inside blocks are not supported by this version of tstrace',
    span,
  );
}
