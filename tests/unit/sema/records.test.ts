/** Tuples and records: what they are made of, how they are taken apart, and which go together. */

import { expect, test } from 'vitest';
import { checkAnalysis, mapsIn, told, treeOf, typesIn, valueOf } from '../../support/analysis.ts';

test.each([
  ['(x=1, y="s")', '(x=1:int8, y="s":string[2]):(x=int8,y=string[2])'],
  ['(x=1).x', '1:int8'],
  ['(x=pid).x', '(x=pid():uint32):(x=uint32).0:uint32'],
  ['(a=1, b=(c=2)).b.c', '2:int8'],
  ['(1,)', '(1:int8):(int8)'],
  ['()', '():()'],
  ['sizeof((a=(int8)1, b=(int64)2))', '16:uint64'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test('records of one set of names are one type, in the order of the first', () => {
  expect(typesIn('$r = (x=1, y="s"); $r = (y="longer", x=pid);')).toEqual([
    'let $r: (x=uint32,y=string[7])',
    '$r = (x=1:uint32, y="s":string[7]):(x=uint32,y=string[7])',
    '$r = (x=pid():uint32, y="longer":string[7]):(x=uint32,y=string[7])',
  ]);
  expect(mapsIn('begin { @[(a=1, b="x")] = 1; @[(b="longer", a=300)] = 2; }')).toEqual([
    '@[(a=int16,b=string[7])] int8 hash 4096',
  ]);
  expect(valueOf('$r == (y=1, x=2)', '$r = (x=pid, y=1);')).toBe(
    '($r:(x=uint32,y=int8) == (x=2:uint32, y=1:int8):(x=uint32,y=int8)):bool',
  );
});

test('args as a whole is a record of what the context holds', () => {
  expect(treeOf('fentry:f { print(args); }').at(-1)).toBe(
    'print((file=load(args:struct args_f * + 0):struct file *, count=load(args:struct args_f * + 8):uint32):(file=struct file *,count=uint32)):void',
  );
  checkAnalysis(`
    fentry:f {
      @ = args;
       // ^^^^ type-mismatch
      print(args + 1);
         // ^^^^ type-mismatch
    }
  `);
});

test('mistakes', () => {
  checkAnalysis(`
    begin {
      $r = (a=1, b=2);
      $r = (a=1, c=2);
   // ^^ type-mismatch
      $r = (a=1);
   // ^^ type-mismatch
      $r = (1, 2);
   // ^^ type-mismatch
      print($r.count);
            // ^^^^^ unknown-field
      print($r[0]);
            // ^ bad-operand
      print($r.0);
            // ^ unknown-field
      print((1, 2).a);
                // ^ index-out-of-range
      print($r == (a=1));
         // ^^^^^^^^^^^ type-mismatch
      print($r < $r);
         // ^^^^^^^ type-mismatch
      @ = ();
   // ^ type-mismatch
    }
  `);
  expect(told('begin { $r = (count=1, total=2); print($r.coun); }')).toEqual([
    { code: 'unknown-field', hints: ["Did you mean 'count'?", 'Its elements are count, total.'] },
  ]);
});
