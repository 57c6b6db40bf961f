/** Scripts with a C part: what it defines is used like what the kernel has. */

import { expect, test } from 'vitest';
import { checkAnalysis, told, treeOf } from '../../support/analysis.ts';

const c = `#define LIMIT 10
#define NAME "abc"
#define NEGATIVE (-5)
#define GREEN 9
typedef struct { unsigned char a, b[2]; } pair, *pairs;
enum shape { ROUND, SQUARE = 3 };
struct point { short x; unsigned y : 3; enum shape shape; char name[4]; struct point *next; int row[2][3]; };
`;

const valueOf = (expression: string): string =>
  treeOf(`${c}kprobe:f { $p = (struct point *)arg0; print(${expression}); }`)
    .at(-1)
    ?.replace(/^print\((.*)\):void$/, '$1') ?? '';

test.each([
  ['LIMIT', '10:int8'],
  ['LIMIT + 1', '11:int64'],
  ['NAME', '"abc":string[4]'],
  ['NEGATIVE', '-5:int8'],
  // The script's macro, not the kernel's enumerator.
  ['GREEN', '9:int8'],
  ['RED', '0:enum color'],
  ['SQUARE', '3:enum shape'],
  ['(enum shape)3', '3:enum shape'],
  ['sizeof(struct point)', '48:uint64'],
  ['offsetof(struct point, row)', '24:uint64'],
  ['$p->x', 'load($p:struct point * + 0):int16'],
  ['$p->y', 'load($p:struct point * + 2 bits 16+3):uint32'],
  ['$p->shape', 'load($p:struct point * + 4):enum shape'],
  ['$p->name', 'load($p:struct point * + 8):string[4]'],
  ['$p->next->x', 'load(load($p:struct point * + 16):struct point * + 0):int16'],
  ['$p->row[1][2]', 'load($p:struct point * + 44):int32'],
  ['sizeof(pair)', '3:uint64'],
  ['sizeof(((pairs)arg0)->b)', '2:uint64'],
  ['offsetof(pair, b)', '1:uint64'],
  ['*$p', 'load($p:struct point * + 0):struct point'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test('mistakes', () => {
  checkAnalysis(`#define BODY { exit(); }
    struct point { int x; };
    begin {
      print(BODY);
         // ^^^^ unknown-identifier
      print(((struct point *)0)->y);
                              // ^ unknown-field
      print((enum shapes)1);
          // ^^^^^^^^^^^ unknown-type
      print(((struct pointt *)0)->y);
           // ^^^^^^^^^^^^^ unknown-type
    }
  `);
  expect(told('struct point { int x; };\nbegin { print(((struct pont *)0)->y); }')).toEqual([
    { code: 'unknown-type', hints: ["Did you mean 'point'?"] },
  ]);
});

test('a field that the kernel has elsewhere is warned of where it is read from the kernel', () =>
  checkAnalysis(`struct file { int f_mode; char x; long f_task; int own; };
    kprobe:f {
      $file = (struct file *)arg0;
      print($file->f_mode);
                // ^^^^^^ bad-c-definition
      print($file->f_task);
      print($file->own);
    }
    uprobe:/bin/app:main { print(((struct file *)arg0)->f_mode); }
  `));

test('a script of which nothing is left to read needs no libclang', () =>
  checkAnalysis(`
#ifndef BPFTRACE_HAVE_BTF
#include <linux/sched.h>
#endif
begin { print(curtask->pid); }
  `));
