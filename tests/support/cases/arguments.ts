/** Arguments and return values of functions of programs, by debug information. */

import type { Case } from '../end-to-end.ts';

const command = '{programs}/arguments';
const at = (name: string): string => `uprobe:{programs}/arguments:${name}`;

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
];
