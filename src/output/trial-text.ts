/** Tests and benches as text: tests in the look of googletest, whose readers are many; benches as a table. */

import { byteText } from '../types/value.ts';
import type { BenchResult, TestResult, TrialOutput } from './output.ts';
import type { Writer } from './writer.ts';

export function trialText(writer: Writer): TrialOutput {
  const say = (colour: Colour, mark: string, text: string): void =>
    writer.write(byteText(`\x1b[${colours[colour]}m[${mark}]\x1b[0m ${text}\n`));
  const summary = (colour: Colour, mark: string, results: readonly TestResult[], rest: string): void => {
    if (results.length > 0) say(colour, mark, `${counted(results.length)}${rest}`);
  };
  return {
    testsBegin: (count) => say('green', ruler, `Running ${counted(count)}.`),
    testBegins: (name) => say('green', ' RUN      ', name),
    testEnds({ name, durationNs, passed, output }) {
      if (!passed) writer.write(output === '' || output.endsWith('\n') ? output : `${output}\n`);
      const [colour, mark] = passed ? (['green', '       OK '] as const) : (['red', failedMark] as const);
      say(colour, mark, `${name} (${durationText(durationNs)})`);
    },
    testsEnd(results, left) {
      const missed = results.filter(({ passed }) => !passed);
      say('green', ruler, `${counted(results.length)} ran.`);
      summary(
        'green',
        '  PASSED  ',
        results.filter(({ passed }) => passed),
        '.',
      );
      summary('red', failedMark, missed, ', listed below:');
      for (const { name } of missed) say('red', failedMark, name);
      if (left > 0) say('red', failedMark, `${counted(left)} did not run.`);
    },
    benchesBegin() {
      writer.write(byteText(`${row('Benchmark', 'Time(ns)', 'Iterations')}${'-'.repeat(rowCharacters)}\n`));
    },
    benchEnds: ({ name, measured }) => writer.write(byteText(row(name, ...cells(measured)))),
  };
}

type Colour = 'green' | 'red';
const colours: Readonly<Record<Colour, number>> = { green: 32, red: 31 };

const ruler = '==========';
const failedMark = '  FAILED  ';

const [nameCharacters, timeCharacters, rowCharacters] = [41, 15, 66];

const row = (name: string, time: string, repeats: string): string =>
  `${`${name.padEnd(nameCharacters)} ${time.padEnd(timeCharacters)}${repeats}`.trimEnd()}\n`;

const cells = (measured: BenchResult['measured']): readonly [time: string, repeats: string] =>
  measured ? [String(measured.averageNs), String(measured.repeats)] : ['skipped', ''];

const counted = (count: number): string => `${count} ${count === 1 ? 'test' : 'tests'}`;

const units = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** In the largest unit of which there are ten: two digits say enough. */
function durationText(ns: number): string {
  const [name, size] = units.find(([, unitNs]) => ns >= 10 * unitNs) ?? ['ns', 1];
  return `${Math.floor(ns / size)} ${name}`;
}
