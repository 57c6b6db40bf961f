import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameFinder } from '../../../src/system/name-finder.ts';

const names = ['vfs_read', 'read', 'vfs_read_iter', 'x', 'vfs_read', 'æ'];

/** Enough questions that an index answers. */
function ask(separator: string, name: string, times: number): readonly number[] {
  const bytes = Buffer.from(names.join(separator) + separator, 'latin1');
  const starts = Uint32Array.from(names, (_, index) => names.slice(0, index).join('').length + index);
  const find = nameFinder(bytes, () => starts);
  for (let time = 1; time < times; time++) find(name);
  return find(name);
}

test.each([1, 100])('asked %i times, whole names are found and parts of names are not', (times) => {
  for (const separator of ['\0', '\n', '\t']) {
    expect(ask(separator, 'vfs_read', times)).toEqual([0, 30]);
    expect(ask(separator, 'read', times)).toEqual([9]);
    expect(ask(separator, 'x', times)).toEqual([28]);
    expect(ask(separator, 'æ', times)).toEqual([39]);
    expect(ask(separator, 'vfs', times)).toEqual([]);
    expect(ask(separator, '', times)).toEqual([]);
    expect(ask(separator, 'x\0vfs_read', times)).toEqual([]);
  }
});

test('searching and the index agree on any text', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), name, (all, wanted) => {
      const bytes = Buffer.from(`${all.join('\0')}\0`, 'latin1');
      const starts = Uint32Array.from(all, (_, index) => all.slice(0, index).join('').length + index);
      const find = nameFinder(bytes, () => starts);
      const answers = Array.from({ length: 20 }, () => find(wanted).join());
      const right = [...starts].filter((_, index) => all[index] === wanted).join();
      expect(new Set(answers)).toEqual(new Set([right]));
    }),
  );
});
