/** What processes had mapped, as it is known from what happened to them. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ProcessHistory } from '../../../../src/runtime/symbols/process-history.ts';
import type { Mapping } from '../../../../src/system/proc/maps.ts';

const mapping = (path: string, start: bigint, pages = 1n): Mapping => ({
  start,
  end: start + pages * 0x1000n,
  executable: true,
  fileOffset: 0,
  identity: `00:01 ${path}`,
  path,
  deleted: false,
});

/** The paths that an address had in the lives of a process, the newest first. */
const pathsAt = (
  history: ProcessHistory,
  process: number,
  address: bigint,
): readonly (string | undefined)[] =>
  history.spacesOf(process).map((space) => space.mappingAt(address)?.path);

test('of mappings at one address the newest counts', () => {
  const history = new ProcessHistory();
  history.apply({ kind: 'mapped', time: 1n, process: 7, mapping: mapping('/old', 0x1000n, 4n) });
  history.apply({ kind: 'mapped', time: 2n, process: 7, mapping: mapping('/new', 0x2000n) });
  expect(
    [0x1fffn, 0x2000n, 0x2fffn, 0x3000n, 0x5000n].map((address) => pathsAt(history, 7, address)),
  ).toEqual([['/old'], ['/new'], ['/new'], ['/old'], [undefined]]);
});

test('records that come late count as of their time', () => {
  const history = new ProcessHistory();
  history.apply({ kind: 'executed', time: 10n, process: 7 });
  history.apply({ kind: 'mapped', time: 11n, process: 7, mapping: mapping('/after', 0x1000n) });
  history.apply({ kind: 'mapped', time: 5n, process: 7, mapping: mapping('/before', 0x1000n) });
  expect(pathsAt(history, 7, 0x1000n)).toEqual(['/after', '/before']);
});

test('an execution begins with nothing, and what was before stays known', () => {
  const history = new ProcessHistory();
  history.see(7, 1n, [mapping('/bin/sh', 0x1000n)]);
  history.apply({ kind: 'executed', time: 2n, process: 7 });
  history.apply({ kind: 'mapped', time: 3n, process: 7, mapping: mapping('/bin/ls', 0x9000n) });
  expect(pathsAt(history, 7, 0x1000n)).toEqual([undefined, '/bin/sh']);
  expect(pathsAt(history, 7, 0x9000n)).toEqual(['/bin/ls', undefined]);
});

test('a child begins with what its parent had, and shares nothing from then on', () => {
  const history = new ProcessHistory();
  history.see(7, 1n, [mapping('/bin/sh', 0x1000n)]);
  history.apply({ kind: 'forked', time: 5n, process: 8, parent: 7 });
  history.apply({ kind: 'mapped', time: 6n, process: 7, mapping: mapping('/parent', 0x2000n) });
  history.apply({ kind: 'mapped', time: 6n, process: 8, mapping: mapping('/child', 0x3000n) });
  // Told late: it was there before the child.
  history.apply({ kind: 'mapped', time: 4n, process: 7, mapping: mapping('/shared', 0x4000n) });
  const child = [0x1000n, 0x2000n, 0x3000n, 0x4000n].map((address) => pathsAt(history, 8, address));
  expect(child).toEqual([['/bin/sh'], [undefined], ['/child'], ['/shared']]);
  expect(pathsAt(history, 7, 0x3000n)).toEqual([undefined]);
  const [space] = history.spacesOf(8);
  expect([...(space?.mappings() ?? [])].map(({ path }) => path)).toEqual(['/child', '/shared', '/bin/sh']);
});

test('a child of a program that its parent no longer runs has the program that it was forked from', () => {
  const history = new ProcessHistory();
  history.see(7, 1n, [mapping('/bin/sh', 0x1000n)]);
  history.apply({ kind: 'executed', time: 9n, process: 7 });
  history.apply({ kind: 'forked', time: 5n, process: 8, parent: 7 });
  expect(pathsAt(history, 8, 0x1000n)).toEqual(['/bin/sh']);
});

test('what /proc says again is not kept twice, and data is not kept', () => {
  const history = new ProcessHistory();
  const code = mapping('/bin/sh', 0x1000n);
  history.see(7, 1n, [code, { ...mapping('/data', 0x8000n), executable: false }]);
  history.see(7, 2n, [code]);
  expect([...(history.spacesOf(7)[0]?.mappings() ?? [])]).toEqual([code]);
});

test('a process that has ended stays known until many others have', () => {
  const history = new ProcessHistory(2);
  for (const process of [1, 2, 3]) {
    history.see(process, 1n, [mapping(`/${process}`, 0x1000n)]);
    history.apply({ kind: 'ended', time: 2n, process });
    expect(history.isAlive(process)).toBe(false);
  }
  expect([1, 2, 3].map((process) => pathsAt(history, process, 0x1000n))).toEqual([[], ['/2'], ['/3']]);
});

test('a number that is used again stands for the old process and the new one', () => {
  const history = new ProcessHistory();
  history.see(1, 0n, [mapping('/init', 0x1000n)]);
  history.see(7, 1n, [mapping('/old', 0x2000n)]);
  history.apply({ kind: 'ended', time: 2n, process: 7 });
  history.apply({ kind: 'forked', time: 3n, process: 7, parent: 1 });
  expect(history.isAlive(7)).toBe(true);
  expect(pathsAt(history, 7, 0x1000n)).toEqual(['/init', undefined]);
  expect(pathsAt(history, 7, 0x2000n)).toEqual([undefined, '/old']);
});

test('whatever order records come in, they tell the same', () => {
  const records = [
    { kind: 'mapped', time: 1n, process: 7, mapping: mapping('/a', 0x1000n) },
    { kind: 'mapped', time: 2n, process: 7, mapping: mapping('/b', 0x1000n) },
    { kind: 'executed', time: 4n, process: 7 },
    { kind: 'mapped', time: 5n, process: 7, mapping: mapping('/c', 0x1000n) },
    { kind: 'mapped', time: 6n, process: 7, mapping: mapping('/d', 0x2000n) },
  ] as const;
  fc.assert(
    fc.property(fc.shuffledSubarray([...records], { minLength: records.length }), (shuffled) => {
      const history = new ProcessHistory();
      // The first life is known from the start: else the first record would begin it.
      history.see(7, 0n, []);
      for (const record of shuffled) history.apply(record);
      expect([pathsAt(history, 7, 0x1000n), pathsAt(history, 7, 0x2000n)]).toEqual([
        ['/c', '/b'],
        ['/d', undefined],
      ]);
    }),
  );
});
