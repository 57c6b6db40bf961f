/**
 * Any text gives a program or a diagnostic, never an exception, a hang or a crash of LLVM: real scripts are torn and put together again.
 * TSTRACE_MUTANTS asks for more than CI does.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hasErrors } from '../../src/base/outcome.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import { gather } from '../../src/imports/gather.ts';
import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { compile } from '../../src/compile.ts';
import { renderDiagnostics } from '../../src/output/render-diagnostic.ts';
import type { Facts } from '../../src/sema/facts.ts';
import { exampleFacts } from '../support/example-facts.ts';
import { goldenFacts } from '../support/golden-facts.ts';
import { corpus, mutant } from '../support/mutations.ts';

const runs = Number(process.env.TSTRACE_MUTANTS ?? 5000);
/** Both machines that the project's scripts are written for. */
const machines: readonly Facts[] = [goldenFacts('minimal'), exampleFacts()].map((facts) => ({
  ...facts,
  settings: { ...facts.settings, maxProbes: 10_000, maxBpfProgs: 10_000 },
}));
const llvm = locateLlvm(process.env.TSTRACE_LLVM);

const check = (script: string): void => machines.forEach((facts) => checkOn(facts, script));

/** Compiles it as far as it goes. */
function checkOn(facts: Facts, script: string): void {
  if (!llvm.ok) throw new Error(llvm.error.message);
  const source = sourceFile('mutant.bt', script);
  const { generated, diagnostics } = compile(
    gather(source, { parameters: ['1', 'text'] }),
    { parameters: ['1', 'text'] },
    () => facts,
  );
  expect(generated === undefined).toBe(hasErrors(diagnostics));
  // Every place lies within the script, and can be shown.
  renderDiagnostics(diagnostics, { source: () => source, colours: false });
  for (const { span } of diagnostics)
    if (span) expect([span.start, span.end].every((at) => at >= 0 && at <= script.length)).toBe(true);
  if (generated) {
    const emitted = emitObject(llvm.value, generated.ir, { modules: generated.modules });
    if (!emitted.ok) throw new Error(`${emitted.error.stage}: ${emitted.error.message}`);
  }
}

test('every script that there is', () => corpus.forEach(check));

test('scripts with a few things changed', { timeout: 3_600_000 }, () => {
  const machine = fc.constantFrom(...machines);
  fc.assert(
    fc.property(machine, mutant, (facts, script) => checkOn(facts, script)),
    { numRuns: runs },
  );
});

const times = (count: number, text: (index: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);
const nested = (count: number, open: string, inner: string, close: string): string =>
  `${open.repeat(count)}${inner}${close.repeat(count)}`;

/** What a generator of scripts might write, and what a fuzzer would. */
const large: readonly (readonly [title: string, script: string])[] = [
  ['1,000 probes', times(1000, (i) => `kprobe:f { @x${i % 10}[pid, ${i}] = count(); }`)],
  ['1,000 targets of one probe', `${times(1000, () => 'kprobe:f', ',')} { @ = count(); }`],
  ['1,000 maps', `begin { ${times(1000, (i) => `@m${i} = ${i};`)} }`],
  [
    '10,000 lines',
    times(
      500,
      (i) => `kprobe:f {\n${times(18, (j) => `$v${j} = arg0 + ${i}; $v${j}++;`)}\n@[$v0] = count();\n}`,
    ),
  ],
  ['parentheses', `begin { @x = ${nested(5000, '(', '1', ')')}; }`],
  ['blocks', `begin { ${nested(5000, '{', '@x = 1;', '}')} }`],
  ['conditions', `begin { ${nested(3000, 'if (pid) {', '@x = 1;', '}')} }`],
  ['else if', `begin { ${times(3000, (i) => `if (pid == ${i}) { @x = ${i}; }`, ' else ')} }`],
  ['operators', `begin { @x = ${times(5000, () => 'pid', ' + ')}; }`],
  ['unary operators', `begin { @x = ${'~'.repeat(5000)}1; }`],
  ['choices', `begin { @x = ${times(2000, () => 'pid ? 1 : ', '')}1; }`],
  ['fields', `begin { @x = curtask${'->parent'.repeat(500)}->pid; }`],
  ['a number', `begin { @x = ${'9'.repeat(100_000)}; }`],
  ['a text', `begin { @x = "${'a'.repeat(1_000_000)}"; }`],
  ['a name', `begin { @${'a'.repeat(100_000)} = 1; }`],
  ['a tuple', `begin { @x = (${times(2000, (i) => `${i}`, ', ')}); }`],
  ['keys', `begin { @x[${times(2000, (i) => `${i}`, ', ')}] = 1; }`],
  ['arguments', `begin { printf("${'%d '.repeat(2000)}", ${times(2000, () => 'pid', ', ')}); }`],
];

test.each(large)('much of one thing: %s', { timeout: 120_000 }, (_, script) => check(script));

test('any bytes', { timeout: 600_000 }, () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all).toString('latin1'));
  fc.assert(fc.property(bytes, check), { numRuns: 500 });
});
