/** Starts the tools' runs, a few at a time, because each takes its time to start: a test waits for its own. */

import type { Finished } from '../end-to-end.ts';
import type { ToolCase, ToolPlace } from './tool-case.ts';
import { runTool } from './tool-case.ts';

interface Waiting {
  readonly testCase: ToolCase;
  readonly finished: Promise<Finished>;
  readonly settle: (run: Promise<Finished>) => void;
}

function waitingFor(testCase: ToolCase): Waiting {
  let settle: Waiting['settle'] = () => undefined;
  const finished = new Promise<Finished>((resolve) => (settle = resolve));
  // Whoever waits for it hears of its failure; a test that was filtered out does not.
  finished.catch(() => undefined);
  return { testCase, finished, settle };
}

/** Gives the run of each case. They are started in their order, `together` of them at a time. */
export function startAll(
  place: ToolPlace,
  cases: readonly ToolCase[],
  together: number,
): ReadonlyMap<ToolCase, Promise<Finished>> {
  const waiting = cases.map(waitingFor);
  const queue = waiting.values();
  const work = async (): Promise<void> => {
    for (const { testCase, finished, settle } of queue) {
      settle(runTool(place, testCase));
      await finished.catch(() => undefined);
    }
  };
  for (let lane = 0; lane < together; lane++) void work();
  return new Map(waiting.map(({ testCase, finished }) => [testCase, finished]));
}
