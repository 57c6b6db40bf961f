/** Text of every length: read, kept, compared, sent. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

/** A command whose second argument has so many characters. */
const commandWith = (length: number): string => `/bin/true ${'x'.repeat(length)}`;

/** The second argument of execve is a list of pointers to text. */
const secondArgument = 'str(*(args.argv + 1))';

/** Text as long as fits, and longer than that, through a variable, a key, a value, a tuple and printf. */
const lengthCase = (maxStrlen: number, length: number): Case => {
  const isCut = length >= maxStrlen - 1;
  const shown = 'x'.repeat(Math.min(length, maxStrlen - 1)) + (isCut ? '..' : '');
  return {
    title: `text of ${length} bytes where ${maxStrlen} is the most`,
    environment: { TSTRACE_MAX_STRLEN: String(maxStrlen) },
    command: commandWith(length),
    script: `tracepoint:syscalls:sys_enter_execve /pid == cpid/ {
      printf("%d %s %d\\n", 1, ${secondArgument}, 2); $text = ${secondArgument}; print(($text, (3, ${secondArgument})));
      @key[$text, 4] = 5; @value = $text; print(strlen($text)); print($text == ${secondArgument}); }`,
    ...(isCut && {
      reports: [
        `WARNING: 5 texts had more than the ${maxStrlen - 1} bytes that max_strlen allows, or just as many`,
      ],
    }),
    prints: (stdout) => {
      expect(stdout.split('\n')).toEqual([
        `1 ${shown} 2`,
        `(${shown}, (3, ${shown}))`,
        String(Math.min(length, maxStrlen - 1)),
        'true',
        '',
        '',
        `@key[${shown}, 4]: 5`,
        `@value: ${shown}`,
        '',
      ]);
    },
  };
};

export const stringCases: readonly Case[] = [
  lengthCase(64, 20),
  lengthCase(64, 63),
  lengthCase(64, 100),
  lengthCase(200, 198),
  lengthCase(1024, 1022),
  lengthCase(1024, 3000),
  lengthCase(4096, 4000),
  lengthCase(65_536, 60_000),
  lengthCase(65_536, 70_000),
];
