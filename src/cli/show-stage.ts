/** What -d shows: each text under a banner that names its stage. */

import { Report } from '../base/diagnostic.ts';
import type { Compiled } from '../compile.ts';
import { printAst } from '../parser/print-ast.ts';
import { expandMacros } from '../sema/macros/expand.ts';
import { printTypes } from '../sema/print-types.ts';
import type { Stage } from './flags.ts';
import type { Printer } from './write-all.ts';

/** `pass` is behind which pass, for a stage that is shown several times. */
export function showStage(shown: Printer, stage: Stage, text: string, pass?: string): void {
  const title = pass === undefined ? stage : `${stage} after ${pass}`;
  shown.print(`\n${title}\n${'-'.repeat(title.length)}\n${text.trimEnd()}\n`);
}

/** The trees, as far as compiling came. */
export function showTrees(
  shown: Printer,
  stages: ReadonlySet<Stage>,
  { program, typed }: Pick<Compiled, 'program' | 'typed'>,
): void {
  if (stages.has('ast')) {
    showStage(shown, 'ast', printAst(program), 'parsing');
    if (typed) showStage(shown, 'ast', printAst(expandMacros(program, new Report())), 'macros');
  }
  if (stages.has('types') && typed) showStage(shown, 'types', printTypes(typed));
}
