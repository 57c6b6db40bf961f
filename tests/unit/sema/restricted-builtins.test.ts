/** Builtins that are not for everybody: unsafe ones, and such that need what a kernel may lack. Shown with definitions of the test's own. */

import { expect, test, vi } from 'vitest';
import type { Builtin } from '../../../src/builtins/define.ts';
import type * as Registry from '../../../src/builtins/registry.ts';
import { compile } from '../../../src/compile.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { gather } from '../../../src/imports/gather.ts';
import { missingFeatures } from '../../../src/runtime/features.ts';
import { checkAnalysis, typesIn } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

vi.mock('../../../src/builtins/registry.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Registry>();
  const { defineFunction, defineVariable } = await import('../../../src/builtins/define.ts');
  const { u64 } = await import('../../../src/types/type.ts');
  const about = { doc: '', example: '' };
  const own: readonly Builtin[] = [
    defineFunction({
      ...about,
      name: 'change_it',
      params: [],
      returns: u64,
      unsafe: true,
      emit: (_args, out) => out.int(1),
    }),
    defineFunction({
      ...about,
      name: 'recent_call',
      params: [],
      returns: u64,
      requires: ['strncmp', 'loop'],
      emit: (_args, out) => out.int(1),
    }),
    defineVariable({
      ...about,
      name: 'recent_value',
      type: u64,
      requires: ['loop'],
      emit: (out) => out.int(1),
    }),
  ];
  return {
    ...original,
    findBuiltin: (name: string) => own.find((builtin) => builtin.name === name) ?? original.findBuiltin(name),
  };
});

test('an unsafe function is an error at the whole call, wherever it stands, unless --unsafe is given', () => {
  checkAnalysis(`
    begin {
      change_it();
   // ^^^^^^^^^^^ unsafe
      if (change_it() > 0) { print(1); }
       // ^^^^^^^^^^^ unsafe
      @x = (1, change_it());
            // ^^^^^^^^^^^ unsafe
    }
  `);
  expect(typesIn('print(change_it());', { facts: goldenFacts('unsafe') })).toEqual([
    'print(change_it():uint64):void',
  ]);
});

const planOf = (script: string) => {
  const { generated } = compile(gather(sourceFile('script', script)), { parameters: [] }, () =>
    goldenFacts('minimal'),
  );
  if (!generated) throw new Error('it does not compile');
  return generated.plan;
};

const script = 'begin { @a = recent_value; @b = recent_call(); @c = recent_value + recent_call(); }';

test('what builtins need of the kernel stands in the plan, once each, with a place that needs it', () => {
  const found = planOf(script).requires.map(({ feature, span }) => [
    feature,
    script.slice(span.start, span.end),
  ]);
  expect(Object.fromEntries(found)).toEqual({
    loop: expect.stringMatching(/^recent_/),
    strncmp: 'recent_call()',
  });
  expect(found).toHaveLength(2);
  expect(planOf('begin { @a = 1; }').requires).toEqual([]);
});

test('a kernel that lacks it gives an error there, and one that has it none', () => {
  const plan = planOf('begin { @a = recent_call(); }');
  const told = missingFeatures(plan, { presence: (name) => (name === 'strncmp' ? 'absent' : 'present') });
  expect(told.map(({ code, span, hints }) => [code, span?.start, span?.end, hints])).toEqual([
    ['feature-missing', 13, 26, ['It exists since Linux 5.17.']],
  ]);
  expect(missingFeatures(plan, { presence: () => 'present' })).toEqual([]);
});
