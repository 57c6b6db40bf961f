/** Who owns what, and in which order it is given back. */

import { expect, test } from 'vitest';
import { Handles } from '../../../src/runtime/handles.ts';
import type { Fd } from '../../../src/runtime/bpf-api.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

function opened() {
  const bpf = fakeBpf();
  const handles = new Handles(bpf);
  const map = (name: string): Fd<'map'> => {
    const made = bpf.createMap({ type: 'hash', name, keyBytes: 4, valueBytes: 4, entriesMax: 1 });
    if (!made.ok) throw new Error(made.error.name);
    return handles.own(made.value, `map ${name}`);
  };
  return { bpf, handles, map };
}

test('handles are closed in the reverse order of their opening, once', () => {
  const { bpf, handles, map } = opened();
  map('a');
  handles.ownOther('mapping', () => bpf.waitForPrograms());
  map('b');
  expect(handles.names).toEqual(['map a', 'mapping', 'map b']);
  handles.closeAll();
  handles.closeAll();
  expect(bpf.calls.slice(2)).toEqual(['close map b', 'waitForPrograms', 'close map a']);
  expect(bpf.open).toEqual([]);
  expect(handles.names).toEqual([]);
});

test('handles that do not need each other are closed at once', () => {
  const { bpf, handles, map } = opened();
  map('a');
  map('b');
  handles.closeTogether();
  expect(bpf.calls.at(-1)).toBe('closeTogether b a');
  expect(bpf.open).toEqual([]);
});
