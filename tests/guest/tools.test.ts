/** The scripts of tools/ in guests: all of them on 6.12, on the others what they have the probes for. One guest for each kernel. */

import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Finished } from '../support/end-to-end.ts';
import { lackingOn, runnableOn, titleOf } from '../support/tools/areas.ts';
import type { GuestPlace } from '../support/tools/guest-place.ts';
import { guestPlace } from '../support/tools/guest-place.ts';
import { record } from '../support/tools/page.ts';
import { startAll } from '../support/tools/run-tools.ts';
import type { ToolCase } from '../support/tools/tool-case.ts';
import { checkTool } from '../support/tools/tool-case.ts';

/** A guest has two CPUs. */
const together = 2;
const timeoutMs = 330_000;

describe.each(['6.12', '6.1', '7.2'] as const)('on %s', (kernel) => {
  let place: GuestPlace | undefined;
  let runs: ReadonlyMap<ToolCase, Promise<Finished>> = new Map();

  beforeAll(async () => {
    place = await guestPlace(kernel, together);
    runs = startAll(place, runnableOn(kernel), together);
  });
  afterAll(() => place?.guest.close());

  test.each(runnableOn(kernel).map((testCase) => [titleOf(testCase), testCase] as const))(
    '%s',
    async (_title, testCase) => {
      const finished = await runs.get(testCase);
      if (finished === undefined) throw new Error('it was not started');
      checkTool(testCase, finished);
      if (kernel === '6.12') record(testCase, finished.stdout);
    },
    timeoutMs,
  );

  test.skip.each(lackingOn(kernel))('%s: %s', () => undefined);
});
