/** Code that handles text has as many instructions whatever the text's capacity: loops and helpers, nothing written out byte by byte. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { emitObject } from '../../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../../src/codegen/llvm/locate-library.ts';
import { compile } from '../../../src/compile.ts';
import { gather } from '../../../src/imports/gather.ts';
import { parseObject } from '../../../src/runtime/object-file.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const facts = goldenFacts('minimal');

/** Instructions of a program, and of all that it calls, where strings have this capacity. */
function instructionsOf(statement: string, maxStrlen: number): number {
  const script = `kprobe:f { $a = str(arg0); $b = str(arg1); ${statement} }`;
  const llvm = locateLlvm(process.env.TSTRACE_LLVM);
  if (!llvm.ok) throw new Error(llvm.error.message);
  const machine = { ...facts, settings: { ...facts.settings, maxStrlen } };
  const { generated } = compile(gather(sourceFile('script.bt', script)), { parameters: [] }, () => machine);
  const emitted = emitObject(llvm.value, present(generated, script).ir);
  if (!emitted.ok) throw new Error(script);
  const [program] = parseObject(emitted.value.bytes).programs.values();
  return present(program, 'program').instructions.length / 8;
}

const capacities = [64, 200, 1024, 4096, 65_536];

/** The same code for all but small text, of which some is done word by word; and how many instructions that is at the most. */
test.each([
  ['print($a == $b);', 200],
  ['print($a != "abc");', 140],
  ['print(strncmp($a, $b, 60));', 220],
  ['print(memcmp($a, $b, 60));', 220],
  ['print(strlen($a));', 140],
  ['print(strstr($a, $b));', 300],
  ['print(strstr($a, "needle"));', 260],
  ['print(strcontains($a, $b));', 300],
  ['@m = str_concat($a, $b);', 170],
  ['@m = $a;', 130],
  ['@m[$a] = 1;', 160],
  ['@m[$a, 1] = ($b, 2);', 200],
  ['printf("%s %s\\n", $a, $b);', 300],
  ['print(($a, (1, $b)));', 300],
])('%s', (statement, most) => {
  const counts = capacities.map((capacity) => instructionsOf(statement, capacity));
  expect(Math.max(...counts), counts.join(' ')).toBeLessThanOrEqual(most);
  const [large] = counts.slice(2);
  for (const count of counts.slice(3))
    expect(Math.abs(count - present(large, 'count'))).toBeLessThanOrEqual(16);
});
