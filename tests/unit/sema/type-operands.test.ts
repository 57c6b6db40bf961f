/** sizeof, offsetof and typeof: they look at types and do nothing else. */

import { expect, test } from 'vitest';
import { checkAnalysis, mapsIn, told, typesIn, valueOf } from '../../support/analysis.ts';

test.each([
  ['sizeof(struct task_struct)', '256:uint64'],
  ['sizeof(*curtask)', '256:uint64'],
  ['sizeof(curtask)', '8:uint64'],
  ['sizeof(pid_t)', '4:uint64'],
  ['sizeof(uint16[3])', '6:uint64'],
  ['sizeof(enum color)', '4:uint64'],
  ['sizeof(GREEN)', '4:uint64'],
  ['sizeof(pid)', '4:uint64'],
  ['sizeof(comm)', '16:uint64'],
  ['sizeof("abc")', '4:uint64'],
  ['sizeof((1, 2))', '2:uint64'],
  ['sizeof(typeof(curtask->comm))', '16:uint64'],
  ['offsetof(struct task_struct, comm)', '8:uint64'],
  ['offsetof(struct task_struct, stack)', '64:uint64'],
  ['offsetof(struct device, at.x)', '8:uint64'],
  ['offsetof(*curtask, mm)', '32:uint64'],
  ['offsetof(curtask, mm)', '32:uint64'],
  ['(typeof(pid))5', '5:uint32'],
  ['(typeof(curtask->tgid))pid', 'convert(pid():uint32):int32'],
  ['(typeof(*curtask) *)5', '5:struct task_struct *'],
  ['(typeof(pid)[2])nsecs', 'convert(nsecs():uint64):uint32[2]'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test('a variable has the type of what it is declared after, found later or not', () => {
  expect(
    typesIn('let $a: typeof(@m); $a = 1; @m = pid; let $b: typeof($a); $b = 2; print(sizeof(@m));'),
  ).toEqual([
    'let $a: uint32',
    '$a = 1:uint32',
    '@m = pid():uint32',
    'let $b: uint32',
    '$b = 2:uint32',
    'print(4:uint64):void',
  ]);
  expect(
    mapsIn('begin { let $t: typeof(@t); $t = @t; @u = $t; @t = (1, "a"); @t = (300, "long"); }'),
  ).toEqual(['@t[] (int16,string[5]) hash 1', '@u[] (int16,string[5]) hash 1']);
});

test('looking at a type is no use of a value', () =>
  checkAnalysis(`
    begin {
      let $x: uint8;
      print(sizeof($x));
      $x = 1;
      print(sizeof($x));
    }
  `));

test('mistakes', () => {
  checkAnalysis(`
    fentry:f {
      $x = 1;
      print(sizeof($x++));
                // ^^ not-assignable
      print(sizeof(nonsense));
                // ^^^^^^^^ unknown-identifier
      print(sizeof(void));
         // ^^^^^^^^^^^^ bad-argument
      print(sizeof(exit()));
         // ^^^^^^^^^^^^^^ bad-argument
      print(sizeof($y));
                // ^^ undefined-variable
      print(offsetof(struct task_struct, coomm));
                                      // ^^^^^ unknown-field
      print(offsetof(struct task_struct, comm.x));
                                           // ^ bad-argument
      print(offsetof(struct task_struct, nice));
                                      // ^^^^ bad-argument
      print(offsetof(pid, x));
                       // ^ bad-argument
      let $a: typeof(exit());
           // ^^^^^^^^^^^^^^ type-mismatch
      let $b: typeof(args);
           // ^^^^^^^^^^^^ type-mismatch
      let $c: typeof(pid);
      $c = "text";
        // ^^^^^^ type-mismatch
      let $d: typeof(args.count) = -1;
                                // ^^ literal-out-of-range
      print(($a, $b, $c, $d));
    }
  `);
  expect(told('begin { print(offsetof(struct file, f_mod)); }')).toEqual([
    { code: 'unknown-field', hints: ["Did you mean 'f_mode'?", expect.any(String)] },
  ]);
});
