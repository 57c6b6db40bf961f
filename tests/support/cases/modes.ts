/** Runs that test and measure: --test, --bench, --mode. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

/** Escapes of colour and times, which differ from run to run, are left out. */
const plain = (stdout: string): string =>
  // eslint-disable-next-line no-control-regex
  stdout.replace(/\x1b\[\d+m/g, '').replace(/ \(\d+ (ns|us|ms|s)\)/g, '');

const script = `begin { @limit = 5; printf("begun\\n"); }
test:good { printf("unseen\\n"); return 0; }
test:returns { printf("seen\\n"); return -1; }
test:tells { errorf("bad %d", 4); }
test:exits { printf("before\\n"); exit(2); }
test:leaves { exit(); }
test:asserts { assert(@limit == 6, "limit"); }
test:changes { @limit++; assert(@limit == 6, "limit"); }
bench:count { @counted = count(); }
bench:left { return 1; }
bench:prints { printf("never seen\\n"); }
kprobe:vfs_read { @reads = count(); }
end { printf("ended\\n"); }`;

export const modeCases: readonly Case[] = [
  {
    title: 'tests run once each: what fails is shown with what it printed and why',
    options: ['--test'],
    script,
    status: 1,
    prints: (stdout: string): void =>
      expect(plain(stdout)).toBe(`begun
[==========] Running 7 tests.
[ RUN      ] test:good
[       OK ] test:good
[ RUN      ] test:returns
seen
It returned -1.
[  FAILED  ] test:returns
[ RUN      ] test:tells
stdin:4:14-33: ERROR: bad 4
test:tells { errorf("bad %d", 4); }
             ~~~~~~~~~~~~~~~~~~~
It told an error: bad 4
[  FAILED  ] test:tells
[ RUN      ] test:exits
before
It ended with exit(2).
[  FAILED  ] test:exits
[ RUN      ] test:leaves
[       OK ] test:leaves
[ RUN      ] test:asserts
stdin:7:16-44: ERROR: limit
test:asserts { assert(@limit == 6, "limit"); }
               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~
It told an error: limit
It ended with exit(1).
[  FAILED  ] test:asserts
[ RUN      ] test:changes
[       OK ] test:changes
[==========] 7 tests ran.
[  PASSED  ] 3 tests.
[  FAILED  ] 4 tests, listed below:
[  FAILED  ] test:returns
[  FAILED  ] test:tells
[  FAILED  ] test:exits
[  FAILED  ] test:asserts
ended
`),
  },
  {
    title: 'a filter takes some of the tests, and in JSON each is a line',
    options: ['--mode', 'test', '-f', 'json', '--probe-filter', 'good|changes'],
    script,
    prints: (stdout: string): void =>
      expect(
        stdout
          .replace(/"duration": \d+/g, '"duration": N')
          .trim()
          .split('\n'),
      ).toEqual([
        '{"type": "printf", "data": "begun\\n"}',
        '{"type": "test_result", "data": {"test:good": {"duration": N, "passed": true, "output": "unseen\\n"}}}',
        '{"type": "test_result", "data": {"test:changes": {"duration": N, "passed": true, "output": ""}}}',
        '{"type": "printf", "data": "ended\\n"}',
      ]),
  },
  {
    title: 'benches are repeated for a millisecond, and what they print is thrown away',
    options: ['--bench', '-f', 'json'],
    script,
    prints: (stdout: string): void => {
      const lines = stdout.trim().split('\n');
      expect(lines.map((line) => line.replace(/\d+/g, 'N'))).toEqual([
        '{"type": "printf", "data": "begun\\n"}',
        '{"type": "benchmark_result", "data": {"bench:count": {"average": N, "iters": N}}}',
        '{"type": "benchmark_result", "data": {"bench:prints": {"average": N, "iters": N}}}',
        '{"type": "printf", "data": "ended\\n"}',
      ]);
      const [, average, repeats] = /"average": (\d+), "iters": (\d+)/.exec(lines[1] ?? '') ?? [];
      expect(Number(average) * Number(repeats)).toBeGreaterThanOrEqual(1_000_000);
    },
  },
  {
    title: 'a bench that tells an error makes the run fail',
    options: ['--bench'],
    script: 'bench:bad { errorf("no"); } bench:good { }',
    status: 1,
    reports: ['stdin:1:1-10: ERROR: bench:bad: It told an error: no [runtime-warning]'],
    prints: (stdout: string): void => expect(stdout).toMatch(/^bench:good +\d+ +\d+$/m),
  },
  {
    title: 'where nobody asks for tests and benches they are left out',
    script: 'test:a { printf("never\\n"); } bench:a { printf("never\\n"); } begin { printf("once\\n"); }',
    prints: 'once',
  },
  {
    title: 'the stages of compiling are measured, and nothing is run',
    lacks: 'the time to compile eleven times on an emulated processor',
    options: ['--mode', 'compiler-bench', '-f', 'json'],
    script: 'begin { printf("never\\n"); }',
    prints: (stdout: string): void =>
      expect(
        [...stdout.matchAll(/"benchmark_result", "data": \{"(\w+)": \{"average": \d+, "iters": 10\}/g)].map(
          ([, name]) => name,
        ),
      ).toEqual(['parsing', 'definitions', 'analysis', 'generation', 'emission']),
  },
];
