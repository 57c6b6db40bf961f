/** Addresses of variables and maps. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, typesIn, valueOf } from '../../support/analysis.ts';

test.each([
  ['&$x', '$x = (uint16)1;', '(&$x):uint16 *'],
  ['*&$x', '$x = (uint16)1;', 'load((&$x):uint16 * + 0):uint16'],
  ['*$p', '$x = 1; $p = &$x; $x = 1000;', 'load($p:int16 * + 0):int16'],
  ['*$p', '$x = 1; $p = &$x; $x = (uint16)5;', 'load($p:uint16 * + 0):uint16'],
  ['(*&$t).1', '$t = (1, "ab");', 'load((&$t):(int8,string[3]) * + 0):(int8,string[3]).1:string[3]'],
  ['**&$p', '$x = 1; $p = &$x;', 'load(load((&$p):int8 * * + 0):int8 * + 0):int8'],
  ['&@m', '@m[1] = 2;', '(&@m):void *'],
  ['(&$t)->pid', '$t = *curtask;', 'load((&$t):struct task_struct * + 0):int32'],
])('%s after %s', (expression, before, tree) => expect(valueOf(expression, before)).toBe(tree));

test('pointers that a variable holds stay what they are, whatever memory the probe reads by default', () => {
  const { typed, diagnostics } = analysed('uprobe:/bin/app:main { $t = curtask; @p = (*&$t)->real_parent; }');
  expect(diagnostics).toEqual([]);
  expect(typed.maps[0]?.value).toMatchObject({ kind: 'pointer', space: 'kernel' });
});

test.each([
  ['let $p; $p = &$p;', 'undefined-variable'],
  ['$p = 0; $p = &$p;', 'no-address'],
  ['$p = 0; $q = &$p; $p = &$q;', 'no-address'],
  ['$p = (0, 1); $p = (&$p, 1);', 'type-mismatch'],
])('%s: no type leads to itself', (script, code) =>
  expect(analysed(`begin { ${script} print($p); }`).diagnostics.map((one) => one.code)).toContain(code),
);

test('a variable that only its address is taken of is an int64, and no warning', () => {
  expect(typesIn('let $x; $p = &$x;')).toContain('let $x: int64');
  expect(analysed('begin { let $x; $p = &$x; print((*$p, $x)); }').diagnostics).toEqual([]);
});

test('what has no address', () =>
  checkAnalysis(`
    macro at(x) { &x }
               // ^^ no-address
    begin {
      @m[1] = 1;
      print(&@m[1]);
         // ^^^^^^ no-address
      print(&pid);
         // ^^^^ no-address
      print(&$y);
          // ^^ undefined-variable
      print(&@y);
          // ^^ unknown-map
      print(*&@m);
          // ^^^ not-a-pointer
      $t = ();
      print(&$t);
          // ^^ no-address
      print(at(5));
      $a = 1; $b = (uint16)2; $q = &$a; $q = &$b;
                                // ^^^ type-mismatch
    }
  `));
