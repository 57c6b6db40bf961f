/** Targets of self probes: the signals that a script can have probes on. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';

test('a signal by its name', () => {
  const { typed, diagnostics } = analysed('self:signal:SIGUSR1 { } SELF:signal:SIGUSR1 { }');
  expect(diagnostics).toEqual([]);
  expect(typed.probes.map(({ info, attachments }) => [info.name, attachments])).toEqual([
    ['self:signal:SIGUSR1', [{ kind: 'self', signal: 'SIGUSR1' }]],
    ['self:signal:SIGUSR1', [{ kind: 'self', signal: 'SIGUSR1' }]],
  ]);
});

test('mistakes in targets', () => {
  checkAnalysis(`
    self { }
 // ^^^^ bad-probe-target
    self:signal { }
 // ^^^^^^^^^^^ bad-probe-target
    self:sig:SIGUSR1 { }
 // ^^^^^^^^^^^^^^^^ bad-probe-target
    self:signal:SIGUSR1:2 { }
 // ^^^^^^^^^^^^^^^^^^^^^ bad-probe-target
    self:signal:SIGHUP { }
             // ^^^^^^ bad-probe-target
  `);
  expect(told('self:signal:SIGUSR2 { } self:signal:SIGHUP { }')).toEqual([
    { code: 'bad-probe-target', hints: ["Did you mean 'SIGUSR1'?"] },
    { code: 'bad-probe-target', hints: ['There is one on SIGUSR1.'] },
  ]);
});
