/** Memory: fields and elements become loads from a pointer, in the right address space. */

import { expect, test } from 'vitest';
import type { TypedExpr } from '../../../src/sema/typed-tree.ts';
import { analysed, checkAnalysis, told, treeOf, typesIn, valueOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

test.each([
  ['curtask->pid', 'load(curtask:struct task_struct * + 0):int32'],
  ['curtask.pid', 'load(curtask:struct task_struct * + 0):int32'],
  ['curtask->comm', 'load(curtask:struct task_struct * + 8):string[16]'],
  ['curtask->stack', 'load(curtask:struct task_struct * + 64):uint64'],
  ['curtask->nice', 'load(curtask:struct task_struct * + 40 bits 324+5):int32'],
  ['curtask->in_execve', 'load(curtask:struct task_struct * + 40 bits 320+1):uint32'],
  ['curtask->on_rq', 'load(curtask:struct task_struct * + 72):bool'],
  ['curtask->color', 'load(curtask:struct task_struct * + 76):enum color'],
  ['curtask->counts[3]', 'load(curtask:struct task_struct * + 60):uint32'],
  [
    'curtask->counts[pid]',
    'load((curtask:struct task_struct * + convert(pid():uint32):int64 * 4):struct task_struct * + 48):uint32',
  ],
  [
    'curtask->parent->mm->start_code',
    'load(load(load(curtask:struct task_struct * + 24):struct task_struct * + 32):struct mm_struct * + 8):uint64',
  ],
  ['(*curtask).pid', 'load(curtask:struct task_struct * + 0):int32'],
  ['curtask[1].pid', 'load((curtask:struct task_struct * + 1:int64 * 256):struct task_struct * + 0):int32'],
  ['*(uint16 *)1000', 'load(1000:uint16 * + 0):uint16'],
  ['*nsecs', 'load(convert(nsecs():uint64):uint64 * + 0):uint64'],
  ['((uint16 *)nsecs)[2]', 'load((convert(nsecs():uint64):uint16 * + 2:int64 * 2):uint16 * + 0):uint16'],
  ['curtask + 1', '(curtask:struct task_struct * + 1:int64 * 256):struct task_struct *'],
  ['curtask - 1', '(curtask:struct task_struct * + 1:int64 * -256):struct task_struct *'],
  ['(1, "a").1', '"a":string[2]'],
  ['(1, "a")[0]', '1:int8'],
  ['(1, pid).1', '(1:int8, pid():uint32):(int8,uint32).1:uint32'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test.each([
  ['$d.name', 'part($d:struct device + 0):string[8]'],
  ['$d.at.x', 'part($d:struct device + 8):int16'],
  ['$d.at.y', 'part($d:struct device + 10 bits 80+12):int16'],
  ['$d.history[1].z', 'part($d:struct device + 19 bits 156+4):uint16'],
  ['$d.history', 'part($d:struct device + 12):struct position[2]'],
  [
    '$d.history[$i].x',
    'part(part($d:struct device + 12):struct position[2][$i:int64]:struct position + 0):int16',
  ],
  ['@d.at', 'part(@d:struct device + 8):struct position'],
  ['(1, @d).1.name', 'part((1:int8, @d:struct device):(int8,struct device).1:struct device + 0):string[8]'],
  ['*$p', 'load($p:struct device * + 0):struct device'],
  ['$p->history[0].x', 'load($p:struct device * + 12):int16'],
  ['$p->history[$i].y', 'load(($p:struct device * + $i:int64 * 4):struct device * + 14 bits 112+12):int16'],
])('of a copy: %s', (written, typed) =>
  expect(valueOf(written, '$p = (struct device *)nsecs; $d = *$p; @d = $d; $i = (int64)pid;')).toBe(typed),
);

test('structs are values of their own type', () => {
  expect(
    typesIn('let $d: struct device; $d = *(struct device *)nsecs; @[$d] = (1, $d); print(sizeof($d));'),
  ).toEqual([
    'let $d: struct device',
    '$d = load(convert(nsecs():uint64):struct device * + 0):struct device',
    '@[$d:struct device] = (1:int8, $d:struct device):(int8,struct device)',
    'print(20:uint64):void',
  ]);
  checkAnalysis(`
    begin {
      $d = *(struct device *)nsecs;
      $d = *(struct position *)nsecs;
   // ^^ type-mismatch
      if ($d) { }
      // ^^^^ type-mismatch
      print($d.nam);
            // ^^^ unknown-field
      print($d + 1);
         // ^^ bad-operand
      print($d.history[2]);
                    // ^ index-out-of-range
    }
  `);
});

test('copies of two memories stay apart, for the pointers in them lead into either', () =>
  expect(told(`uprobe:/bin/app:main { $f = *(struct file *)arg0; $f = *(struct file *)curtask; }`)).toEqual([
    {
      code: 'type-mismatch',
      places: ['$f'],
      hints: ["One of them comes from the kernel's memory, the other from the process's: keep them apart."],
    },
  ]));

test('fields of the context', () =>
  expect(
    treeOf(`tracepoint:sched:fixture {
      print(args.comm); print(args.flag); print(args.text); print(args.numbers[1]); print(args.numbers[cpu]);
    }`).slice(1),
  ).toEqual([
    'print(load(args:struct tracepoint_sched_fixture * + 8):string[16]):void',
    'print(load(args:struct tracepoint_sched_fixture * + 40 bits 320+3):int8):void',
    'print(load(args:struct tracepoint_sched_fixture * + 28):string[64]):void',
    'print(load(args:struct tracepoint_sched_fixture * + 34):uint16):void',
    'print(load(args:struct tracepoint_sched_fixture * + 32):uint16[4][convert(cpu:uint32):int64]:uint16):void',
  ]));

/** The spaces of the pointers that an expression follows, the outermost first. */
function spacesIn(probe: string, expression: string): readonly string[] {
  const { typed } = analysed(`${probe} { _ = ${expression}; }`);
  const statement = typed.probes[0]?.body.at(-1);
  const spaces: string[] = [];
  let expr: TypedExpr | undefined = statement?.kind === 'evaluate' ? statement.value : undefined;
  while (expr?.kind === 'load') {
    if (expr.pointer.type.kind === 'pointer') spaces.push(expr.pointer.type.space);
    expr = expr.pointer;
  }
  return spaces;
}

test.each([
  ['kprobe:f', 'curtask->mm->start_code', ['kernel', 'kernel']],
  ['uprobe:/bin/app:main', '((struct task_struct *)curtask)->mm->start_code', ['kernel', 'kernel']],
  ['uprobe:/bin/app:main', '((struct task_struct *)arg0)->mm->start_code', ['user', 'none']],
  ['kprobe:f', '((struct task_struct *)arg0)->mm->start_code', ['kernel', 'none']],
  ['tracepoint:syscalls:sys_enter_openat', '*args.filename', ['user', 'context']],
  ['tracepoint:syscalls:sys_enter_openat', '((struct file *)args.filename)->f_task->pid', ['user', 'user']],
  ['fentry:f', 'args.file->f_mode', ['kernel', 'context']],
  ['uprobe:/bin/app:main', '((struct file *)arg0)->f_task->pid', ['user', 'none']],
  ['uprobe:/bin/app:main', '((struct file *)kptr(arg0))->f_task->pid', ['kernel', 'kernel']],
  ['kprobe:f', '((struct file *)uptr(arg0))->f_task->pid', ['user', 'user']],
  ['kprobe:f', '*uptr(arg0)', ['user']],
  ['kprobe:f', '*(uptr(arg0) + 8)', ['user']],
  ['kprobe:f', '*(uint64)uptr(curtask)', ['user']],
  ['kprobe:f', '*(int32 *)(uint64)uptr(curtask)', ['user']],
  ['kprobe:f', 'container_of(uptr(arg0), typeof(struct file), f_mode)->f_mode', ['none']],
  ['kprobe:f', 'container_of((int8 *)uptr(arg0), typeof(struct file), f_mode)->f_mode', ['user']],
])('in %s, %s reads memory of %j', (probe, expression, spaces) =>
  expect(spacesIn(probe, expression)).toEqual(spaces),
);

test('a declared pointer leads into the memory of what it is given', () => {
  const loads = typesIn('let $p: struct file *; $p = (struct file *)uptr(nsecs); print($p->f_task->pid);');
  expect(loads.at(-1)).toContain('load(load($p:struct file * + 8):struct task_struct * + 0):int32');
  expect(
    spacesIn('kprobe:f', '0; let $p: struct file * = (struct file *)uptr(arg0); _ = $p->f_task->pid'),
  ).toEqual(['user', 'user']);
  checkAnalysis(`
    kprobe:f {
      let $p: struct file * = (struct file *)uptr(arg0);
      $p = (struct file *)curtask;
   // ^^ type-mismatch
      print($p);
    }
  `);
});

test('kptr, uptr and container_of', () => {
  expect(valueOf('kptr(nsecs)')).toBe('kptr(nsecs():uint64):uint64');
  expect(valueOf('uptr(curtask)')).toBe('uptr(curtask:struct task_struct *):struct task_struct *');
  expect(valueOf('container_of(curtask, typeof(struct file), f_mode)')).toBe(
    'container_of(curtask:struct task_struct *, , ):struct file *',
  );
  checkAnalysis(`
    begin {
      print(kptr(comm));
              // ^^^^ wrong-argument-type
      print(container_of(nsecs, typeof(struct file), f_mod));
                                                  // ^^^^^ unknown-field
      print(container_of(nsecs, typeof(struct file), 1 + 1));
                                                  // ^^^^^ wrong-argument-type
      print(container_of(nsecs, typeof(struct nothing), f_mode));
                                    // ^^^^^^^^^^^^^^ unknown-type
      print(container_of(nsecs, typeof(pid_t), f_mode));
                                            // ^^^^^^ bad-argument
    }
  `);
});

test('pointers of two spaces do not go into one variable', () =>
  checkAnalysis(`
    tracepoint:syscalls:sys_enter_openat {
      $p = (int8 *)curtask;
      $p = args.filename;
   // ^^ type-mismatch
    }
  `));

test('mistakes', () => {
  checkAnalysis(`
    fentry:f {
      print(curtask->pdi);
                  // ^^^ unknown-field
      print(args.nothing);
              // ^^^^^^^ unknown-field
      print(pid->x);
         // ^^^ not-a-pointer
      print(comm[0]);
         // ^^^^ not-a-pointer
      print(*comm);
          // ^^^^ not-a-pointer
      print(curtask->counts[4]);
                         // ^ index-out-of-range
      print(curtask->counts[-1]);
                         // ^^ index-out-of-range
      print(curtask->counts["a"]);
                         // ^^^ wrong-argument-type
      print((1, 2).2);
                // ^ index-out-of-range
      print((1, 2)[pid]);
                // ^^^ bad-operand
      print(*(void *)nsecs);
          // ^^^^^^^^^^^^^ not-a-pointer
      print(args + 1);
         // ^^^^ type-mismatch
      print(args == 0);
         // ^^^^ type-mismatch
      if (args) { }
      // ^^^^^^ type-mismatch
    }
  `);
  expect(told('begin { print(curtask->pidd); print(pid->comm); print(((struct file *)0)->f_mod); }')).toEqual(
    [
      {
        code: 'unknown-field',
        // Of so many fields the nearest are enough.
        hints: ["Did you mean 'pid'?"],
      },
      { code: 'not-a-pointer', hints: ['Cast it to say what it points to: ((struct NAME *)…)->comm'] },
      {
        code: 'unknown-field',
        hints: ["Did you mean 'f_mode'?", 'Its fields are f_mode, f_task, f_path, f_packet.'],
      },
    ],
  );
});

test('a kernel without type information', () => {
  const facts = {
    ...goldenFacts('minimal'),
    hasBtf: false,
    struct: () => undefined,
    typedef: () => undefined,
  };
  checkAnalysis(
    `
    begin {
      print(((struct task_struct *)nsecs)->pid);
           // ^^^^^^^^^^^^^^^^^^ btf-missing
      print(curtask->pid);
         // ^^^^^^^ btf-missing
      print((uint64_t)pid);
    }
  `,
    { facts },
  );
});

test('types as they are written', () => {
  expect(
    typesIn(
      'let $a: uint8[4]; let $b: string[16]; let $c: uint32*; let $d: pid_t; let $e: enum color; let $f: uint16_t;',
    ),
  ).toEqual([
    'let $a: uint8[4]',
    'let $b: string[16]',
    'let $c: uint32 *',
    'let $d: int32',
    'let $e: enum color',
    'let $f: uint16',
  ]);
  checkAnalysis(`
    begin {
      print((nonsense)1);
          // ^^^^^^^^ unknown-type
      print((struct taskstruct *)1);
          // ^^^^^^^^^^^^^^^^^ unknown-type
      print((uint8[100000])1);
          // ^^^^^^^^^^^^^ value-too-large
    }
  `);
  expect(told('begin { print(sizeof(struct task_strukt)); print((task_struct *)1); }')).toEqual([
    { code: 'unknown-type', hints: ["Did you mean 'task_struct'?"] },
    { code: 'unknown-type', hints: ['Write struct task_struct.'] },
  ]);
});
