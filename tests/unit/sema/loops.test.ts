/** Loops and jumps: types of their variables, where they may stand, what is out of reach in their bodies. */

import { expect, test } from 'vitest';
import { checkAnalysis, told, treeOf, typesIn } from '../../support/analysis.ts';

test.each([
  ['for $i : 0..10 { }', 'for $i: 0:int64 .. 10:int64'],
  ['for ($i : 0..10) { }', 'for $i: 0:int64 .. 10:int64'],
  ['for $i : 0..ncpus { }', 'for $i: 0:uint64 .. 4:uint64'],
  ['for $i : 0..pid { }', 'for $i: 0:uint64 .. convert(pid():uint32):uint64'],
  ['for $i : (-5)..5 { }', 'for $i: -5:int64 .. 5:int64'],
  ['for $i : pid..(int8)5 { }', 'for $i: convert(pid():uint32):int64 .. 5:int64'],
])('%s', (loop, line) => expect(typesIn(loop)).toEqual([line]));

test('bounds are computed before the loop, and are integers', () =>
  checkAnalysis(`
    begin {
      $n = 10;
      for $i : 0..($n + 1) { $n = 0; }
      for $i : 0.."ten" { }
               // ^^^^^ type-mismatch
      for $i : @none..1 { print($i); }
            // ^^^^^ unknown-map
      for $i : 0..8388608 { }
      for $i : 0..8388609 { }
            // ^^^^^^^^^^ bad-argument
    }
  `));

test('over a map the variable is a pair: the key, of parts if it has several, and the value', () => {
  expect(typesIn('@x[pid] = comm; for $kv : @x { print($kv.0); print($kv.1); }').slice(-3)).toEqual([
    'for $kv: (uint32,string[16]) of @x',
    'print($kv:(uint32,string[16]).0:uint32):void',
    'print($kv:(uint32,string[16]).1:string[16]):void',
  ]);
  expect(typesIn('for $kv : @x { } @x[1, "a"] = pid;')[0]).toBe('for $kv: ((int8,string[2]),uint32) of @x');
});

test('the pair has the types that later uses give the map', () => {
  expect(typesIn('@x[1] = 1; for $kv : @x { @y = $kv.1; } @x[300] = 70000;')).toContain(
    'for $kv: (int16,int32) of @x',
  );
});

test.each([
  ['count()', 'uint64'],
  ['sum((int8)1)', 'int64'],
  ['min(pid)', 'uint64'],
  ['avg((int8)1)', 'int64'],
])('a map of %s gives numbers', (aggregation, type) => {
  expect(typesIn(`@x[pid] = ${aggregation}; for $kv : @x { }`).at(-1)).toBe(
    `for $kv: (uint32,${type}) of @x`,
  );
});

test('what no loop can go over', () =>
  checkAnalysis(`
    begin {
      @one = 1;
      for $kv : @one { }
             // ^^^^ not-iterable
      @h[1] = hist(1);
      for $kv : @h { }
             // ^^ not-iterable
      @s[1] = stats(1);
      for $kv : @s { print($kv); }
             // ^^ not-iterable
      for $kv : @none { print($kv.0 + 1); }
             // ^^^^^ unknown-map
      @x[1] = 1;
      for $kv : @x[1] { }
             // ^^^^^ not-iterable
    }
  `));

test('a loop has a variable of its own, which ends with it', () => {
  checkAnalysis(`
    begin {
      $i = 1;
      for $i : 0..2 { print($i); }
       // ^^ shadowed-variable
      for $j : 0..2 { let $j = 3; }
                       // ^^ shadowed-variable
      for $k : 0..2 { for $k : 0..3 { } }
                       // ^^ shadowed-variable
      for $l : 0..2 { $m = $l; }
      print($l);
         // ^^ undefined-variable
      print($m);
         // ^^ undefined-variable
    }
  `);
  expect(told('begin { $i = 1; for $i : 0..2 { } }')).toEqual([
    { code: 'shadowed-variable', places: ['$i'] },
  ]);
});

test('loops one after another may use one name', () =>
  checkAnalysis('begin { for $i : 0..2 { } for $i : 0..3 { } @x[1] = 1; for $i : @x { } }'));

