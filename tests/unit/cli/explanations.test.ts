/** Each code's explanation holds what it promises: its examples are compiled. */

import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { gather } from '../../../src/imports/gather.ts';
import { explanations } from '../../../src/cli/explanations.ts';
import { compile } from '../../../src/compile.ts';
import type { Facts } from '../../../src/sema/facts.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const minimal = goldenFacts('minimal');

/** The made-up machine, with a function of a name that readers know. */
const facts: Facts = {
  ...minimal,
  traceableFunctions: () => ({ functions: [{ name: 'vfs_read' }], exact: true }),
  isUntraceable: (name) => name === 'kprobe_dispatcher',
  kernelSymbol: (name) => minimal.kernelSymbol(name === 'vfs_read' ? 'f' : name),
};

const codesOf = (script: string): readonly DiagnosticCode[] =>
  compile(gather(sourceFile('example.bt', script)), { parameters: [] }, (config) => ({
    ...facts,
    settings: { ...facts.settings, ...config },
  })).diagnostics.map(({ code }) => code);

const examples = Object.entries(explanations);

const wrong = examples.flatMap(([code, { wrong: script }]) => (script === undefined ? [] : [[code, script]]));
const right = examples.flatMap(([code, { right: script }]) => (script === undefined ? [] : [[code, script]]));

test.each(wrong)("%s is what its example gets: '%s'", (code, script) => {
  expect(new Set(codesOf(script))).toEqual(new Set([code]));
});

test.each(right)("%s has a remedy: '%s'", (_, script) => {
  expect(codesOf(script)).toEqual([]);
});
