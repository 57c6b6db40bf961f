/** docs/tstrace.1 is read by both programs that show manual pages, without a word. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const page = join(import.meta.dirname, '../../docs/tstrace.1');

const outputOf = (program: string, ...args: readonly string[]): string => {
  const { stdout, stderr, error } = spawnSync(program, [...args, page], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '' },
  });
  if (error) throw error;
  return stdout + stderr;
};

test('mandoc finds nothing to warn of', () => {
  const complaints = outputOf('mandoc', '-T', 'lint', '-W', 'warning').split('\n');
  // The index of this machine's own pages may be old.
  expect(complaints.filter((line) => line !== '' && !line.includes('outdated mandoc.db'))).toEqual([]);
});

test('groff finds nothing to warn of', () => {
  expect(outputOf('groff', '-mdoc', '-Tutf8', '-ww', '-z')).toBe('');
});

test('it shows options, functions and their examples', () => {
  const shown = outputOf('mandoc', '-T', 'ascii').replace(/.\x08/g, ''); // eslint-disable-line no-control-regex -- bold letters are struck twice
  for (const text of ['-o, --output FILE', 'hist(', 'TSTRACE_BTF', '@bytes = hist(arg2);', 'max_strlen'])
    expect(shown).toContain(text);
  expect(shown).toMatch(/printf\("%s, %d\\n", str\(\$1\), \$2\)/);
});