test('what the probe was given is out of reach in the body of a for loop', () => {
  checkAnalysis(`
    kprobe:f {
      $first = arg0;
      for $i : 0..arg1 {
        print(arg0);
           // ^^^^ not-available-here
        print($first + $i + pid);
      }
      if (arg0) { unroll(2) { print(arg1); } }
    }
    kretprobe:f { @x[1] = 1; for $kv : @x { print(retval); } }
                                               // ^^^^^^ not-available-here
    fexit:f { for $i : 0..3 { print(args); } }
                                 // ^^^^ not-available-here
  `);
});

test('while is deprecated, and counts as a loop', () => {
  expect(told('begin { $i = 0; while ($i < 10) { $i++; if ($i == 5) { break; } continue; } }')).toEqual([
    { code: 'deprecated', hints: ['Use for $i : 0..N { … }: it needs no bound that the verifier can see.'] },
  ]);
});

test('unroll takes its number from a parameter of the script too', () =>
  expect(treeOf('begin { unroll($1) { print(1); } }', { parameters: ['7'] })).toContain('unroll 7'));

test('jumps stand in loops', () =>
  checkAnalysis(`
    begin {
      break;
   // ^^^^^ misplaced-jump
    }
    begin {
      if (pid) { continue; }
              // ^^^^^^^^ misplaced-jump
      for $i : 0..3 { if ($i) { continue; } break; }
      unroll(3) { if (pid) { break; } continue; }
    }
    fn f(): void { break; }
                // ^^^^^ misplaced-jump
  `));

test('what follows a return, a jump or exit() is never reached, and left out', () => {
  checkAnalysis(`
    begin {
      for $i : 0..3 { if ($i == 1) { continue; print(1); } break; print(2); print(3); }
                                            // ^^^^^^^^ unreachable
                                                               // ^^^^^^^^^^^^^^^^^^ unreachable
      if (pid) { return; } else { exit(); }
      print(4);
   // ^^^^^^^^ unreachable
    }
    begin { { return; } print(5); }
                     // ^^^^^^^^ unreachable
    begin { if (pid) { return; } print(6); }
    begin { @x = { return; 5 }; }
                        // ^ unreachable
  `);
  expect(typesIn('if (pid) { return; } else { return; } print(4);')).not.toContain('print(4:int8):void');
});

test('loops within loops: as deep as the kernel lets functions call each other', () => {
  const nested = (depth: number): string =>
    Array.from({ length: depth }, (_, index) => `for $v${index} : 0..2 {`).join(' ') +
    ' @x = 1; ' +
    '}'.repeat(depth);
  expect(told(`begin { ${nested(6)} }`)).toEqual([]);
  expect(told(`begin { ${nested(7)} }`)).toEqual([{ code: 'too-deeply-nested' }]);
  expect(told(`fn f(): void { ${nested(4)} } begin { for $i : 0..2 { f(); } }`)).toEqual([]);
  expect(told(`fn f(): void { ${nested(5)} } begin { for $i : 0..2 { f(); } }`)).toEqual([
    { code: 'too-deeply-nested' },
  ]);
});

test('blocks and ifs as values', () => {
  expect(typesIn('$x = { let $a = 5; $a * 2 };').join(' ')).toContain('let $a: int8');
  expect(typesIn('$x = if pid { 1 } else if tid { 300 } else { -1 };').at(-1)).toBe(
    '$x = (convert(pid():uint32):bool ? 1:int16 : (convert(tid():uint32):bool ? 300:int16 : -1:int16):int16):int16',
  );
  checkAnalysis(`
    begin {
      $x = { let $inner = 1; $inner + 1 };
      print($inner);
         // ^^^^^^ undefined-variable
      $y = if (pid) { 1 } else { "one" };
        // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ type-mismatch
      $z = { let $x = 1; $x };
              // ^^ shadowed-variable
    }
  `);
  expect(told('begin { $y = if (pid) { 1 } else { "one" }; }')).toEqual([
    { code: 'type-mismatch', places: ['1', '"one"'] },
  ]);
});

test('only one branch of an if that is known is kept', () => {
  expect(typesIn('$x = if 1 { 2 } else { 3 };').at(-1)).toBe('$x = 2:int8');
});
