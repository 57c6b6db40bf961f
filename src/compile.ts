/** The compiler's table of contents: text to a plan and a module. Pure: what it knows of the machine, it knows from facts. */

import type { Diagnostic } from './base/diagnostic.ts';
import { hasErrors } from './base/outcome.ts';
import type { SourceFile } from './base/source-file.ts';
import type { Generated } from './codegen/generate.ts';
import { generate } from './codegen/generate.ts';
import type { Program } from './parser/ast.ts';
import { parse } from './parser/parse.ts';
import { analyse } from './sema/analyse.ts';
import type { Facts } from './sema/facts.ts';
import type { TypedProgram } from './sema/typed-tree.ts';

export interface Compiled {
  readonly program: Program;
  /** Absent after errors of syntax. */
  readonly typed?: TypedProgram;
  /** Absent after any error. */
  readonly generated?: Generated;
  readonly diagnostics: readonly Diagnostic[];
}

/** Each stage runs only if the ones before it found no error. `parameters` are the script's $1, $2 …. */
export function compile(source: SourceFile, parameters: readonly string[], facts: () => Facts): Compiled {
  const parsed = parse(source, { parameters });
  if (hasErrors(parsed.diagnostics)) return { program: parsed.value, diagnostics: parsed.diagnostics };

  const machine = facts();
  const analysed = analyse(parsed.value, machine, { parameters });
  const diagnostics = [...parsed.diagnostics, ...analysed.diagnostics];
  if (hasErrors(diagnostics)) return { program: parsed.value, typed: analysed.value, diagnostics };

  const generated = generate(analysed.value, source, machine);
  return { program: parsed.value, typed: analysed.value, generated, diagnostics };
}
