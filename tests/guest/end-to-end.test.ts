/** Whole runs in guests: everything on 6.12, a smoke set on the other kernels, floods on one, two and four CPUs. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { cases, runCase } from '../support/end-to-end.ts';
import {
  checkExitInFlood,
  checkFlood,
  checkForcedLoss,
  checkFullMaps,
  checkLossByProbe,
  checkMissedRuns,
  checkStatistics,
} from '../support/losses.ts';
import type { Guest, GuestOptions } from '../support/guest/guest.ts';
import { bootGuest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { fromBundle, fromSnapshot } from '../support/guest/start-tstrace.ts';
import { asksForJson, checkJsonLines } from '../support/json-lines.ts';
import { checkTakenMaps } from '../support/taken-maps.ts';
import { buildPrograms } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');
const timeoutMs = 90_000;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
});

/** Boots a guest for a group of tests, and is the place where they run. */
function guestPlace(
  options: Pick<GuestOptions, 'kernel' | 'cpus'>,
  way: 'bundle' | 'snapshot' = 'snapshot',
): Place {
  let guest: Guest | undefined;
  let command = fromBundle;
  beforeAll(async () => {
    guest = await bootGuest({ ...options, project: projectFiles(await buildPrograms()) });
    if (way === 'snapshot') command = await fromSnapshot(guest);
  });
  afterAll(() => guest?.close());
  return {
    programs: '/project/programs',
    tstrace: async (args, environment = {}) => {
      if (!guest) throw new Error('the guest has not booted');
      const finished = await guest.run([...command, ...args], { timeoutMs, env: environment });
      if (asksForJson(args)) checkJsonLines(finished.stdout, 'utf8');
      return finished;
    },
  };
}

describe('6.12 runs everything', () => {
  const place = guestPlace({ kernel: '6.12' });
  test.each(
    cases.filter(({ lacks }) => lacks === undefined).map((testCase) => [testCase.title, testCase] as const),
  )('%s', (_title, testCase) => runCase(place, testCase), timeoutMs);

  test('runs that the kernel left out are counted', () => checkMissedRuns(place, 2000), timeoutMs);
  test('--stats: the numbers of each probe add up in a flood', () => checkStatistics(place, 2000), timeoutMs);
  test('updates that full maps refused are counted', () => checkFullMaps(place), timeoutMs);
  test(
    'a function that does not exist is told with its place',
    async () => {
      const { status, stderr } = await place.tstrace(['-e', 'kprobe:vfs_reed { @ = count(); }']);
      expect(status).toBe(1);
      expect(stderr).toContain('stdin:1:1-16: ERROR:');
      expect(stderr).toContain('no such function');
    },
    timeoutMs,
  );

  test(
    'override is an error on a kernel that was built without it',
    async () => {
      const { status, stderr } = await place.tstrace([
        '--unsafe',
        '-e',
        'kprobe:vfs_read { override(-12); }',
      ]);
      expect(status).toBe(1);
      expect(stderr).toContain('stdin:1:19-32: ERROR:');
      expect(stderr).toContain('CONFIG_BPF_KPROBE_OVERRIDE');
    },
    timeoutMs,
  );
});

/** What each of the other kernels must do: the oldest lacks fentry's helpers for names of functions. */
const smoke = new Set([
  'aggregations count what the command did',
  'uprobes and uretprobes see the arguments and results of a C function',
  'maps are read, changed, printed, cleared',
  'integers keep their signs, widths and types',
  'wildcards share a program, lists do not',
]);

describe.each(['6.1', '7.2'])('%s runs the smoke set', (kernel) => {
  const place = guestPlace({ kernel });
  const chosen = cases.filter(
    ({ title }) => smoke.has(title) && (kernel !== '6.1' || !title.startsWith('uprobes')),
  );
  test.each(chosen.map((testCase) => [testCase.title, testCase] as const))(
    '%s',
    (_title, testCase) => runCase(place, testCase),
    timeoutMs,
  );
});

describe('5.10 runs what its helpers allow', () => {
  const place = guestPlace({ kernel: '5.10' });
  const titles = [
    'aggregations count what the command did',
    'integers keep their signs, widths and types',
    'wildcards share a program, lists do not',
  ];
  const chosen = cases.filter(({ title }) => titles.includes(title));
  test.each(chosen.map((testCase) => [testCase.title, testCase] as const))(
    '%s',
    (_title, testCase) => runCase(place, testCase),
    timeoutMs,
  );

  test(
    'a helper that came later is named, with the kernel that brought it',
    async () => {
      const { status, stderr } = await place.tstrace(['-e', 'begin { @[1] = 1; print(len(@)); exit(); }']);
      expect(status).toBe(1);
      expect(stderr).toContain('for_each_map_elem');
      expect(stderr).toContain('5.13');
    },
    timeoutMs,
  );
});

describe.each([1, 2, 4] as const)('a flood on %d CPUs', (cpus) => {
  const place = guestPlace({ kernel: '6.12', cpus }, 'bundle');
  test(
    'printed events and reported losses are exactly what was sent',
    () => checkFlood(place, 50_000),
    timeoutMs,
  );
  test('what does not fit into the ring is counted', () => checkForcedLoss(place, 5000), timeoutMs);
  test('each probe has its own balance', () => checkLossByProbe(place, 2000), timeoutMs);
  test('print and clear lose nothing in between', () => checkTakenMaps(place, 4, 150_000), timeoutMs);
  test('exit() arrives through a full ring', () => checkExitInFlood(place), timeoutMs);
});
