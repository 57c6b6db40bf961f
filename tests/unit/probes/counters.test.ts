/** Targets of the probes on performance events: software, hardware, profile, interval, watchpoint. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const minimal = goldenFacts('minimal');
const withMachine = (machine: object) => ({
  facts: { ...minimal, machine: { ...minimal.machine, ...machine } },
});

/** `type:config every N on cpus` of what a target attaches. */
function eventOf(target: string, setting = withMachine({})): string | undefined {
  const { typed, diagnostics } = analysed(`${target} { }`, setting);
  expect(diagnostics).toEqual([]);
  return typed.probes.flatMap(({ attachments }) =>
    attachments.map((place) => {
      if (place.kind !== 'perf-event') return place.kind;
      const { sample, breakpoint, pid } = place;
      const rate = 'every' in sample ? `every ${sample.every}` : `${sample.hertz} Hz`;
      const at = breakpoint
        ? ` at ${breakpoint.address.toString(16)}+${breakpoint.bytes} ${breakpoint.access}`
        : '';
      return `${place.type}:${place.config} ${rate} on ${place.cpus}${at}${pid === undefined ? '' : ` of ${pid}`}`;
    }),
  )[0];
}

test.each([
  ['software:alignment-faults', '1:7 every 1'],
  ['software:bpf-output', '1:10 every 1'],
  ['software:context-switches', '1:3 every 1000'],
  ['software:cs', '1:3 every 1000'],
  ['software:cpu-clock', '1:0 every 1000000'],
  ['software:cpu', '1:0 every 1000000'],
  ['software:cpu-migrations', '1:4 every 1'],
  ['software:dummy', '1:9 every 1'],
  ['software:emulation-faults', '1:8 every 1'],
  ['software:major-faults', '1:6 every 1'],
  ['software:minor-faults', '1:5 every 100'],
  ['software:page-faults', '1:2 every 100'],
  ['software:faults:', '1:2 every 100'],
  ['s:faults:7', '1:2 every 7'],
  ['software:task-clock', '1:1 every 1'],
  ['hardware:backend-stalls', '0:8 every 1000000'],
  ['hardware:branch-instructions', '0:4 every 100000'],
  ['hardware:branches', '0:4 every 100000'],
  ['hardware:branch-misses', '0:5 every 100000'],
  ['hardware:bus-cycles', '0:6 every 100000'],
  ['hardware:cache-misses', '0:3 every 1000000'],
  ['hardware:cache-references', '0:2 every 1000000'],
  ['hardware:cpu-cycles', '0:0 every 1000000'],
  ['hardware:cycles', '0:0 every 1000000'],
  ['hardware:frontend-stalls', '0:7 every 1000000'],
  ['hardware:instructions', '0:1 every 1000000'],
  ['h:ref-cycles:1000', '0:9 every 1000'],
  ['profile:hz:99', '1:0 99 Hz'],
  ['profile:s:2', '1:0 every 2000000000'],
  ['p:ms:10', '1:0 every 10000000'],
  ['profile:us:250', '1:0 every 250000'],
  ['profile:5s', '1:0 every 5000000000'],
  ['profile:1000', '1:0 every 1000'],
])('%s', (target, event) => {
  expect(eventOf(target)).toBe(`${event} on all`);
  expect(eventOf(target, withMachine({ targetPid: 4711 }))).toBe(`${event} on all of 4711`);
});

test.each([
  ['interval:hz:9', '9 Hz'],
  ['interval:s:1', 'every 1000000000'],
  ['i:ms:100', 'every 100000000'],
  ['interval:us:500', 'every 500000'],
  ['interval:3m', 'every 180000000000'],
  ['interval:1h', 'every 3600000000000'],
  ['interval:1us', 'every 1000'],
])('%s, which is about the clock and not about a process', (target, rate) => {
  expect(eventOf(target)).toBe(`1:0 ${rate} on one`);
  expect(eventOf(target, withMachine({ targetPid: 4711 }))).toBe(`1:0 ${rate} on one`);
});

const process = withMachine({ targetPid: 4711 });
const child = withMachine({ childPid: 12 });

