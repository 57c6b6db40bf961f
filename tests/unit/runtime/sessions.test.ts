/** Sessions: which blocks make one, and the program that they become. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import type { Attachment } from '../../../src/plan/plan.ts';
import { parseObject } from '../../../src/runtime/object-file.ts';
import { sessionsOf } from '../../../src/runtime/sessions.ts';
import { countingBody, countsMap, handObject } from '../../support/hand-ir.ts';
import { programPlan } from '../../support/plans.ts';

const kprobe = (
  symbol: string,
  isReturn: boolean,
  extras: { readonly offset?: number } = {},
): Attachment => ({
  kind: 'kprobe',
  return: isReturn,
  symbol,
  offset: 0,
  ...extras,
});
const entry = (name: string, ...symbols: readonly string[]) =>
  programPlan(
    name,
    'kprobe',
    symbols.map((symbol) => kprobe(symbol, false)),
  );
const back = (name: string, ...symbols: readonly string[]) =>
  programPlan(
    name,
    'kprobe',
    symbols.map((symbol) => kprobe(symbol, true)),
  );

const inside = programPlan('inside', 'kprobe', [kprobe('f', false, { offset: 4 })]);
const whole = programPlan('whole', 'kprobe', [kprobe('f', false)], { wholeContext: true });
const giving = programPlan('giving', 'kprobe', [kprobe('f', false)], { givesResult: true });

test.each([
  ['one function', [entry('a', 'f'), back('b', 'f')], ['a b']],
  ['the return first', [back('b', 'f'), entry('a', 'f')], ['a b']],
  ['the same functions', [entry('a', 'f', 'g'), back('b', 'g', 'f')], ['a b']],
  ['not quite the same', [entry('a', 'f', 'g'), back('b', 'f')], []],
  ['two pairs', [entry('a', 'f'), entry('b', 'g'), back('c', 'f'), back('d', 'g')], ['a c', 'b d']],
  ['several blocks on one function', [entry('a', 'f'), entry('b', 'f'), back('c', 'f'), back('d', 'f')], []],
  ['a wildcard over another', [entry('a', 'f'), entry('b', 'f', 'g'), back('c', 'f')], []],
  ['two entries and one return', [entry('a', 'f'), entry('b', 'f'), back('c', 'f')], []],
  ['a place within a function', [inside, back('b', 'f')], []],
  ['a block that wants all registers', [whole, back('b', 'f')], []],
  ['a block that decides what the kernel gets', [giving, back('b', 'f')], []],
])('%s', (_, programs, wanted) => {
  const sessions = sessionsOf(programs, { presence: () => 'present' }, () => 7);
  const pairs = [...(sessions?.partners ?? [])].map(([{ name }, partner]) => `${name} ${partner.name}`);
  expect(pairs).toEqual(wanted);
});

test('a kernel without sessions, or without the types that they need, has none', () => {
  const programs = [entry('a', 'f'), back('b', 'f')];
  expect(sessionsOf(programs, { presence: () => 'absent' }, () => 7)).toBeUndefined();
  expect(sessionsOf(programs, { presence: () => 'present' }, () => undefined)).toBeUndefined();
});

const object = parseObject(
  handObject(
    [countsMap(4)],
    [
      { name: 'called', body: ['%x = ptrtoint ptr %ctx to i64', 'ret i64 %x'], subprogram: true },
      { name: 'entry_1', body: countingBody(2) },
      { name: 'return_2', body: ['%a = call i64 @called(ptr %ctx)', 'ret i64 %a'] },
    ],
  ),
);
const wordsOf = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer);

test('the two programs stand one behind the other, and the first instructions choose', () => {
  const [first, second] = ['entry_1', 'return_2'].map((name) => present(object.programs.get(name), name));
  const session = present(object.session('entry_1', 'return_2', 1234), 'a session');
  const words = wordsOf(session.instructions);
  const [entryWords, returnWords] = [first, second].map((program) =>
    wordsOf(present(program, 'program').instructions),
  );
  const length = present(entryWords, 'entry').length;
  // r6 = r1; call the kernel's function 1234; r1 = r6; if the lowest bit of r0 is set, jump over the entry's program.
  expect([...words.subarray(0, 8)]).toEqual([
    0x16bf,
    0,
    0x2085,
    1234,
    0x61bf,
    0,
    0x45 + ((length / 2) << 16),
    1,
  ]);
  expect([...words.subarray(8, 8 + length)]).toEqual([...present(entryWords, 'entry')]);
  expect(words.length).toBe(8 + length + present(returnWords, 'return').length);
  // The call still leads to what stood behind.
  expect(session.maps.map(({ instruction }) => instruction)).toEqual(
    present(first, 'entry').maps.map(({ instruction }) => instruction + 4),
  );
});

test('for the kernel it is one function, which begins where the program does', () => {
  const { functions, lines } = present(object.session('entry_1', 'return_2', 1), 'a session');
  const starts = (records: typeof functions): readonly number[] => {
    const words = wordsOf(present(records, 'records').bytes);
    return Array.from({ length: present(records, 'records').count }, (_, index) =>
      present(words[(index * present(records, 'records').recordBytes) / 4], 'record'),
    );
  };
  const [first, ...others] = starts(functions);
  expect([first, others.length]).toEqual([0, 1]);
  expect(starts(lines)[0]).toBe(0);
  expect([...starts(lines)].sort((a, b) => a - b)).toEqual(starts(lines));
});
