/** Targets of kprobes. */

import { expect, test } from 'vitest';
import { traceability } from '../../../src/system/traceability.ts';
import { analysed } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const read = () => ({ functions: [{ name: 'f' }], exact: true });

test('a function that the list of traceable ones lacks is warned of', () => {
  const facts = { ...goldenFacts('minimal'), ...traceability(() => [{ name: 'f' }], read) };
  expect(analysed('kprobe:f { } kprobe:g { } kretprobe:h { }', { facts }).diagnostics).toMatchObject([
    { code: 'not-traceable', severity: 'warning' },
    { code: 'not-traceable', severity: 'warning' },
  ]);
});

test('the list of the kernel is not read for that, but counts once it has been', () => {
  let times = 0;
  const { isUntraceable, traceableFunctions } = traceability(undefined, () => {
    times++;
    return read();
  });
  expect([isUntraceable('g'), times]).toEqual([false, 0]);
  traceableFunctions();
  expect([isUntraceable('g'), isUntraceable('f'), times]).toEqual([true, false, 1]);
});

test('where the kernel does not say which functions can be traced, none is warned of', () => {
  const { isUntraceable, traceableFunctions } = traceability(undefined, () => ({ ...read(), exact: false }));
  traceableFunctions();
  expect(isUntraceable('g')).toBe(false);
});
