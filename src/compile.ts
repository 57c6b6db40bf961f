/** The compiler's table of contents: a script to a plan and a module. Pure: what it knows of the machine, it knows from facts. */

import type { Diagnostic } from './base/diagnostic.ts';
import { diagnostic, Report } from './base/diagnostic.ts';
import type { Outcome } from './base/outcome.ts';
import { hasErrors } from './base/outcome.ts';
import type { Generated } from './codegen/generate.ts';
import { generate, largestProgram } from './codegen/generate.ts';
import type { Script } from './imports/gather.ts';
import type { Program } from './parser/ast.ts';
import { withStandardMacros } from './parser/standard-macros.ts';
import type { Plan } from './plan/plan.ts';
import { ringSymbol } from './plan/plan.ts';
import { ringBytes } from './plan/ring-size.ts';
import type { Settings } from './plan/settings.ts';
import { analyse } from './sema/analyse.ts';
import { withCPart } from './sema/c-part.ts';
import { checkClockMap } from './sema/clock-map.ts';
import { withExternal } from './sema/external.ts';
import type { Facts } from './sema/facts.ts';
import { readConfig } from './sema/read-config.ts';
import type { ScriptArguments } from './sema/script-options.ts';
import type { TypedProgram } from './sema/typed-tree.ts';

export interface Compiled {
  readonly program: Program;
  /** Absent after errors of syntax. */
  readonly typed?: TypedProgram;
  /** Absent after any error. */
  readonly generated?: Generated;
  /** What was asked of the machine. Absent after errors of syntax. */
  readonly facts?: Facts;
  readonly diagnostics: readonly Diagnostic[];
}

/** Does a stage's work, and may look at the clock meanwhile. */
export type Stage = <T>(name: string, work: () => T) => T;

/** Each stage runs only if the ones before it found no error. `facts` are asked for once, with what the script's config block sets. */
export function compile(
  { value: { program, sources, external }, diagnostics: syntax }: Outcome<Script>,
  given: ScriptArguments,
  facts: (config: Partial<Settings>) => Facts,
  stage: Stage = (_name, work) => work(),
): Compiled {
  if (hasErrors(syntax)) return { program, diagnostics: syntax };

  const report = new Report();
  const withC = stage('definitions', () =>
    withCPart(program, facts(readConfig(program.config, report)), report),
  );
  const machine = withExternal(external, withC, report);
  if (hasErrors(report.diagnostics)) return { program, diagnostics: [...syntax, ...report.diagnostics] };
  const analysed = stage('analysis', () => analyse(withStandardMacros(program), machine, given));
  const diagnostics = [
    ...syntax,
    ...report.diagnostics,
    ...analysed.diagnostics,
    ...checkClockMap(analysed.value, machine.settings),
  ];
  if (hasErrors(diagnostics)) return { program, typed: analysed.value, facts: machine, diagnostics };

  const generated = stage('generation', () => generate(analysed.value, sources, machine));
  const tooLarge = sizeError(generated);
  if (tooLarge)
    return { program, typed: analysed.value, facts: machine, diagnostics: [...diagnostics, tooLarge] };
  diagnostics.push(...ringWarnings(generated.plan, machine));
  return { program, typed: analysed.value, generated, facts: machine, diagnostics };
}

/** LLVM takes some 25 µs and 4 KB for each, so ten seconds and 1.6 GB: ten times what a script of 10,000 lines needs. */
const instructionsMax = 400_000;

function sizeError({ plan, functions }: Generated): Diagnostic | undefined {
  const total = functions.reduce((sum, { instructionCount }) => sum + instructionCount, 0);
  if (total <= instructionsMax) return undefined;
  const { size, span } = largestProgram({ plan, functions });
  const message = `The script becomes ${total} instructions, ${size} of them in the block of this probe: the limit is ${instructionsMax}`;
  const hints = ['Divide it among several scripts, or do with loops and functions (fn) what is written out.'];
  return diagnostic('error', 'program-too-large', message, span, { hints });
}

/** A ring that the largest event would not fit into is made larger than the user said: that is not to go unnoticed. */
function ringWarnings({ maps }: Plan, { machine, settings }: Facts): readonly Diagnostic[] {
  const { perfRbPages } = settings;
  if (perfRbPages === 0) return [];
  const bytes = maps.find(({ symbol }) => symbol === ringSymbol)?.entriesMax ?? 0;
  const { memoryBytes } = machine;
  if (bytes <= ringBytes(perfRbPages * machine.pageBytes, { machine, memoryBytes })) return [];
  const pages = bytes / machine.pageBytes;
  const message = `perf_rb_pages is ${perfRbPages}, and the ring buffer gets ${pages} pages: an event of this script needs as many`;
  const hints = [`Set perf_rb_pages to ${pages} or more, or to 0 to have it chosen.`];
  return [diagnostic('warning', 'ring-enlarged', message, undefined, { hints })];
}
