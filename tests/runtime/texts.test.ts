/** Texts compared, searched and put together by the kernel, against the same done here: any texts, of all capacities. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import type { RunnableProgram } from '../support/run-program.ts';
import { loadScript } from '../support/run-program.ts';

/** Two texts that a program finds in maps, and what it makes of them in @r. */
function onTwoTexts(expression: string, [a, b]: readonly [number, number], facts: string) {
  const program = loadScript(
    `rawtracepoint:fixture { @r = ${expression}; }
     kprobe:f { @a = str(arg0, ${a - 1}); @b = str(arg0, ${b - 1}); }`,
    facts,
  );
  return (first: string, second: string): Buffer => {
    set(program, 'a', first);
    set(program, 'b', second);
    program.run([0n, 0n]);
    return program.read('r', Buffer.alloc(8));
  };
}

function set(program: RunnableProgram, name: string, text: string): void {
  const { fd, plan } = program.map(name);
  const value = Buffer.alloc(plan.valueBytes);
  value.write(text, 0, plan.valueBytes - 1, 'latin1');
  const updated = realBpf.update(fd, Buffer.alloc(8), value);
  if (!updated.ok) throw new Error(updated.error.name);
}

/** Of few different letters, so that parts occur again and again. */
const textOf = (lengthMax: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b', '\xff'), { maxLength: Math.min(12, lengthMax) }),
      fc.nat(lengthMax),
    )
    .map(([letters, length]) => letters.join('').repeat(lengthMax).slice(0, length));

/** Texts that begin alike, and may differ at one place. */
const alike = (lengths: readonly [number, number]): fc.Arbitrary<readonly [string, string]> =>
  fc
    .tuple(textOf(lengths[0] - 1), fc.nat(), fc.constantFrom('', 'a', '\x01', '\xfe'))
    .map(([text, at, letter]) => {
      const place = at % (text.length + 1);
      const other = text.slice(0, place) + letter + text.slice(place + letter.length);
      return [text, other.slice(0, lengths[1] - 1)] as const;
    });

const sizes = [
  [8, 16, 'minimal'],
  [16, 65, 'minimal'],
  [100, 100, 'minimal'],
  [200, 1000, 'minimal'],
  [1024, 1024, 'minimal'],
  [4096, 5000, 'huge-strings'],
  [65_536, 65_536, 'huge-strings'],
] as const;

const runs = { numRuns: 60 };

test.each(sizes)('== of texts with %i and %i bytes', (a, b, facts) => {
  const same = onTwoTexts('@a == @b ? 1 : 0', [a, b], facts);
  fc.assert(
    fc.property(alike([a, b]), ([first, second]) => {
      expect(same(first, second)[0]).toBe(first === second ? 1 : 0);
    }),
    runs,
  );
});

const sign = (value: number): number => (value < 0 ? -1 : value > 0 ? 1 : 0);

test.each(sizes)('strncmp and memcmp of texts with %i and %i bytes', (a, b, facts) => {
  const count = Math.min(a, b) - 2;
  const byText = onTwoTexts(`strncmp(@a, @b, ${count})`, [a, b], facts);
  const byBytes = onTwoTexts(`(int64)memcmp(@a, @b, ${count})`, [a, b], facts);
  fc.assert(
    fc.property(alike([a, b]), ([first, second]) => {
      const [left, right] = [first, second].map((text) => Buffer.from(`${text.slice(0, count)}\0`, 'latin1'));
      const order = sign(Buffer.compare(left ?? Buffer.of(), right ?? Buffer.of()));
      expect([byText(first, second).readBigInt64LE(), byBytes(first, second).readBigInt64LE()]).toEqual([
        BigInt(order),
        BigInt(order),
      ]);
    }),
    runs,
  );
});

test.each(sizes)('strstr of texts with %i and %i bytes', (a, b, facts) => {
  const find = onTwoTexts('strstr(@a, @b)', [a, b], facts);
  const needle = fc.oneof(textOf(Math.min(8, b - 1)), textOf(b - 1));
  fc.assert(
    fc.property(textOf(a - 1), needle, fc.nat(), (text, wanted, at) => {
      const part = text.slice(at % (text.length + 1), (at % (text.length + 1)) + (at % 40)).slice(0, b - 1);
      for (const one of [wanted, part])
        expect(find(text, one).readBigInt64LE()).toBe(BigInt(text.indexOf(one)));
    }),
    runs,
  );
});

test('strstr of a literal', () => {
  const find = onTwoTexts('strstr(@a, "abbab")', [200, 8], 'minimal');
  fc.assert(
    fc.property(textOf(199), (text) => {
      expect(find(text, '').readBigInt64LE()).toBe(BigInt(text.indexOf('abbab')));
    }),
    runs,
  );
});

test.each([
  [8, 16, 1024],
  [16, 16, 31],
  [700, 600, 1024],
] as const)('str_concat of texts with %i and %i bytes, at most %i', (a, b, whole) => {
  const facts = whole === 1024 ? 'minimal' : 'small-strings';
  const joined = onTwoTexts('str_concat(@a, @b)', [a, b], facts);
  const lengthMax = Math.min(whole, facts === 'minimal' ? 1023 : 31);
  fc.assert(
    fc.property(textOf(a - 1), textOf(b - 1), (first, second) => {
      const bytes = joined(first, second);
      const text = (first + second).slice(0, lengthMax);
      expect(bytes.toString('latin1')).toBe(text.padEnd(bytes.length, '\0'));
    }),
    runs,
  );
});

test('strlen counts the bytes up to the NUL', () => {
  const length = onTwoTexts('strlen(@a)', [300, 8], 'minimal');
  for (const count of [0, 1, 63, 64, 65, 298, 299])
    expect(length('x'.repeat(count), '').readBigUInt64LE()).toBe(BigInt(count));
});
