/** Tests and benches as lines of JSON: one for each when it has ended. */

import { byteText } from '../types/value.ts';
import { objectJson, textJson } from './json-text.ts';
import type { TrialOutput } from './output.ts';

/** `line` writes one, by its type and members. */
export function trialJson(
  line: (type: string, members: readonly (readonly [string, string])[]) => void,
): TrialOutput {
  const named = (type: string, name: string, members: readonly (readonly [string, string])[]): void =>
    line(type, [['data', `{${textJson(byteText(name))}: ${objectJson(members)}}`]]);
  return {
    testsBegin() {},
    testBegins() {},
    testEnds: ({ name, durationNs, passed, output }) =>
      named('test_result', name, [
        ['duration', String(durationNs)],
        ['passed', String(passed)],
        ['output', textJson(output)],
      ]),
    testsEnd() {},
    benchesBegin() {},
    benchEnds({ name, measured }) {
      if (!measured) return;
      named('benchmark_result', name, [
        ['average', String(measured.averageNs)],
        ['iters', String(measured.repeats)],
      ]);
    },
  };
}
