/** Maps: keys and values take up all their uses; what does not go together is shown at both places. */

import { expect, test } from 'vitest';
import { checkAnalysis, mapsIn, told, typesIn, valueOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

test.each([
  ['@x = 1;', '@x[] int8 hash 1'],
  ['@x[pid] = nsecs;', '@x[uint32] uint64 hash 4096'],
  [
    '@x[pid, comm] = 1; @x[1, "a text longer than sixteen"] = 70000;',
    '@x[uint32, string[27]] int32 hash 4096',
  ],
  ['@x[1] = "a"; @x[2] = "abc";', '@x[int8] string[4] hash 4096'],
  ['@x[kstack] = 1;', '@x[kstack_t] int8 hash 4096'],
  ['@x[(1, "a")] = (1, 2);', '@x[int8, string[2]] (int8,int8) hash 4096'],
  ['@x[((1, 2), 3)] = 1;', '@x[(int8,int8), int8] int8 hash 4096'],
  ['@x[(pid,)] = 1;', '@x[uint32] int8 hash 4096'],
  ['@x[curtask] = curtask;', '@x[struct task_struct *] struct task_struct * hash 4096'],
  ['@x[strftime("%H", nsecs)] = 1;', '@x[timestamp] int8 hash 4096'],
  ['@x[RED] = GREEN;', '@x[enum color] enum color hash 4096'],
  ['@x++;', '@x[] int64 hash 1'],
  ['@x += nsecs;', '@x[] uint64 hash 1'],
  ['@x -= nsecs;', '@x[] int64 hash 1'],
  ['@x = nsecs; @x += 1;', '@x[] uint64 hash 1'],
  ['@x += 1; @x = nsecs;', '@x[] uint64 hash 1'],
  ['@ = 1;', '@[] int8 hash 1'],
])('%s', (body, map) => expect(mapsIn(`begin { ${body} }`)).toEqual([map]));

test('capacity comes from the settings', () => {
  const facts = goldenFacts('minimal');
  const small = { ...facts, settings: { ...facts.settings, maxMapKeys: 7 } };
  expect(mapsIn('begin { @x[1] = 1; @y = 1; @h = hist(1); }', { facts: small })).toEqual([
    '@x[int8] int8 hash 7',
    '@y[] int8 hash 1',
    '@h[] hist_t percpu-hash 7',
  ]);
});

test('a key of parts, a tuple and a variable that holds one are the same key', () =>
  expect(typesIn('$t = (1, 2); @x[$t] = 1; @x[(3, 4)] = 2; @x[pid, tid] = 3;').slice(2)).toEqual([
    '@x[convert($t:(int8,int8)):(uint32,uint32)] = 1:int8',
    '@x[(3:uint32, 4:uint32):(uint32,uint32)] = 2:int8',
    '@x[(pid():uint32, tid():uint32):(uint32,uint32)] = 3:int8',
  ]));

test('literals within tuples bend like others', () =>
  expect(typesIn('$t = (0, nsecs); $t = (nsecs, 1);')[0]).toBe('let $t: (uint64,uint64)'));

test('keys are read as they are stored', () =>
  expect(valueOf('@x[1]', '@x[nsecs] = 5;')).toBe('@x[1:uint64]:int8'));

test('a key may be given to a call', () =>
  expect(typesIn('@x[nsecs, comm] = 1; delete(@x, (1, "a")); delete(@x[2, "b"]);').slice(1)).toEqual([
    'delete(@x, (1:uint64, "a":string[16]):(uint64,string[16])):bool',
    'delete(@x[(2:uint64, "b":string[16]):(uint64,string[16])]):bool',
  ]));

test('with and without a key: both places are shown', () => {
  const script = 'begin { @x[1] = 1; } end { @x = 2; }';
  expect(told(script)).toEqual([
    {
      code: 'map-key-mismatch',
      places: ['@x[1]'],
      hints: ['All uses of a map have the same number of keys: give one of the two another name.'],
    },
  ]);
  checkAnalysis(`
    begin { @x[1] = 1; @x = 2; print(@x); print(@x[1, 2]); }
                    // ^^ map-key-mismatch
                                             // ^^^^^^^^ map-key-mismatch
  `);
});

test('keys and values of types that do not go together', () =>
  expect(told('begin { @k["a"] = 1; @k[1] = 1; @v = 1; @v = "x"; }')).toEqual([
    { code: 'map-key-mismatch', places: ['@k["a"]'] },
    { code: 'type-mismatch', places: ['@v'] },
  ]));

test('a key in a call that is none of the map', () =>
  checkAnalysis(`
    begin {
      @x[1] = 1;
      print(has_key(@x, "a"));
                     // ^^^ map-key-mismatch
      delete(@x, (1, 2));
              // ^^^^^^ map-key-mismatch
      @s = 1;
      print(has_key(@s, 1));
                 // ^^ map-key-mismatch
    }
  `));

test('what can be neither key nor value', () =>
  checkAnalysis(`
    fentry:f {
      @a[args] = 1;
      // ^^^^ type-mismatch
      @b = args;
        // ^^^^ type-mismatch
      @c[print(1)] = 1;
      // ^^^^^^^^ type-mismatch
      @d = *(struct incomplete *)curtask;
        // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ value-too-large
      @e[()] = 1;
   // ^^^^^^ type-mismatch
      print((1, args));
             // ^^^^ type-mismatch
    }
  `));

test('maps that nothing is stored in', () => {
  checkAnalysis(`
    begin {
      print(@a);
         // ^^ unknown-map
      $x = @b[1];
        // ^^^^^ unknown-map
      clear(@c);
         // ^^ unknown-map
      print($x);
    }
  `);
  expect(told('begin { @count = 1; print(@cuont); }')).toEqual([
    { code: 'unknown-map', hints: ["Did you mean '@count'?"] },
  ]);
});

test('maps that are only ever made of each other', () =>
  checkAnalysis(`
    begin { @x = @y; @y = @x; }
         // ^^ unknown-map
              // ^^ unknown-map
  `));

test('a mistake in a value is not told again where the map is used', () =>
  checkAnalysis(`
    begin {
      @x = nonsense;
        // ^^^^^^^^ unknown-identifier
      print(@x);
      @x++;
      @y = count(1);
        // ^^^^^^^^ wrong-argument-count
      print(@y);
      clear(@y);
    }
  `));

test('pointers move in variables, by what they point to', () => {
  expect(typesIn('$p = curtask; $p++; $p += 2; $p--;').slice(2)).toEqual([
    '($p++):struct task_struct *',
    '$p = ($p:struct task_struct * + 2:int64 * 256):struct task_struct *',
    '($p--):struct task_struct *',
  ]);
  checkAnalysis(`
    begin {
      @p = curtask;
      @p += 1;
   // ^^^^^^^ bad-operand
    }
  `);
});
