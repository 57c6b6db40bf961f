/** Nothing is explained that is never said: every code comes from a script, a machine or a file that gets it. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../../../src/base/diagnostic.ts';
import { diagnosticCodes } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { explanations } from '../../../src/cli/explanations.ts';
import { gather } from '../../../src/imports/gather.ts';
import { missingFeatures } from '../../../src/runtime/features.ts';
import { analysed } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { madeUpFiles } from '../../support/import-folder.ts';
import { scriptSpan } from '../../support/plans.ts';

type Codes = readonly { readonly code: DiagnosticCode }[];

const minimal = goldenFacts('minimal');
const gathered = (script: string, files: Parameters<typeof madeUpFiles>[0]): Codes =>
  gather(sourceFile('main.bt', script), { parameters: [], files: madeUpFiles(files) }).diagnostics;

/** What the machine or the files are to blame for. */
const situations: Partial<Record<DiagnosticCode, () => Codes>> = {
  'too-deeply-nested': () => analysed(`begin { print(${'('.repeat(200)}1${')'.repeat(200)}); }`).diagnostics,
  'unsafe-import': () =>
    gathered('import "a.bt"; begin { }', { 'a.bt': { text: 'end { }', isOpenToAll: true } }),
  'btf-missing': () =>
    analysed('rawtracepoint:fixture { }', { facts: { ...minimal, hasBtf: false } }).diagnostics,
  'no-privileges': () =>
    analysed('tracepoint:sched:fixture { }', { facts: { ...minimal, tracepoint: () => 'denied' } })
      .diagnostics,
  'feature-missing': () =>
    missingFeatures({ requires: [{ feature: 'loop', span: scriptSpan }] }, { presence: () => 'absent' }),
  'probe-not-supported': () => analysed('iter:task { } begin { }').diagnostics,
};

test.each(Object.entries(situations))('%s', (code, situation) => {
  expect(situation().map((one) => one.code)).toContain(code);
});

/** What only a whole run, or a tool that is missing, can get: the test that does. */
const elsewhere: Partial<Record<DiagnosticCode, string>> = {
  'unsupported-c': 'unit/system/bpf-c/compile-c.test.ts',
  'clang-missing': 'unit/system/bpf-c/compile-c.test.ts',
  'libclang-missing': 'unit/cdefs/read-definitions.test.ts',
  'attach-failed': 'unit/runtime/attach.test.ts',
  'load-failed': 'unit/runtime/load.test.ts',
  'bad-option': 'unit/sema/script-options.test.ts',
  'no-match': 'runtime/list.test.ts',
  'output-incomplete': 'runtime/broken-output.test.ts',
  'lock-traced': 'unit/probes/lock-functions.test.ts',
  'runtime-warning': 'codegen/expressions/divide-unsigned.golden',
};

test.each(Object.entries(elsewhere))('%s is expected by %s', (code, path) => {
  const file = join(import.meta.dirname, '../..', path);
  expect(existsSync(file) && readFileSync(file, 'utf8').includes(code)).toBe(true);
});

test('every code has an example, a situation or a run', () => {
  const unexplained = diagnosticCodes.filter(
    (code) => explanations[code].wrong === undefined && !situations[code] && elsewhere[code] === undefined,
  );
  expect(unexplained).toEqual([]);
});
