/**
 * How compile time grows: 1 to 1,000 probes, scripts of 100 to 10,000 lines, and blocks of 100 to 10,000 statements. `node bench/run.mjs scale`
 * measures the whole process that makes an object and stops, less what it takes for an empty script, and says how many times longer ten times as
 * much takes; with `scale statements` only one of the series.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '../src/base/assert.ts';
import { median } from './statistics.ts';
import { findTracers, startTracer } from './tracers.ts';

const rounds = 3;

const probe = (index: number): string =>
  `tracepoint:syscalls:sys_enter_write /args.count > ${index}/ { @[comm, ${index}] = count(); @h[${index}] = hist(args.count); }`;

/** Eight statements, in ten lines with those that open and close the block. */
const block = (index: number): string =>
  [
    `tracepoint:syscalls:sys_enter_write /args.count > ${index}/ {`,
    `  $bytes = args.count + ${index};`,
    '  $fd = args.fd;',
    `  if ($bytes > ${index * 2}) {`,
    '    @large[comm, $fd] = count();',
    '  } else {',
    '    @small[comm] = sum($bytes);',
    '  }',
    `  printf("%s %d %d\\n", comm, $fd, $bytes);`,
    '}',
  ].join('\n');

const repeated = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('\n');

/** Each with a look-up that may fail, a branch, and a number that the next goes on with. */
const statement = (index: number): string =>
  index % 2 === 0 ? '@steps++;' : `if ($n < args.count) { $n = $n * 3 + ${index}; }`;

const longBlock = (size: number): string =>
  `tracepoint:syscalls:sys_enter_write { $n = args.fd; ${repeated(size, statement)} @last = $n; }`;

const series = [
  { what: 'probes', sizes: [1, 10, 100, 1000], script: (size: number) => repeated(size, probe) },
  { what: 'lines', sizes: [100, 1000, 10_000], script: (size: number) => repeated(size / 10, block) },
  { what: 'statements', sizes: [100, 1000, 10_000], script: longBlock },
] as const;

const wanted = process.argv.slice(2);
const measured = series.filter(({ what }) => wanted.length === 0 || wanted.includes(what));

const tstrace = present(findTracers()[0], 'tstrace among the tracers');
const directory = mkdtempSync(join(tmpdir(), 'tstrace-scale-'));

async function compileMs(script: string): Promise<number> {
  const file = join(directory, 'script.bt');
  writeFileSync(file, script);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { status, stderr, elapsedMs } = await startTracer(tstrace, [...tstrace.compileOnly, file]).finished;
    if (status !== 0) throw new Error(stderr.slice(0, 500));
    times.push(elapsedMs);
  }
  return median(times);
}

try {
  const emptyMs = await compileMs('begin { }');
  console.log(
    `An empty script: ${emptyMs.toFixed(0)} ms\n\n| script | ms more | for ten times as much, × |\n|---|--:|--:|`,
  );
  for (const { what, sizes, script } of measured) {
    let before: number | undefined;
    for (const size of sizes) {
      const more = (await compileMs(script(size))) - emptyMs;
      const growth = before === undefined ? '' : (more / before).toFixed(1);
      console.log(`| ${size} ${what} | ${more.toFixed(0)} | ${growth} |`);
      before = more;
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}
