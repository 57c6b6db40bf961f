/** Casts: what they make of a value, and which are impossible. */

import { expect, test } from 'vitest';
import { checkAnalysis, told, valueOf } from '../../support/analysis.ts';

test.each([
  ['(uint8)pid', 'convert(pid():uint32):uint8'],
  ['(int64)pid', 'convert(pid():uint32):int64'],
  ['(bool)pid', 'convert(pid():uint32):bool'],
  ['(bool)5', '1:bool'],
  ['(uint64)curtask', 'convert(curtask:struct task_struct *):uint64'],
  ['(struct file *)pid', 'convert(pid():uint32):struct file *'],
  ['(struct task_struct *)curtask', 'curtask:struct task_struct *'],
  ['(enum color)1', '1:enum color'],
  ['(uint32)GREEN', '1:uint32'],
  ['(uint8[4])pid', 'convert(pid():uint32):uint8[4]'],
  ['(uint8[])pid', 'convert(pid():uint32):uint8[4]'],
  ['(uint8[8])1', 'convert(1:int64):uint8[8]'],
  ['(uint16[])nsecs', 'convert(nsecs():uint64):uint16[4]'],
  ['(uint32)(uint8[4])pid', 'convert(convert(pid():uint32):uint8[4]):uint32'],
  ['(int8[])"ab"', 'convert("ab":string[3]):int8[3]'],
  ['(string[32])comm', 'convert(comm():string[16]):string[32]'],
  ['(uint8[2][2])pid', 'convert(pid():uint32):uint8[2][2]'],
  [
    '(uint16[2])pid == (uint16[])pid',
    '(convert(pid():uint32):uint16[2] == convert(pid():uint32):uint16[2]):bool',
  ],
  ['((uint8[2][2])pid)[1]', 'part(convert(pid():uint32):uint8[2][2] + 2):uint8[2]'],
  ['((uint8[2][2])pid)[1][0]', 'part(convert(pid():uint32):uint8[2][2] + 2):uint8'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test('impossible ones', () => {
  checkAnalysis(`
    fentry:f {
      print((enum color)7);
         // ^^^^^^^^^^^^^ bad-cast
      print((uint32)comm);
         // ^^^^^^^^^^^^ bad-cast
      print((uint8[3])pid);
         // ^^^^^^^^^^^^^ bad-cast
      print((struct file)curtask);
         // ^^^^^^^^^^^^^^^^^^^^ bad-cast
      print((string[4])comm);
         // ^^^^^^^^^^^^^^^ bad-cast
      print((uint64)(1, 2));
         // ^^^^^^^^^^^^^^ bad-cast
      print((uint32[])(uint16)pid);
         // ^^^^^^^^^^^^^^^^^^^^^ bad-cast
      print(((uint8[2][2])pid)[0][2]);
                               // ^ index-out-of-range
      print((uint16[2])pid == (uint8[4])pid);
         // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ type-mismatch
      print((uint64)args);
                 // ^^^^ type-mismatch
    }
  `);
  expect(told('begin { print((enum color)7); print((struct file)curtask); }')).toEqual([
    { code: 'bad-cast', hints: ['Its values are RED (0), GREEN (1).'] },
    { code: 'bad-cast', hints: ['Cast to a pointer: (struct file *)'] },
  ]);
  expect(told('begin { print((uint8[3])pid); print((uint32[])(uint16)pid); }')).toEqual([
    { code: 'bad-cast', hints: ['uint32 has 4 bytes: (uint8[4])'] },
    { code: 'bad-cast', hints: ['uint16 has 2 bytes, which make no whole number of uint32.'] },
  ]);
});

test('a variable that is declared as an enum takes its values', () => {
  expect(valueOf('$c', 'let $c: enum color = 1; $c = RED; $c = (enum color)pid;')).toBe('$c:enum color');
  checkAnalysis(`
    begin {
      let $c: enum color = 7;
                        // ^ literal-out-of-range
      $c = -1;
        // ^^ literal-out-of-range
      print($c);
    }
  `);
  expect(told('begin { let $c: enum color = 7; print($c); }')).toEqual([
    { code: 'literal-out-of-range', hints: ['Its values are RED (0), GREEN (1).'] },
  ]);
});

test('a cast that does nothing is told of, but for pointers', () =>
  checkAnalysis(`
    begin {
      print((uint32)pid);
         // ^^^^^^^^^^^ bad-cast
      print((struct task_struct *)curtask);
      print((int8)5);
    }
  `));
