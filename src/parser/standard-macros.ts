/** The part of the standard library that is written in the language itself. Its macros count as called where the script calls them. */

import { sourceFile } from '../base/source-file.ts';
import type { Macro, Program } from './ast.ts';
import { parse } from './parse.ts';

const library = `
macro assert(condition, message) {
  if (!(condition)) {
    errorf("%s", message);
    exit(1);
  }
}
`;

/** What the manual says of them. */
export const standardMacroDocs = [
  {
    name: 'assert',
    signature: 'assert(condition, message)',
    doc: 'End everything with an error at this place, its message, and status 1, if the condition does not hold.',
    example: 'begin { assert(ncpus > 0, "no CPUs"); exit(); }',
  },
] as const;

const names: ReadonlySet<string> = new Set(standardMacroDocs.map(({ name }) => name));

/** With those macros that the script names; it may have some of its own of the same names and parameters, which come first then. */
export function withStandardMacros(program: Program): Program {
  return namesAny(program) ? { ...program, standardMacros: standardMacros() } : program;
}

const standardMacros = (): readonly Macro[] => parse(sourceFile('standard library', library)).value.macros;

/** Whether one of the names is called anywhere; without recursion, for trees may be deep. */
function namesAny(program: Program): boolean {
  const waiting: unknown[] = [program.macros, program.functions, program.probes];
  for (let data = waiting.pop(); data !== undefined; data = waiting.pop()) {
    if (typeof data !== 'object' || data === null) continue;
    if ('text' in data && typeof data.text === 'string' && names.has(data.text)) return true;
    waiting.push(...Object.values(data).filter((part) => typeof part === 'object'));
  }
  return false;
}