test.each([
  ['watchpoint:0xffffffff81000000:8:w', withMachine({}), 'ffffffff81000000+8 2'],
  ['w:0xffffffff81000000:4:rw', process, 'ffffffff81000000+4 3 of 4711'],
  ['watchpoint:0x1001:1:w', process, '1001+1 2 of 4711'],
  ['watchpoint:4096:2:wr', child, '1000+2 3 of 12'],
  // The kernel wants the length of a long for execution.
  ['watchpoint:0x1001:1:x', process, '1001+8 4 of 4711'],
  ['watchpoint:0x1000:8:r', withMachine({ arch: 'arm64', childPid: 12 }), '1000+8 1 of 12'],
  ['watchpoint:0x1000:8:x', withMachine({ arch: 'arm64', childPid: 12 }), '1000+4 4 of 12'],
])('%s', (target, setting, place) => expect(eventOf(target, setting)).toBe(`5:0 every 1 on all at ${place}`));

test('pointers of a watchpoint lead to where its address is', () => {
  const spaceOf = (target: string) => analysed(`${target} { }`, child).typed.probes[0]?.info.context.space;
  expect([spaceOf('watchpoint:0x1000:8:w'), spaceOf('watchpoint:0xffffffff81000000:8:w')]).toEqual([
    'user',
    'kernel',
  ]);
});

test('mistakes in targets of counters and timers', () =>
  checkAnalysis(`
    software { }
 // ^^^^^^^^ bad-probe-target
    software:fauls { }
          // ^^^^^ target-not-found
    hardware:cycles:0 { }
                 // ^ bad-probe-target
    hardware:cycles:1:2 { }
 // ^^^^^^^^^^^^^^^^^^^ bad-probe-target
    hardware:faults { }
          // ^^^^^^ target-not-found
    profile:min:5 { }
         // ^^^ bad-probe-target
    profile:hz:0 { }
            // ^ bad-probe-target
    interval:999 { }
 // ^^^^^^^^^^^^ bad-probe-target
    interval:5x { }
 // ^^^^^^^^^^^ bad-probe-target
    interval:s:1:2 { }
 // ^^^^^^^^^^^^^^ bad-probe-target
    interval { }
 // ^^^^^^^^ bad-probe-target
  `));

test.each([
  ['interval:ms:18446744073709551615', '18446744073709551615 is too large: at most 9223372036854'],
  ['profile:hz:9223372036854775808', '9223372036854775808 is too large: at most 9223372036854775807'],
  ['software:faults:10000000000000000000', '10000000000000000000 is too large: at most 9223372036854775807'],
  ['interval:s:0', "'0' is not a number from 1 on"],
  ['interval:99999999999999999999s', 'A period is at least 1000 ns and less than 2^63 ns'],
])('%s: the limit is told', (target, message) => {
  expect(analysed(`${target} { }`).diagnostics.map((told) => told.message)).toEqual([message]);
});

test('mistakes in watchpoints', () => {
  checkAnalysis(
    `
    watchpoint:0x1000:8 { }
 // ^^^^^^^^^^^^^^^^^^^ bad-probe-target
    watchpoint:main:8:w { }
            // ^^^^ bad-probe-target
    watchpoint:0x1000:3:w { }
                   // ^ bad-probe-target
    watchpoint:0x1001:8:w { }
            // ^^^^^^ bad-probe-target
    watchpoint:0x1000:8:r { }
                     // ^ bad-probe-target
    watchpoint:0x1000:8:rwx { }
                     // ^^^ bad-probe-target
  `,
    child,
  );
  expect(told('watchpoint:0x1000:8:w { }')).toEqual([
    { code: 'bad-probe-target', hints: ['Say it with -p, or start it with -c.'] },
  ]);
});

test('names of events near to what was written are told', () =>
  expect(told('hardware:cycels { }')).toEqual([
    {
      code: 'target-not-found',
      hints: ["Did you mean 'cycles'?", expect.stringMatching(/^Events are backend-stalls, .*ref-cycles\.$/)],
    },
  ]));
