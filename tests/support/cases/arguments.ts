/** Arguments and return values of functions of programs, by debug information. */

import { expect } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Case } from '../end-to-end.ts';
import { repositoryRoot } from '../guest/cache.ts';

const command = '{programs}/arguments';
const at = (name: string): string => `uprobe:{programs}/arguments:${name}`;

/** Number of the first line of a test program that has a text. */
function lineWith(program: string, text: string): number {
  const lines = readFileSync(join(repositoryRoot, 'tests/programs', program), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

const shrinks = lineWith('arguments.c', 'return (signed char) value');
const inlined = lineWith('inlined.c', 'return marker(a)');

export const argumentCases: readonly Case[] = [
  {
    title:
      'args of a uprobe: numbers, text, enums, truths, what lies on the stack, and structs behind pointers',
    command,
    script: `${at('mixed')} {
      print((args.count, str(args.name), args.color, args.yes, args.minus, args.seventh, args.pair.a, args.pair.b, args.last));
      print((args.at->x, args.at->tag, args.at->deep, args.at->y, args.at->name, args.at->low, args.at->next->x));
      print(args.pair); $copy = *args.at; print($copy.next->x);
    }`,
    prints: [
      '(41, hello, GREEN, true, -2, -7777777777, 3, -4, -9)',
      '(-3, 5, -7, 1099511627776, near, 9029, 77)',
      '{ .a = 3, .b = -4 }',
      '77',
    ],
  },
  {
    title: 'retval of a uretprobe has the type that the function returns',
    command,
    script: `uretprobe:{programs}/arguments:small { print(retval); } uretprobe:{programs}/arguments:moved { print((retval->x, retval->name)); }
      uretprobe:{programs}/arguments:sum { print(retval); }`,
    prints: ['-8', '(6, moved)', '6'],
  },
  {
    title: 'functions of one pattern have their own arguments and return values',
    command,
    script: `uprobe:{programs}/arguments:sm* { print(args); } uretprobe:{programs}/arguments:s*m* { @returned[func] = retval; }`,
    prints: ['{ .value = -8 }', '@returned[small]: -8', '@returned[sum]: 6'],
  },
  {
    title:
      'lines of the source: a function of one line begins there, code that was inlined lies where it was put',
    command: '{programs}/inlined',
    script: `uprobe:{programs}/inlined@inlined.c:${inlined} { @[ustack(1)] = count(); @n = count(); @at[probe] = count(); }`,
    environment: { TSTRACE_SHOW_DEBUG_INFO: 'false' },
    prints: (stdout: string): void => {
      expect(stdout).toMatch(/^@\[\n {8}outer\+\d+\n\]: 1$/m);
      expect(stdout).toMatch(/^@n: 1$/m);
      expect(stdout).toMatch(new RegExp(`^@at\\[uprobe:.*/inlined@inlined\\.c:${inlined}\\]: 1$`, 'm'));
    },
  },
  {
    title: 'a line at which a function begins has its arguments',
    command,
    script: `uprobe:{programs}/arguments@tests/programs/arguments.c:${shrinks} { print(args.value); }`,
    prints: ['-8'],
  },
];
