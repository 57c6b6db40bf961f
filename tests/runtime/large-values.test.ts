/** Values far beyond the BPF stack, many at once: they live in scratch memory, and none of them in another's bytes. */

import { expect, test } from 'vitest';

import { loadScript } from '../support/run-program.ts';

const letters = [...'abcdefghij'];

const script = `
  begin {
    ${letters.map((letter, at) => `$s${at} = "${letter.repeat(199)}";`).join(' ')}
    @key["${'k'.repeat(599)}"] = $s0;
    @tuple = ($s1, (1, $s2, (2, $s3)), $s4);
    $t = @tuple;
    @inner = $t.1.2.1;
    @last = $t.2;
    ${letters.map((_, at) => `@v${at} = $s${at};`).join(' ')}
    @same = $t.1.1 == $s2 ? 1 : 0;
    @different = $s5 == $s6 ? 1 : 0;
    printf("%s %s %s", $s7, $s8, $s9);
  }`;

test('ten texts of 200 bytes, a key of 600 bytes and nested tuples', () => {
  const program = loadScript(script);
  program.run();

  /** What lies under a key of this text, or of a scalar map. */
  const read = (name: string, key = ''): Buffer => {
    const keyBytes = Buffer.alloc(program.map(name).plan.keyBytes);
    keyBytes.write(key);
    return program.read(name, keyBytes);
  };
  const text = (letter: string): string => `${letter.repeat(199)}\0`;

  expect(letters.map((_, at) => read(`v${at}`).toString())).toEqual(letters.map(text));
  expect(read('key', 'k'.repeat(599)).toString()).toBe(text('a'));
  expect(read('inner').toString()).toBe(text('d'));
  expect(read('last').toString()).toBe(text('e'));
  expect([read('same')[0], read('different')[0]]).toEqual([1, 0]);
});
