/** Calls: arguments against signatures, names that are near, positional parameters, branches. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, told, treeOf, typesIn, valueOf } from '../../support/analysis.ts';

test('printf and what it shows', () =>
  expect(typesIn('printf("%d %s\\n", pid, comm);')).toEqual([
    'printf("%d %s\\n":string[7], pid():uint32, comm():string[16]):void',
  ]));

test.each([
  ['pid', 'pid():uint32'],
  ['pid()', 'pid():uint32'],
  ['pid(init)', 'pid(init):uint32'],
  ['cpu()', 'cpu:uint32'],
  ['nsecs', 'nsecs():uint64'],
  ['nsecs(monotonic)', 'nsecs(monotonic):uint64'],
  ['kstack(perf, 3)', 'kstack(perf, 3:int8):kstack_t'],
  ['kstack(3)', 'kstack(3:int8):kstack_t'],
  ['kstack', 'kstack():kstack_t'],
  ['ustack(build_id, 2)', 'ustack(build_id, 2:int8):ustack_t'],
  ['str(arg0)', 'str(arg0:uint64):string[1024]'],
  ['str(arg0, 7)', 'str(arg0:uint64, 7:int8):string[8]'],
  ['str("abc")', '"abc":string[4]'],
  ['"abc" + 1', '"bc":string[3]'],
  ['"abc" + "de"', '"abcde":string[6]'],
  ['probe', '"kprobe:f":string[9]'],
  ['RED', '0:enum color'],
  ['pid ? 1 : 2', '(convert(pid():uint32):bool ? 1:int8 : 2:int8):int8'],
  ['pid ? 1 : nsecs', '(convert(pid():uint32):bool ? 1:uint64 : nsecs():uint64):uint64'],
  ['pid ? comm : "a"', '(convert(pid():uint32):bool ? comm():string[16] : "a":string[16]):string[16]'],
  ['arg0 ?: 5', '(arg0:uint64 ?: 5:uint64):uint64'],
  ['pid && tid', '(convert(pid():uint32):bool && convert(tid():uint32):bool):bool'],
  ['comm ? 1 : 0', '(convert(comm():string[16]):bool ? 1:int8 : 0:int8):int8'],
  ['curtask || 0', '(convert(curtask:struct task_struct *):bool || 0:bool):bool'],
])('%s', (written, typed) =>
  expect(treeOf(`kprobe:f { print(${written}); }`).at(-1)).toBe(`print(${typed}):void`),
);

test('branches that only act need no value', () =>
  expect(typesIn('pid ? print(1) : print(2);')).toEqual([
    '(convert(pid():uint32):bool ? print(1:int8):void : print(2:int8):void):void',
  ]));

test('positional parameters: numbers where they read as one, text where text is wanted', () => {
  const parameters = ['12', 'abc', '0x10', '-5', '99999999999999999999'];
  const shown = (expression: string): string => valueOf(expression, '', { parameters });
  expect(shown('$1')).toBe('12:int8');
  expect(shown('$3')).toBe('16:int8');
  expect(shown('$4')).toBe('-5:int8');
  expect(shown('$2')).toBe('"abc":string[4]');
  expect(shown('$5')).toBe('"99999999999999999999":string[21]');
  expect(shown('str($1)')).toBe('"12":string[3]');
  expect(shown('str($2)')).toBe('"abc":string[4]');
  expect(shown('str($2 + 1)')).toBe('"bc":string[3]');
  expect(shown('$#')).toBe('5:int8');
});

test('missing parameters are 0 or empty, and that is told', () => {
  checkAnalysis(`
    begin { print($1); print(str($2)); }
               // ^^ unknown-parameter
                              // ^^ unknown-parameter
  `);
  expect(valueOf('str($1)')).toBe('"":string[1]');
});

test('the number of arguments comes first: one mistake, one error', () =>
  checkAnalysis(`
    begin {
      printf();
   // ^^^^^^^^ wrong-argument-count
      exit(1, nonsense);
   // ^^^^^^^^^^^^^^^^^ wrong-argument-count
    }
    end {
      print(cpu(1));
         // ^^^^^^ wrong-argument-count
      strlen();
   // ^^^^^^^^ wrong-argument-count
    }
  `));

test('types of arguments', () =>
  checkAnalysis(`
    begin {
      print(strlen(1));
                // ^ wrong-argument-type
      printf(comm);
          // ^^^^ wrong-argument-type
      clear(5);
         // ^ wrong-argument-type
      print(print(1));
         // ^^^^^^^^ type-mismatch
      print(kstack(pid));
                // ^^^ wrong-argument-type
      print(nsecs(sundial));
               // ^^^^^^^ bad-argument
      print(strncmp(comm, "a", pid));
                            // ^^^ wrong-argument-type
    }
  `));

test('what only the definition itself can check', () =>
  checkAnalysis(`
    begin {
      printf("%d", "a");
                // ^^^ bad-format
      printf("%d %d", 1);
   // ^^^^^^^^^^^^^^^^^^ bad-format
      print(kaddr("nothing"));
               // ^^^^^^^^^ bad-argument
      print(str(nsecs, -1));
                    // ^^ bad-argument
    }
  `));

test('depths and modes of stacks', () =>
  checkAnalysis(`
    begin {
      print(kstack(0));
                // ^ bad-argument
      print(ustack(1025));
                // ^^^^ bad-argument
      print(ustack(128));
                // ^^^ bad-argument
      print(kstack(build_id));
                // ^^^^^^^^ bad-argument
      print(ustack(build_id, 127));
      print(ustack(3, perf));
                   // ^^^^ unknown-identifier
    }
  `));

test('uaddr knows the symbols of the probed program, where there is one', () => {
  expect(treeOf('uprobe:/bin/app:main { print(uaddr("counter")); }').at(-1)).toBe(
    'print(uaddr("counter":string[8]):uint32 *):void',
  );
  checkAnalysis(`
    uprobe:/bin/app:main {
      print(*uaddr("counter"));
      print(uaddr("nothing"));
               // ^^^^^^^^^ bad-argument
    }
    kprobe:f { print(uaddr("counter")); }
                  // ^^^^^^^^^^^^^^^^ not-available-here
  `);
});

test('names that nobody knows, and those that are near', () => {
  checkAnalysis(`
    begin {
      print(nonsense);
         // ^^^^^^^^ unknown-identifier
      nonsense(1);
   // ^^^^^^^^ unknown-function
    }
  `);
  expect(told('begin { prinft("a"); print(comn); }')).toEqual([
    { code: 'unknown-function', hints: ["Did you mean 'print', 'printf'?"] },
    { code: 'unknown-identifier', hints: ["Did you mean 'comm'?"] },
  ]);
  expect(told('begin { print(GREEEN); }')).toEqual([
    { code: 'unknown-identifier', hints: ["Did you mean 'GREEN'?"] },
  ]);
});

test('builtins that this probe does not have', () =>
  checkAnalysis(`
    begin {
      print(arg0);
         // ^^^^ not-available-here
      print(retval);
         // ^^^^^^ not-available-here
      print(args.x);
         // ^^^^ not-available-here
    }
    kprobe:f { print(retval); }
                  // ^^^^^^ not-available-here
  `));

test('branches of two types', () =>
  expect(told('begin { print(pid ? 1 : "a"); }')).toEqual([{ code: 'type-mismatch', places: ['1', '"a"'] }]));

test('text beyond the limit', () =>
  checkAnalysis(`
    begin { print("${'x'.repeat(1024)}"); }
               // ${'^'.repeat(1026)} value-too-large
  `));

test('printf shows at most 127 values', () => {
  const printing = (values: number): readonly string[] =>
    analysed(`begin { printf("${'%d'.repeat(values)}"${', 1'.repeat(values)}); }`).diagnostics.map(
      ({ code }) => code,
    );
  expect([printing(127), printing(128)]).toEqual([[], ['wrong-argument-count']]);
});

test('what an argument must be is told once', () => {
  const { diagnostics } = analysed('begin { @x = 1; clear(1); }');
  expect(diagnostics.map(({ message }) => message)).toEqual(['clear() takes a map']);
});
