/** What changes the system, find, and what a failed delete says: where they may stand, and what they take. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, typesIn } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const unsafe = { facts: goldenFacts('unsafe') };

test.each(['signal(9)', 'signal_thread(9)', 'override(0)', 'write_user(arg0, comm, 1)'])(
  '%s needs --unsafe',
  (call) => {
    const { diagnostics } = analysed(`kprobe:f { _ = ${call}; }`);
    expect(diagnostics.map(({ code }) => code)).toEqual(['unsafe']);
  },
);

test('signals are 1 to 64, or named', () =>
  checkAnalysis(
    `
    kprobe:f {
      signal(0);
          // ^ bad-argument
      signal(65);
          // ^^ bad-argument
      signal("SIGNOT");
          // ^^^^^^^^ bad-argument
      signal("KILL");
      signal_thread(64);
      signal(arg0);
      signal(comm);
          // ^^^^ wrong-argument-type
    }
  `,
    unsafe,
  ));

test('signals and writes are about a process, override about a function that is entered', () =>
  checkAnalysis(
    `
    begin { signal(9); _ = write_user(8, comm, 1); }
         // ^^^^^^^^^ not-available-here
                        // ^^^^^^^^^^^^^^^^^^^^^^ not-available-here
    kretprobe:f { override(1); }
               // ^^^^^^^^^^^ not-available-here
  `,
    unsafe,
  ));

test('no more is written than there is', () =>
  checkAnalysis(
    `
    kprobe:f {
      _ = write_user(arg0, comm, 17);
                              // ^^ bad-argument
      _ = write_user(arg0, comm, 0);
                              // ^ bad-argument
      _ = write_user(arg0, arg1, 1025);
                              // ^^^^ bad-argument
      _ = write_user(arg0, arg1, arg2);
                              // ^^^^ wrong-argument-type
    }
  `,
    unsafe,
  ));

test('find fills a variable, which takes up the type of the values', () => {
  expect(typesIn('@m[1] = (int16)2; if (find(@m, 1, $v)) { print($v); }').slice(1)).toEqual([
    'let $v: int16',
    'if find(@m, 1:int8, $v:int16):bool',
    'print($v:int16):void',
  ]);
  expect(typesIn('@m[1] = (int16)2; $v = (int64)1; print(find(@m, 1, $v));').at(-1)).toBe(
    'print(find(@m, 1:int8, $v:int64):bool):void',
  );
});

test('what find does not take', () =>
  checkAnalysis(`
    begin {
      @m[1] = 2; @s = 1; @c[1] = count(); $t = "text";
      if (find(@m, 1, 5)) { }
                   // ^ wrong-argument-type
      if (find(@s, 1, $v)) { }
            // ^^ map-key-mismatch
      if (find(@c, 1, $w)) { }
            // ^^ misplaced-aggregation
      if (find(@m, 1, $t)) { }
                   // ^^ type-mismatch
    }
  `));

test('a predicate can not bring a variable to life', () =>
  checkAnalysis(`
    begin /find(@m, 1, $v)/ { @m[1] = 2; print($v); }
                    // ^^ undefined-variable
  `));
