/** fentry and fexit on functions of spin locks. */

import { expect, test } from 'vitest';
import { Report } from '../../../src/base/diagnostic.ts';
import { warnOfLocks } from '../../../src/probes/lock-functions.ts';

const span = { file: 'script.bt', start: 0, end: 1 };

test.each([
  [['_raw_spin_lock'], '_raw_spin_lock is called'],
  [['native_queued_spin_lock_slowpath'], 'native_queued_spin_lock_slowpath is called'],
  [
    ['vfs_read', '_raw_spin_unlock_irqrestore', '_raw_spin_trylock'],
    '_raw_spin_unlock_irqrestore and 1 more are called',
  ],
  [['spin_lock_helper', 'vfs_read'], 'spin_lock_helper is called'],
])('%j: one warning, with the way round', (names, wording) => {
  const report = new Report();
  warnOfLocks('fentry', names, span, report);
  expect(report.diagnostics).toMatchObject([{ severity: 'warning', code: 'lock-traced', span }]);
  expect(report.diagnostics[0]?.message).toContain(wording);
  expect(report.diagnostics[0]?.hints[0]).toContain('kprobe:');
});

test('functions of other kinds are no matter', () => {
  const report = new Report();
  warnOfLocks('fexit', ['vfs_read', 'mutex_lock', 'respin_locket', 'spin'], span, report);
  expect(report.diagnostics).toEqual([]);
});
