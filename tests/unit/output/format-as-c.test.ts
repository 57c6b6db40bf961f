/**
 * Numbers in formats against C's printf, as bash hands it through: every conversion with every set of flags, width, precision and length
 * modifier, at the borders of every type.
 */

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatter } from '../../../src/output/format.ts';
import type { IntType } from '../../../src/types/type.ts';
import { i16, i32, i64, i8, u16, u32, u64, u8 } from '../../../src/types/type.ts';
import type { Integer } from '../../../src/types/value.ts';

/** Those of a list that go together, in all ways. */
const subsets = (letters: string): readonly string[] =>
  [...letters].reduce<readonly string[]>((all, letter) => [...all, ...all.map((one) => one + letter)], ['']);

const widths = ['', '1', '7', '24'];
const precisions = ['', '.', '.0', '.1', '.6', '.23'];
const specifications = subsets('-+ #0').flatMap((flags) =>
  widths.flatMap((width) => precisions.map((precision) => flags + width + precision)),
);

/** What C's printf shows of one number under each specification. */
function shownByC(name: string, value: bigint): readonly string[] {
  const format = specifications.map((specification) => `%${specification}${name}\n`).join('');
  const values = specifications.map(() => String(value));
  const text = execFileSync('bash', ['-c', 'printf "$@"', 'printf', format, ...values], { encoding: 'utf8' });
  return text.split('\n').slice(0, -1);
}

const exact = (value: bigint): Integer => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function shown(name: string, type: IntType, value: bigint): readonly string[] {
  return specifications.map((specification) => formatter(`%${specification}${name}`, [type])([exact(value)]));
}

/** Where the two differ: the specification, ours, C's. */
const differences = (name: string, ours: readonly string[], theirs: readonly string[]): readonly string[] =>
  ours.flatMap((text, at) =>
    text === theirs[at] ? [] : [`%${specifications[at]}${name}: '${text}', not '${theirs[at]}'`],
  );

function borders({ bytes, signed }: IntType): readonly bigint[] {
  const all = 1n << BigInt(bytes * 8);
  return signed ? [-all / 2n, -1n, 0n, 8n, all / 2n - 1n] : [0n, 8n, all / 2n, all - 1n];
}

const types = [i8, u8, i16, u16, i32, u32, i64, u64];
const cases = types.flatMap((type) => borders(type).map((value) => [type, value] as const));
const title = ({ bytes, signed }: IntType): string => `${signed ? '' : 'u'}int${bytes * 8}`;

test.each(cases.map(([type, value]) => [title(type), value, type] as const))(
  '%s %d in all flags, widths and precisions',
  (_title, value, type) => {
    const compare = (name: string, seenByC: bigint): void =>
      expect(differences(name, shown(name, type, value), shownByC(name, seenByC))).toEqual([]);
    // A number of 64 bits without a sign is shown by %d as one with it, which is what retval needs.
    compare('d', BigInt.asIntN(64, value));
    for (const name of ['u', 'o', 'x', 'X']) compare(name, BigInt.asUintN(type.bytes * 8, value));
  },
);

const modifiers = { hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64, L: 64 };

test.each(Object.entries(modifiers))('the modifier %s cuts to %d bits', (modifier, bits) => {
  const values = [...new Set(cases.filter(([{ signed }]) => signed).map(([, value]) => value))];
  for (const value of values)
    for (const [name, cut] of [
      ['i', BigInt.asIntN(bits, value)],
      ['u', BigInt.asUintN(bits, value)],
      ['x', BigInt.asUintN(bits, value)],
    ] as const)
      expect(formatter(`%+9.3${modifier}${name}`, [i64])([exact(value)])).toBe(
        formatter(`%+9.3${name}`, [name === 'i' ? i64 : u64])([exact(cut)]),
      );
});
