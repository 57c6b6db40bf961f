/** --mode compiler-bench: how long each stage of compiling takes, as a mean over some rounds. */

import type { Stage } from '../../compile.ts';
import type { Output } from '../../output/output.ts';

/** A first round is not counted: it loads what later ones find. */
const roundsCounted = 10;

/** `compileOnce` does its stages' work through what it is given. The output is that of benches. */
export function benchCompiler(compileOnce: (stage: Stage) => void, output: Output): void {
  const sums = new Map<string, bigint>();
  const timed: Stage = (name, work) => {
    const start = process.hrtime.bigint();
    const value = work();
    sums.set(name, (sums.get(name) ?? 0n) + process.hrtime.bigint() - start);
    return value;
  };
  compileOnce((_name, work) => work());
  for (let round = 0; round < roundsCounted; round++) compileOnce(timed);
  output.benchesBegin();
  for (const [name, sumNs] of sums)
    output.benchEnds({
      name,
      measured: { averageNs: Number(sumNs / BigInt(roundsCounted)), repeats: roundsCounted },
    });
  output.finish();
}
