/** Runs of the scripts of tools/ as data: a tool, the command that makes events for it, and what it must print. Here and in guests. */

import { expect } from 'vitest';
import type { Finished, Place } from '../end-to-end.ts';
import { fits } from './template.ts';

/** This machine's own kernel, and those of guests. */
export type Kernel = 'here' | '6.1' | '6.12' | '7.2';

export interface ToolCase {
  /** Its file in tools/, without the ending. */
  readonly tool: string;
  /** The command of -c. `{programs}` and `{tools}` stand for folders, `{disk}` for what can be read past the page cache. */
  readonly command?: string;
  readonly options?: readonly string[];
  /** What stands behind the tool's name. */
  readonly parameters?: readonly string[];
  /** Kernels that can't run it, each with what it lacks. */
  readonly lacks?: Readonly<Partial<Record<Kernel, string>>>;
  /** Lines of stderr that are right. */
  readonly reports?: readonly RegExp[];
  /** See template.ts; several are all tried on the whole output. */
  readonly prints: string | readonly string[] | ((stdout: string) => void);
}

export interface ToolPlace extends Place {
  readonly kernel: Kernel;
  readonly tools: string;
  readonly disk: string;
}

/** The command line of a case, as tstrace's own arguments. */
export function argumentsOf(
  place: Omit<ToolPlace, 'tstrace' | 'kernel'>,
  testCase: ToolCase,
): readonly string[] {
  const fill = (text: string): string =>
    text
      .replaceAll('{programs}', place.programs)
      .replaceAll('{tools}', place.tools)
      .replaceAll('{disk}', place.disk);
  const { tool, command, options = [], parameters = [] } = testCase;
  const traced = command === undefined ? [] : ['-c', fill(command)];
  return [...options, ...traced, `${place.tools}/${tool}.bt`, ...parameters.map(fill)];
}

export const runTool = (place: ToolPlace, testCase: ToolCase): Promise<Finished> =>
  place.tstrace(['-q', ...argumentsOf(place, testCase)], { DISK: place.disk });

/** On a busy machine an event may come while the program runs for another one; what was missed need not concern the test. */
const missedRuns = / missed \d+ runs?: /;

/** Fails unless a finished run printed what it must, and reported nothing else. */
export function checkTool({ reports = [], prints }: ToolCase, { stdout, stderr, status }: Finished): void {
  const unexpected = (stderr.match(/^.*(ERROR|BUG|Lost|lost|WARNING).*$/gm) ?? []).filter(
    (line) => ![missedRuns, ...reports].some((report) => report.test(line)),
  );
  expect({ status, unexpected }).toEqual({ status: 0, unexpected: [] });
  checkOutput(prints, stdout);
}

export function checkOutput(prints: ToolCase['prints'], stdout: string): void {
  if (typeof prints === 'function') return prints(stdout);
  for (const template of typeof prints === 'string' ? [prints] : prints) {
    // Both are shown where they differ.
    if (!fits(stdout, template)) expect(stdout).toBe(template);
  }
}
