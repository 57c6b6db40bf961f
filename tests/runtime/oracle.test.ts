/**
 * Random programs, compiled and run by the kernel, against the reference evaluator of tests/support/oracle. Each run holds several programs of
 * one script; a failing one is shrunk and printed with what both made of it. TSTRACE_ORACLE_PROGRAMS asks for more of them than CI does.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { evaluate } from '../support/oracle/evaluate.ts';
import { randomArguments, randomBlock } from '../support/oracle/generate.ts';
import { printBlock } from '../support/oracle/model.ts';
import { runInKernel, scriptOf } from '../support/oracle/run.ts';

/** Each is a program of the kernel's; the fewer scripts they are in, the less time goes into loading. */
const programsPerRun = 6;
const asked = process.env.TSTRACE_ORACLE_PROGRAMS;
const programs = Number(asked ?? 5000);
/** The same programs each time, so that a failure is told of the change that made it; a run by command draws new ones. */
const seed = asked === undefined ? { seed: 20261121 } : {};

/** Shown as the script that it is. */
const script = fc
  .array(randomBlock, { minLength: programsPerRun, maxLength: programsPerRun, size: 'max' })
  .map((blocks) => ({
    blocks,
    bodies: blocks.map((block, index) => printBlock(block, `_${index}`)),
    [fc.toStringMethod](): string {
      return `\n${scriptOf(this.bodies)}\n`;
    },
  }));

test('the kernel computes what the rules of the language say', { timeout: 3_600_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(script, randomArguments, ({ blocks, bodies }, words) => {
      const found = runInKernel(bodies, words);
      const wanted = new Map(
        blocks.flatMap((block, index) =>
          [...evaluate(block, words)].map(([name, entries]) => [`${name}_${index}`, entries] as const),
        ),
      );
      expect(sorted(found)).toEqual(sorted(wanted));
      compared += blocks.length;
    }),
    { ...seed, numRuns: Math.ceil(programs / programsPerRun) },
  );
  expect(compared).toBeGreaterThanOrEqual(programs);
});

/** As lines, which a difference is easily seen in. */
function sorted(maps: ReadonlyMap<string, ReadonlyMap<string, unknown>>): readonly string[] {
  return [...maps]
    .flatMap(([name, entries]) =>
      [...entries].map(
        ([key, value]) =>
          `@${name}${key} = ${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))}`,
      ),
    )
    .sort();
}
