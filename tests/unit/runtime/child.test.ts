/** Commands of -c, and watching processes of -p. */

import { expect, test } from 'vitest';
import { splitWords, startCommand, watchProcess } from '../../../src/runtime/child.ts';
import { Handles } from '../../../src/runtime/handles.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

test.each([
  ['ls -l  /tmp', ['ls', '-l', '/tmp']],
  ['  echo ', ['echo']],
  [`echo "a b" 'c "d"' e\\ f`, ['echo', 'a b', 'c "d"', 'e f']],
  [`echo "" '' x""y`, ['echo', '', '', 'xy']],
  [`echo "a\\"b" 'a\\b'`, ['echo', 'a"b', 'a\\b']],
  ['', []],
])('%j splits as a shell would split it', (text, words) => {
  expect(splitWords(text)).toEqual({ ok: true, value: words });
});

test('a quote that is not closed is an error', () => {
  expect(splitWords(`echo "a`).ok).toBe(false);
});

test.each([
  ['', /empty/],
  ['no-such-program-anywhere', /no program 'no-such-program-anywhere' in PATH/],
  ['/no/such/file', /no file/],
  ['/etc', /not a program/],
])('the command %j is refused, with the cause', (text, cause) => {
  const command = startCommand(text, '/usr/bin:/bin');
  expect(command.ok ? '' : command.error.message).toMatch(cause);
});

test('a process is watched until it ends, once', () => {
  const bpf = fakeBpf();
  const handles = new Handles(bpf);
  const target = watchProcess(bpf, handles, 42);
  if (!target.ok) throw new Error(target.error.message);
  let ends = 0;
  target.value.onEnd(() => ends++);
  bpf.wake('process');
  bpf.wake('process');
  expect(ends).toBe(1);
  handles.closeAll();
  expect(bpf.open).toEqual([]);
});

test.each([
  ['ESRCH', /no process 42/],
  ['EINVAL', /thread/],
  ['EPERM', /pidfd|openProcess/],
])('a process that can not be watched because of %s is an error', (errno, cause) => {
  const bpf = fakeBpf();
  bpf.refuse('openProcess', errno);
  const target = watchProcess(bpf, new Handles(bpf), 42);
  expect(target.ok ? '' : target.error.message).toMatch(cause);
});
