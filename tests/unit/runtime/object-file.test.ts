/** Object files as LLVM makes them, read into what bpf(2) takes. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { lineOfInstruction } from '../../../src/runtime/btf-ext.ts';
import { withMaps } from '../../../src/runtime/link-program.ts';
import { parseObject } from '../../../src/runtime/object-file.ts';
import { btfKind, kindOf, nameOf, parseBtf, sizeInBytes, wordOf } from '../../../src/system/btf/parse.ts';
import { countingBody, countsMap, handObject } from '../../support/hand-ir.ts';

const ring = { name: 'ringbuf', type: 27, entries: 4096, keyed: false };

const oneProgram = parseObject(
  handObject([ring, countsMap(4)], [{ name: 'kprobe_f_1', body: countingBody(2) }]),
);

/** A program that calls a function in .text, and hands another to bpf_for_each_map_elem. */
const withSubprograms = parseObject(
  handObject(
    [countsMap(4)],
    [
      { name: 'unused', body: ['ret i64 5'], subprogram: true },
      {
        name: 'twice',
        body: ['%x = ptrtoint ptr %ctx to i64', '%y = mul i64 %x, %x', 'ret i64 %y'],
        subprogram: true,
      },
      {
        name: 'kprobe_f_1',
        body: [
          '%a = call i64 @twice(ptr %ctx)',
          '%b = call i64 inttoptr (i64 164 to ptr)(ptr @counts, ptr @callback, ptr null, i64 0)',
          'ret i64 %a',
        ],
      },
      { name: 'callback', body: ['ret i64 0'], subprogram: true },
    ],
  ),
);

const wordsOf = (bytes: Uint8Array) => new Int32Array(Uint8Array.from(bytes).buffer);

test('the licence and the maps are read, with BTF types where the map has a key', () => {
  expect(oneProgram.license).toBe('GPL');
  expect([...oneProgram.maps.keys()].sort()).toEqual(['counts', 'ringbuf']);
  expect(oneProgram.maps.get('ringbuf')?.btf).toBeUndefined();
  const btf = parseBtf(present(oneProgram.btf, 'BTF'), 'test');
  const types = present(oneProgram.maps.get('counts')?.btf, 'types of counts');
  if (!btf.ok) throw new Error(btf.error);
  expect(nameOf(btf.value, types.keyType)).toBe('unsigned int');
  expect(nameOf(btf.value, types.valueType)).toBe('long');
});

test('data sections in the BTF get the sizes and offsets that LLVM leaves open', () => {
  const btf = parseBtf(present(oneProgram.btf, 'BTF'), 'test');
  if (!btf.ok) throw new Error(btf.error);
  const ids = Array.from({ length: btf.value.endId - 1 }, (_, index) => index + 1);
  const maps = present(
    ids.find((id) => kindOf(btf.value, id) === btfKind.section && nameOf(btf.value, id) === '.maps'),
    'section .maps',
  );
  expect(sizeInBytes(btf.value, maps)).toBe(16 + 32);
  // Type, offset and size of both variables.
  expect([4, 5, 7, 8].map((word) => wordOf(btf.value, maps, word))).toEqual([0, 16, 16, 32]);
});

test("a map reference becomes a load of the map's descriptor", () => {
  const program = present(oneProgram.programs.get('kprobe_f_1'), 'program');
  expect(program.maps.map(({ symbol }) => symbol)).toEqual(['counts']);
  const at = present(program.maps[0], 'reference').instruction;
  const words = wordsOf(withMaps(program, (symbol) => (symbol === 'counts' ? 77 : -1)));
  const opcodeAndSource = (words[2 * at] ?? 0) & 0xf0ff;
  expect([opcodeAndSource, words[2 * at + 1], words[2 * at + 3]]).toEqual([0x1018, 77, 0]);
  // The object's own bytes stay as they were: it may be loaded again.
  expect(wordsOf(program.instructions)[2 * at + 1]).toBe(0);
});

test('functions and lines are counted in instructions, and lead to the place in the script', () => {
  const program = present(oneProgram.programs.get('kprobe_f_1'), 'program');
  expect(program.functions?.count).toBe(1);
  expect(wordsOf(present(program.functions, 'functions').bytes)[0]).toBe(0);
  const lines = present(program.lines, 'lines');
  const call =
    wordsOf(program.instructions).findIndex((word, index) => index % 2 === 0 && (word & 0xff) === 0x85) / 2;
  // `call bpf_get_current_pid_tgid` stands in the second line of the body.
  const place = present(lineOfInstruction(lines, call), 'place');
  expect(place).toMatchObject({ line: 2, column: 3 });
  expect(oneProgram.textAt(place.nameOffset)).toMatch(/script\.bt$/);
});

test('only the functions that a program needs are appended, and calls and callbacks lead to them', () => {
  const program = present(withSubprograms.programs.get('kprobe_f_1'), 'program');
  expect([...withSubprograms.programs.keys()]).toEqual(['kprobe_f_1']);
  expect(program.needsBtf).toBe(true);
  expect(program.functions?.count).toBe(3);
  const starts = [0, 1, 2].map((index) => wordsOf(present(program.functions, 'functions').bytes)[2 * index]);
  const words = wordsOf(program.instructions);
  const instructions = words.length / 2;
  const targets = new Map<number, number>();
  for (let index = 0; index < instructions; index++) {
    const head = words[2 * index] ?? 0;
    const source = (head >>> 12) & 0xf;
    const isCall = (head & 0xff) === 0x85 && source === 1;
    const isCallback = (head & 0xff) === 0x18 && source === 4;
    if (isCall || isCallback) targets.set(isCall ? 1 : 4, index + 1 + (words[2 * index + 1] ?? 0));
    if ((head & 0xff) === 0x18) index++;
  }
  expect([...targets.values()].sort((a, b) => a - b)).toEqual(starts.slice(1));
  expect(program.maps.map(({ symbol }) => symbol)).toEqual(['counts']);
});
