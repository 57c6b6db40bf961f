/** Values far beyond the BPF stack, many at once: they live in scratch memory, and none of them in another's bytes. */

import { expect, test } from 'vitest';

import { present } from '../../src/base/assert.ts';
import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import { compileGolden } from '../support/golden.ts';
import { mustLoad, openHandles } from '../support/kernel.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);
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
  if (!llvm.ok) throw new Error(llvm.error.message);
  const { ir, plan } = compileGolden({ name: 'large values', program: script, facts: 'minimal' });
  const emitted = emitObject(llvm.value, ir);
  if (!emitted.ok) throw new Error(emitted.error.message);
  const loaded = mustLoad(openHandles(), plan, emitted.value.bytes);
  expect(realBpf.runProgram(present(loaded.programs[0], 'program').fd).ok).toBe(true);

  /** What lies under a key of this text, or of a scalar map. */
  const read = (symbol: string, key = ''): Buffer => {
    const map = present(loaded.maps.get(symbol), symbol);
    const keyBytes = Buffer.alloc(map.plan.keyBytes);
    keyBytes.write(key);
    const value = Buffer.alloc(map.plan.valueBytes);
    const found = realBpf.lookup(map.fd, keyBytes, value);
    if (!found.ok || !found.value) throw new Error(`nothing in ${symbol}`);
    return value;
  };
  const text = (letter: string): string => `${letter.repeat(199)}\0`;

  expect(letters.map((_, at) => read(`AT_v${at}`).toString())).toEqual(letters.map(text));
  expect(read('AT_key', 'k'.repeat(599)).toString()).toBe(text('a'));
  expect(read('AT_inner').toString()).toBe(text('d'));
  expect(read('AT_last').toString()).toBe(text('e'));
  expect([read('AT_same')[0], read('AT_different')[0]]).toEqual([1, 0]);
});
