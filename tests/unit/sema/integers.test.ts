/** Integers: what type a number, an operation and a name of several uses have, and what is told when a sign may be lost. */

import { describe, expect, test } from 'vitest';
import { checkAnalysis, typesIn, valueOf } from '../../support/analysis.ts';

describe('literals', () => {
  test.each([
    ['0', '0:int8'],
    ['127', '127:int8'],
    ['128', '128:int16'],
    ['32767', '32767:int16'],
    ['32768', '32768:int32'],
    ['2147483648', '2147483648:int64'],
    ['9223372036854775807', '9223372036854775807:int64'],
    ['9223372036854775808', '9223372036854775808:uint64'],
    ['-128', '-128:int8'],
    ['-129', '-129:int16'],
    ['-9223372036854775808', '-9223372036854775808:int64'],
    ['~0', '-1:int8'],
    ['true', '1:bool'],
    ['5ms', '5000000:int32'],
  ])('%s is %s', (written, typed) => expect(valueOf(written)).toBe(typed));
});

describe('operations are done in 64 bits', () => {
  test.each([
    ['pid + 1', '(convert(pid():uint32):uint64 + 1:uint64):uint64'],
    ['pid + (int8)cpu', '(convert(pid():uint32):int64 + convert(convert(cpu:uint32):int8):int64):int64'],
    ['nsecs - 1', '(nsecs():uint64 - 1:uint64):int64'],
    ['pid * tid', '(convert(pid():uint32):uint64 * convert(tid():uint32):uint64):uint64'],
    ['-pid', '(-convert(pid():uint32):uint64):uint64'],
    ['~pid', '(~convert(pid():uint32):uint64):uint64'],
    ['pid >> 1', '(convert(pid():uint32):uint64 >> 1:int64):uint64'],
    ['(int32)pid >> 1', '(convert(convert(pid():uint32):int32):int64 >> 1:int64):int64'],
    ['1 << pid', '(1:int64 << convert(pid():uint32):uint64):int64'],
    ['(int32)pid / 2', '(convert(convert(pid():uint32):int32):int64 / 2:int64):int64'],
    ['pid % 7', '(convert(pid():uint32):uint64 % 7:uint64):uint64'],
    ['true + pid', '(1:uint64 + convert(pid():uint32):uint64):uint64'],
    ['!pid', '(!convert(pid():uint32):bool):bool'],
    ['RED + 1', '1:uint64'],
  ])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));
});

describe('constants are folded, exactly', () => {
  test.each([
    ['1 << 10', '1024:int64'],
    ['1 - 2', '-1:int64'],
    ['-7 / 2', '-3:int64'],
    ['-7 % 2', '-1:int64'],
    ['-8 >> 1', '-4:int64'],
    ['9223372036854775807 + 1', '-9223372036854775808:int64'],
    ['18446744073709551615 + 1', '0:uint64'],
    ['9007199254740993 * 3', '27021597764222979:int64'],
    ['(uint8)300', '44:uint8'],
    ['(int8)200', '-56:int8'],
    ['1 < 2', '1:bool'],
    ['18446744073709551615 > 0', '1:bool'],
    ['-1 < 1', '1:bool'],
    ['1 && 0', '0:bool'],
    ['0 && pid', '0:bool'],
    ['1 || pid', '1:bool'],
    ['!5', '0:bool'],
    ['"a" == "a"', '1:bool'],
    ['"a" != "a"', '0:bool'],
    ['sizeof(uint32)', '4:uint64'],
    ['sizeof(struct task_struct)', '256:uint64'],
    ['sizeof(pid)', '4:uint64'],
  ])('%s is %s', (written, folded) => expect(valueOf(written)).toBe(folded));
});

describe('comparisons are made in the type that holds both', () => {
  test.each([
    ['pid == 1', '(pid():uint32 == 1:uint32):bool'],
    ['pid == 5000000000', '(convert(pid():uint32):uint64 == 5000000000:uint64):bool'],
    ['pid == -1', '(convert(pid():uint32):int64 == -1:int64):bool'],
    ['nsecs > 5', '(nsecs():uint64 > 5:uint64):bool'],
    [
      '(int8)pid < (uint8)tid',
      '(convert(convert(pid():uint32):int8):int16 < convert(convert(tid():uint32):uint8):int16):bool',
    ],
    ['(int8)pid == 200', '(convert(convert(pid():uint32):int8):int16 == 200:int16):bool'],
    ['has_cpid == true', '0:bool'],
    ['comm == "sh"', '(comm():string[16] == "sh":string[3]):bool'],
    ['curtask == 0', '(curtask:struct task_struct * == 0:struct task_struct *):bool'],
  ])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));
});

