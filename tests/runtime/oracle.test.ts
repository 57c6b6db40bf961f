/**
 * Random programs, compiled and run by the kernel, against the reference evaluator of tests/support/oracle. Each run holds several programs of
 * one script; a failing one is shrunk and printed with what both made of it. TSTRACE_ORACLE_RUNS asks for more than CI does.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { evaluate } from '../support/oracle/evaluate.ts';
import { randomArguments, randomBlock } from '../support/oracle/generate.ts';
import { printBlock } from '../support/oracle/model.ts';
import { runInKernel, scriptOf } from '../support/oracle/run.ts';

/** So at least 5,000 programs in CI. */
const runs = Number(process.env.TSTRACE_ORACLE_RUNS ?? 1000);

/** Shown as the script that it is. */
const script = fc.array(randomBlock, { minLength: 5, maxLength: 8, size: 'max' }).map((blocks) => ({
  blocks,
  bodies: blocks.map((block, index) => printBlock(block, `_${index}`)),
  [fc.toStringMethod](): string {
    return `\n${scriptOf(this.bodies)}\n`;
  },
}));

test('the kernel computes what the rules of the language say', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(script, randomArguments, ({ blocks, bodies }, words) => {
      const found = runInKernel(bodies, words);
      const wanted = new Map(
        blocks.flatMap((block, index) =>
          [...evaluate(block, words)].map(([name, entries]) => [`${name}_${index}`, entries] as const),
        ),
      );
      expect(sorted(found)).toEqual(sorted(wanted));
    }),
    { numRuns: runs },
  );
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
