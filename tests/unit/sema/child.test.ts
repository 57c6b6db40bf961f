/** cpid: of a command that is there, or asked about before. */

import { test } from 'vitest';
import { checkAnalysis } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

test('without a command, cpid is warned of where it is used', () =>
  checkAnalysis(`
    kprobe:f /pid == cpid/ { print(cpid); }
                  // ^^^^ no-command
                                // ^^^^ no-command
    kprobe:g { if (!has_cpid) { print(cpid); } else { print(cpid); } }
                                   // ^^^^ no-command
    kprobe:h { if (pid) { print(cpid); } }
                             // ^^^^ no-command
  `));

test('behind has_cpid it may be used', () =>
  checkAnalysis(`
    kprobe:f /has_cpid && pid == cpid/ { print(cpid); }
    kprobe:g { if (has_cpid) { print(cpid); if (pid) { print(cpid); } } }
    kprobe:h { print(has_cpid ? cpid : 0); print(!has_cpid ? 0 : cpid); }
    kprobe:i { print(!has_cpid || cpid == pid); }
  `));

test('with a command there is nothing to tell', () =>
  checkAnalysis('kprobe:f /pid == cpid/ { print(cpid); }', { facts: goldenFacts('child') }));
