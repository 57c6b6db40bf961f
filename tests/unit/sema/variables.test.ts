/** Variables: where they live, what is told of those that are undefined, unused or declared twice. */

import { expect, test } from 'vitest';
import { checkAnalysis, told, treeOf, typesIn } from '../../support/analysis.ts';

test('the first assignment declares, in its block', () =>
  expect(typesIn('if (pid) { $x = 1; print($x); } else { $x = "a"; print($x); }')).toEqual([
    'if convert(pid():uint32):bool',
    'let $x: int8',
    '$x = 1:int8',
    'print($x:int8):void',
    'else',
    'let $x: string[2]',
    '$x = "a":string[2]',
    'print($x:string[2]):void',
  ]));

test('variables of one name in two probes have nothing to do with each other', () =>
  expect(treeOf('begin { $x = 1; print($x); } end { $x = "a"; print($x); }')).toEqual([
    'begin_1 (begin)',
    'let $x: int8',
    '$x = 1:int8',
    'print($x:int8):void',
    'end_2 (end)',
    'let $x: string[2]',
    '$x = "a":string[2]',
    'print($x:string[2]):void',
  ]));

test('what is not known in the first round does not mix up variables of the next', () =>
  expect(typesIn('if (@y) { exit(@y); } $a = 1; { $b = "x"; print($b); } @y = $a;').at(-2)).toBe(
    'print($b:string[2]):void',
  ));

test('a declared variable starts at zero, of the type that it has later', () =>
  expect(typesIn('let $x; if (pid) { $x = 5; } print($x);')).toEqual([
    'let $x: int8',
    'if convert(pid():uint32):bool',
    '$x = 5:int8',
    'print($x:int8):void',
  ]));

test('a variable that nothing is assigned to is a zero, and its uses stay', () =>
  expect(typesIn('let $x; print($x);')).toEqual(['let $x: int64', 'print($x:int64):void']));

test('variables can not be declared twice, also not in an inner block', () => {
  const script = 'begin { $x = 1; { let $x = 2; } }';
  checkAnalysis(`
    begin { $x = 1; { let $x = 2; } let $x; }
                       // ^^ shadowed-variable
                                     // ^^ shadowed-variable
  `);
  expect(told(script)).toEqual([{ code: 'shadowed-variable', places: ['$x'] }]);
});

test('undefined variables', () => {
  checkAnalysis(`
    begin {
      print($x);
         // ^^ undefined-variable
      $x = $x + 1;
        // ^^ undefined-variable
      $y += 1;
   // ^^ undefined-variable
      $y++;
   // ^^ undefined-variable
      $z = $z;
        // ^^ undefined-variable
      print($z);
    }
  `);
  expect(told('begin { $count = 1; print($cuont); }')).toEqual([
    { code: 'undefined-variable', hints: ["Did you mean '$count'?"] },
  ]);
});

test('a variable of a block that has ended is pointed at', () =>
  expect(told('begin { if (pid) { $inner = 1; } print($inner); }')).toEqual([
    {
      code: 'undefined-variable',
      places: ['$inner'],
      hints: ['Declare it outside of that block: let $inner;'],
    },
  ]));

test('a bare word that is a variable', () =>
  expect(told('begin { $total = 1; print(total); }')).toEqual([
    { code: 'unknown-identifier', hints: ['The variable is written $total.'] },
  ]));

test('unused variables are told of once', () =>
  checkAnalysis(`
    begin {
      let $unused;
       // ^^^^^^^ unused-variable
      let $unset;
       // ^^^^^^ unused-variable
      print($unset);
      let $early;
      print($early);
         // ^^^^^^ unused-variable
      $early = 1;
      let $counted;
      $counted++;
      let $sum;
      $sum += 5;
      let $fine = 1;
    }
  `));

test('a value of another type is refused, with both places', () => {
  expect(told('begin { $x = 1; $x = "a"; print($x); }')).toEqual([{ code: 'type-mismatch', places: ['$x'] }]);
  expect(told('begin { let $x: uint8 = 1; $x = "a"; print($x); }')).toEqual([
    { code: 'type-mismatch', places: ['$x'] },
  ]);
  expect(told('begin { $x = curtask; $x = nsecs; }')).toEqual([
    { code: 'type-mismatch', places: ['$x'], hints: ['Cast the pointer to a number: (uint64).'] },
  ]);
});

test('one mistake is told once', () =>
  checkAnalysis(`
    begin {
      $x = nonsense;
        // ^^^^^^^^ unknown-identifier
      print($x + 1);
      $y = $x;
      @m[$y] = $x;
      if ($x) { print(@m[1]); }
      $c = count();
   // ^^ misplaced-aggregation
      print($c);
    }
  `));

test('fields and elements can not be assigned', () =>
  checkAnalysis(`
    begin {
      $t = (1, 2);
      $t.0 = 5;
   // ^^^^ not-assignable
      curtask->pid = 5;
   // ^^^^^^^^^^^^ not-assignable
      pid = 1;
   // ^^^ not-assignable
    }
  `));

test('statements behind the end of the program are dropped', () => {
  checkAnalysis(`
    begin {
      if (pid) { return; print(1); }
                      // ^^^^^^^^ unreachable
      exit();
      print(2);
   // ^^^^^^^^ unreachable
    }
  `);
  expect(typesIn('exit(); print(2);')).toEqual(['exit():void', 'return']);
});

test('a result that nobody uses', () =>
  checkAnalysis(`
    begin {
      pid;
   // ^^^ unused-result
      _ = pid;
      @x[1] = 1;
      delete(@x, 1);
      @x[1]++;
    }
  `));

test('a statement of something that is no value', () =>
  checkAnalysis(`
    fentry:f {
      _ = args;
       // ^^^^ type-mismatch
      *(struct incomplete *)curtask;
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ value-too-large
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unused-result
      _ = print(1);
    }
  `));

test('unroll takes a small number', () =>
  checkAnalysis(`
    begin {
      unroll (3) { @x++; }
      unroll (0) { @x++; }
          // ^^^ bad-argument
      unroll (101) { @x++; }
          // ^^^^^ bad-argument
      unroll (pid) { @x++; }
          // ^^^^^ bad-argument
    }
  `));

test('a probe returns an integer', () =>
  checkAnalysis(`
    begin { return "a"; }
                // ^^^ type-mismatch
  `));
