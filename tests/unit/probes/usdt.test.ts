/** Targets of USDT probes: which sites each form means, and what is said of targets that mean none. */

import { expect, test } from 'vitest';
import type { Facts } from '../../../src/sema/facts.ts';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';
import { binaryFacts } from '../../support/made-up-binaries.ts';

const site = (provider: string, name: string, fileOffset: number, args = '', semaphore?: number) => ({
  provider,
  name,
  address: fileOffset,
  fileOffset,
  arguments: args,
  ...(semaphore !== undefined && { semaphore }),
});

const app = {
  path: '/bin/app',
  functions: ['main'],
  usdtSites: [
    site('app', 'start', 0x1000, '-4@%eax 8@%xmm1'),
    site('app', 'start', 0x1010, '-4@%ebx 8@%xmm1'),
    site('app', 'stop', 0x1020, '8@%rdi', 0x4000),
    site('net', 'stop', 0x1030, '8@%rdi', 0x4002),
  ],
};
const library = { path: '/lib/libplain.so', functions: ['f'] };
const facts = binaryFacts([app, library]);
const withPid = binaryFacts([app, library], { targetPid: 4711 });

/** One line for each program: `name: offset+semaphore of pid, …`. */
function programsOf(program: string, machine: Facts = facts): readonly string[] {
  const { typed, diagnostics } = analysed(program, { facts: machine });
  expect(diagnostics).toEqual([]);
  return typed.probes.map(({ info, attachments }) => {
    const places = attachments.map((place) => {
      if (place.kind !== 'uprobe') return place.kind;
      const counter = place.usdt?.semaphore === undefined ? '' : `+${place.usdt.semaphore.toString(16)}`;
      return `${place.offset.toString(16)}${counter}${place.pid === undefined ? '' : ` of ${place.pid}`}`;
    });
    return `${info.name}: ${places.join(', ')}`;
  });
}

test.each<readonly [string, readonly string[]]>([
  // Two sites that have their argument in different registers.
  ['usdt:/bin/app:app:start', ['usdt:/bin/app:app:start: 1000', 'usdt:/bin/app:app:start: 1010']],
  ['U:/bin/app:app:stop', ['usdt:/bin/app:app:stop: 1020+4000']],
  ['usdt:/bin/app:stop', ['usdt:/bin/app:stop: 1020+4000, 1030+4002']],
  ['usdt:/bin/app:*:stop', ['usdt:/bin/app:*:stop: 1020+4000, 1030+4002']],
  ['usdt:/bin/app:net:*', ['usdt:/bin/app:net:stop: 1030+4002']],
  ['usdt:*:stop', ['usdt:*:stop: 1020+4000, 1030+4002']],
  ['usdt:/bin/a*:net:stop', ['usdt:/bin/app:net:stop: 1030+4002']],
])('%s', (target, programs) => expect(programsOf(`${target} { }`)).toEqual(programs));

test.each<readonly [string, readonly string[]]>([
  ['usdt:stop', ['usdt:stop: 1020+4000 of 4711, 1030+4002 of 4711']],
  ['usdt:*:stop', ['usdt:*:stop: 1020+4000 of 4711, 1030+4002 of 4711']],
  ['usdt::net:stop', ['usdt:/bin/app:net:stop: 1030+4002 of 4711']],
])('%s of a traced process', (target, programs) =>
  expect(programsOf(`${target} { }`, withPid)).toEqual(programs),
);

test('sites of one name stay apart where the block asks for its probe, too', () =>
  expect(programsOf('usdt:/bin/app:start { print(probe); }')).toEqual([
    'usdt:/bin/app:app:start: 1000',
    'usdt:/bin/app:app:start: 1010',
  ]));

test('an argument has 64 bits and its own sign', () => {
  const typeIn = (target: string): string | undefined =>
    analysed(`${target} { @x = arg0; }`, { facts }).typed.maps.map(({ value }) =>
      value.kind === 'int' ? `${value.signed ? 'int' : 'uint'}${8 * value.bytes}` : value.kind,
    )[0];
  expect([typeIn('usdt:/bin/app:app:start'), typeIn('usdt:/bin/app:app:stop')]).toEqual(['int64', 'uint64']);
});

test('arguments that there are not, or that can not be read', () =>
  checkAnalysis(
    `
    usdt:/bin/app:app:stop { print(arg1); }
                                // ^^^^ not-available-here
    usdt:/bin/app:app:start { print(arg1); }
                                 // ^^^^ not-available-here
  `,
    { facts },
  ));

test('targets that have no form of a USDT probe', () =>
  checkAnalysis(
    `
    usdt { }
 // ^^^^ bad-probe-target
    usdt:stop { }
 // ^^^^^^^^^ bad-probe-target
    usdt:/bin/app: { }
 // ^^^^^^^^^^^^^^ bad-probe-target
    usdt:/bin/app::stop { }
 // ^^^^^^^^^^^^^^^^^^^ bad-probe-target
    usdt:/bin/app:a:b:c { }
 // ^^^^^^^^^^^^^^^^^^^ bad-probe-target
  `,
    { facts },
  ));

test('targets that are not there, with the nearest names', () => {
  checkAnalysis(
    `
    usdt:/bin/nothing:app:start { }
      // ^^^^^^^^^^^^ binary-not-found
    usdt:/bin/app:app:stopp { }
                   // ^^^^^ target-not-found
    usdt:*:nothing { }
        // ^^^^^^^ target-not-found
  `,
    { facts },
  );
  expect(told('usdt:/bin/app:app:stopp { }', { facts })).toEqual([
    { code: 'target-not-found', hints: ["Did you mean 'app:stop', 'app:start'?"] },
  ]);
  expect(told('usdt:/bin/app:stopp { }', { facts })).toEqual([
    { code: 'target-not-found', hints: ["Did you mean 'stop'?"] },
  ]);
  expect(told('usdt:/lib/libplain.so:f { }', { facts })).toEqual([
    { code: 'target-not-found', hints: ['It was built without static probes: a uprobe may do.'] },
  ]);
});
