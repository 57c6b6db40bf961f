/** Options that narrow what is traced, and what is taken for granted of the kernel. */

import { expect, test } from 'vitest';
import type { Options } from '../../../src/cli/options.ts';
import { parseOptions } from '../../../src/cli/options.ts';

function optionsOf(...argv: readonly string[]): Options {
  const parsed = parseOptions([...argv, '-e', 'begin { }']);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

test('nothing is narrowed unless it is asked for', () => {
  const { probeFilter, traceableFunctions, withheld } = optionsOf();
  expect({ probeFilter, traceableFunctions, withheld: [...withheld] }).toEqual({ withheld: [] });
});

test('--probe-filter is a regular expression, --traceable-functions a file, --no-feature a list', () => {
  const options = optionsOf(
    '--probe-filter',
    'vfs_(read|write)$',
    '--traceable-functions=functions.txt',
    '--no-feature',
    'uprobe_multi,kprobe_session',
  );
  expect(options.probeFilter).toEqual(/vfs_(read|write)$/);
  expect(options.traceableFunctions).toBe('functions.txt');
  expect([...options.withheld].sort()).toEqual(['kprobe_session', 'uprobe_multi']);
});

test.each([
  [['--probe-filter', 'a('], /--probe-filter/],
  [['--no-feature', 'uprobe_multi,wings'], /--no-feature does not know 'wings'/],
  [['--no-feature', ''], /--no-feature does not know ''/],
])('%j is refused', (argv, message) => {
  const parsed = parseOptions([...argv, '-e', 'begin { }']);
  expect(parsed.ok ? '' : parsed.error.message).toMatch(message);
});