describe('a name has the join of all its uses', () => {
  test('integers of assignments take the type of the variable', () =>
    expect(typesIn('$a = (int16)0; $a = 2; $b = (int8)3; $b = -100; print(($a, $b));')).toEqual([
      'let $a: int16',
      '$a = 0:int16',
      '$a = 2:int16',
      'let $b: int8',
      '$b = 3:int8',
      '$b = -100:int8',
      'print(($a:int16, $b:int8):(int16,int8)):void',
    ]));

  test('uses before the widest one are converted to it', () =>
    expect(typesIn('$a = 1; print($a); $a = 70000;')).toEqual([
      'let $a: int32',
      '$a = 1:int32',
      'print($a:int32):void',
      '$a = 70000:int32',
    ]));

  test.each([
    ['$a = (uint8)1; $a = (int8)1;', 'int16'],
    ['$a = (uint32)1; $a = (int64)1;', 'int64'],
    ['$a = (uint8)1; $a = (uint32)1;', 'uint32'],
    ['$a = 1; $a = nsecs;', 'uint64'],
    ['$a = nsecs; $a = 1;', 'uint64'],
    ['$a = 300; $a = (uint8)1;', 'uint16'],
    ['$a = -1; $a = (uint8)1;', 'int16'],
    ['$a = RED; $a = GREEN;', 'enum color'],
    ['$a = RED; $a = 1;', 'uint32'],
    ['$a = 1; $a++;', 'int64'],
    ['$a = nsecs; $a++;', 'uint64'],
    ['$a = 100; $a += 100;', 'int64'],
    ['$a = nsecs; $a += 1;', 'uint64'],
    ['$a = (uint32)1; $a -= 1;', 'int64'],
    ['$a = (uint32)1; $a--;', 'int64'],
    ['$a = pid; $b = $a; $a = nsecs; _ = $b;', 'uint64'],
    ['let $a; _ = $a;', 'int64'],
    ['let $a: uint8 = 1; $a += 300;', 'uint8'],
  ])('%s', (body, type) => expect(typesIn(body)[0]).toBe(`let $a: ${type}`));

  test('values that are passed on by maps in the wrong order find their types', () =>
    expect(typesIn('@a = @b; @b = @c; @c = @d; @d = nsecs;').at(0)).toBe('@a = @b:uint64'));
});

describe('warnings of signs', () => {
  test('two numbers of 64 bits that differ in sign', () =>
    checkAnalysis(`
      begin {
        $s = (int64)pid;
        print($s < nsecs);
           // ^^^^^^^^^^ sign-change
        print($s / nsecs);
           // ^^^^^^^^^^ sign-change
        @m = nsecs;
          // ^^^^^ sign-change
        @m = -5;
        @k[nsecs] = 1;
        // ^^^^^ sign-change
        @k[$s] = 1;
      }
    `));

  test('literals say what is meant', () =>
    checkAnalysis(`
      begin {
        print(nsecs > 5);
        print(nsecs == -1);
        print(nsecs / 2);
        @m = nsecs;
        @m = 5;
      }
    `));

  test('a literal that the other side can never be', () =>
    checkAnalysis(`
      begin {
        $s = (int64)pid;
        print($s == 18446744073709551615);
           // ^^^^^^^^^^^^^^^^^^^^^^^^^^ sign-change
      }
    `));
});

describe('declared types are fixed', () => {
  test('literals must lie in their range', () =>
    checkAnalysis(`
      begin {
        let $a: uint8 = 256;
                     // ^^^ literal-out-of-range
        let $b: uint8 = -1;
                     // ^^ literal-out-of-range
        let $c: int8 = 100 + 100;
                    // ^^^^^^^^^ literal-out-of-range
        let $d: string[4] = "abcd";
                         // ^^^^^^ literal-out-of-range
        let $e: uint8 = 255;
        $e = 256;
          // ^^^ literal-out-of-range
        print((-9223372036854775808, -9223372036854775809, -18446744073709551615));
                                  // ^^^^^^^^^^^^^^^^^^^^ literal-out-of-range
                                                        // ^^^^^^^^^^^^^^^^^^^^^ literal-out-of-range
      }
    `));

  test('other numbers are cut, and that is told', () =>
    checkAnalysis(`
      begin {
        let $a: uint8 = pid;
                     // ^^^ sign-change
        let $b: uint64 = (int32)pid;
                      // ^^^^^^^^^^ sign-change
        let $c: int64 = pid;
        let $d: string[8] = comm;
                         // ^^^^ sign-change
      }
    `));

  test('other types are refused', () =>
    checkAnalysis(`
      begin {
        let $a: uint8 = "a";
                     // ^^^ type-mismatch
        let $b: struct incomplete;
             // ^^^^^^^^^^^^^^^^^ type-mismatch
        let $c: void;
             // ^^^^ type-mismatch
      }
    `));
});

test('division by a literal zero is an error, wherever it stands', () =>
  checkAnalysis(`
    begin {
      print(1 / 0);
         // ^^^^^ division-by-zero
      @x %= 0;
   // ^^^^^^^ division-by-zero
      print(pid / (uint8)0);
         // ^^^^^^^^^^^^^^ division-by-zero
    }
  `));

test('operators say which operand they do not take', () =>
  checkAnalysis(`
    begin {
      print(comm + 1);
         // ^^^^ bad-operand
      print(1 * (1, 2));
             // ^^^^^^ bad-operand
      print(-comm);
         // ^^^^^ bad-operand
      $c = comm;
      $c++;
   // ^^^^ bad-operand
      $c += 1;
   // ^^^^^^^ bad-operand
    }
  `));

test('what can not be compared is shown on both sides', () =>
  checkAnalysis(`
    begin {
      print(comm == 1);
         // ^^^^^^^^^ type-mismatch
      print(comm < "a");
         // ^^^^^^^^^^ type-mismatch
      print((1, 2) == (1, 2, 3));
         // ^^^^^^^^^^^^^^^^^^^ type-mismatch
      if ((1, 2)) { }
      // ^^^^^^^^ type-mismatch
    }
  `));

test('constants of any making are folded, so that zero divisors are found', () => {
  expect(valueOf('-((int8)0)')).toBe('0:int64');
  expect(valueOf('~(uint8)1')).toBe('18446744073709551614:uint64');
  expect(valueOf('1 ? pid : 5')).toBe('pid():uint32');
  expect(valueOf('0 ?: 5')).toBe('5:int8');
  checkAnalysis(`
    begin {
      print(pid / -((int8)0));
         // ^^^^^^^^^^^^^^^^ division-by-zero
      print(pid % (1 ? 0 : 5));
         // ^^^^^^^^^^^^^^^^^ division-by-zero
    }
  `);
});
