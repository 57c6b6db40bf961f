/** Targets of uprobes: which places each form means, and what is said of targets that mean none. */

import { expect, test } from 'vitest';
import type { Facts } from '../../../src/sema/facts.ts';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { binaryFacts } from '../../support/made-up-binaries.ts';

const app = { path: '/bin/app', functions: ['main', 'add_one', 'add_two', 'Operator+'] };
const library = {
  path: '/lib/libshape.so',
  functions: ['add_three', '_ZN2ns3addEii', '_ZN2ns3addEl', '_Z5twiceIiET_S0_'],
};
const go = { path: '/bin/gopher', functions: ['main.main'], isGo: true };
const facts = binaryFacts([app, library, go]);
const withPid = binaryFacts([app, library], { targetPid: 4711 });

/** `path symbol@offset` of everything that a script attaches to. */
function placesOf(program: string, machine: Facts = facts): readonly string[] {
  const { typed, diagnostics } = analysed(program, { facts: machine });
  expect(diagnostics).toEqual([]);
  return typed.probes.flatMap(({ attachments }) =>
    attachments.map((place) =>
      place.kind === 'uprobe'
        ? `${place.path} ${place.symbol ?? ''}@${place.offset.toString(16)}${place.pid === undefined ? '' : ` of ${place.pid}`}`
        : place.kind,
    ),
  );
}

test.each<readonly [string, readonly string[]]>([
  ['uprobe:/bin/app:main', ['/bin/app main@1000']],
  ['u:/bin/app:main', ['/bin/app main@1000']],
  ['uprobe:/bin/app:main+4', ['/bin/app main@1004']],
  ['uprobe:/bin/app:main+0x1e', ['/bin/app main@101e']],
  ['uprobe:/bin/app:0x401044', ['/bin/app @1044']],
  ['uprobe:/bin/app:4198468', ['/bin/app @1044']],
  ['uprobe:/bin/app:add_*', ['/bin/app add_one@1040', '/bin/app add_two@1080']],
  ['uprobe:/bin/app:Operator++2', ['/bin/app Operator+@10c2']],
  ['uprobe:/lib/lib*:add_*', ['/lib/libshape.so add_three@1000']],
  ['uprobe:/*:add_*', ['/bin/app add_one@1040', '/bin/app add_two@1080', '/lib/libshape.so add_three@1000']],
  ['uprobe:*:main', ['/bin/app main@1000']],
  ['uretprobe:/bin/app:add_one', ['/bin/app add_one@1040']],
  ['ur:/bin/app:add_one', ['/bin/app add_one@1040']],
  ['uprobe:/lib/libshape.so:_ZN2ns3addEii', ['/lib/libshape.so _ZN2ns3addEii@1040']],
  ['uprobe:/lib/libshape.so:cpp:"ns::add(int, int)"', ['/lib/libshape.so _ZN2ns3addEii@1040']],
  [
    'uprobe:/lib/libshape.so:cpp:"ns::add"',
    ['/lib/libshape.so _ZN2ns3addEii@1040', '/lib/libshape.so _ZN2ns3addEl@1080'],
  ],
  [
    'uprobe:/lib/libshape.so:"ns::add"',
    ['/lib/libshape.so _ZN2ns3addEii@1040', '/lib/libshape.so _ZN2ns3addEl@1080'],
  ],
  [
    'uprobe:/lib/libshape.so:cpp:"ns::add+4"',
    ['/lib/libshape.so _ZN2ns3addEii@1044', '/lib/libshape.so _ZN2ns3addEl@1084'],
  ],
  ['uprobe:/lib/libshape.so:cpp:"twice<int>"', ['/lib/libshape.so _Z5twiceIiET_S0_@10c0']],
  ['uprobe:/lib/libshape.so:cpp:"*tw*"', ['/lib/libshape.so _Z5twiceIiET_S0_@10c0']],
  ['uprobe:/bin/gopher:main.main', ['/bin/gopher main.main@1000']],
])('%s', (target, places) => expect(placesOf(`${target} { }`)).toEqual(places));

test.each<readonly [string, readonly string[]]>([
  ['uprobe:add_one', ['/bin/app add_one@1040 of 4711']],
  ['uretprobe:add_one', ['/bin/app add_one@1040 of 4711']],
  [
    'uprobe:*:add_*',
    [
      '/bin/app add_one@1040 of 4711',
      '/bin/app add_two@1080 of 4711',
      '/lib/libshape.so add_three@1000 of 4711',
    ],
  ],
])('%s of a traced process', (target, places) => expect(placesOf(`${target} { }`, withPid)).toEqual(places));

test('a library may be asked for by several names at once: each place has one probe', () => {
  const twice = { path: '/bin/twice', functions: ['f'] };
  const aliased = binaryFacts([twice]);
  const binary = aliased.executable('/bin/twice');
  if ('error' in binary) throw new Error(binary.error);
  const [f] = binary.functions();
  if (!f) throw new Error('no function');
  const executable = { ...binary, functions: () => [f, { ...f, name: 'g' }] };
  expect(placesOf('uprobe:/bin/twice:* { }', { ...aliased, executable: () => executable })).toHaveLength(1);
});

test('targets that have no form of an uprobe', () =>
  checkAnalysis(
    `
    uprobe:main { }
 // ^^^^^^^^^^^ bad-probe-target
    uprobe:/bin/app { }
 // ^^^^^^^^^^^^^^^ bad-probe-target
    uprobe { }
 // ^^^^^^ bad-probe-target
    uprobe:/bin/app: { }
 // ^^^^^^^^^^^^^^^^ bad-probe-target
    uprobe:/bin/app:rust:f { }
 // ^^^^^^^^^^^^^^^^^^^^^^ bad-probe-target
    uretprobe:/bin/app:main+4 { }
                    // ^^^^^^ bad-probe-target
    uretprobe:/bin/app:0x401000 { }
                    // ^^^^^^^^ bad-probe-target
    uprobe:/bin/app:main+64 { }
                 // ^^^^^^^ bad-probe-target
    uprobe:/bin/app:0x12 { }
                 // ^^^^ bad-probe-target
    uretprobe:/bin/gopher:main.main { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ probe-not-supported
  `,
    { facts },
  ));

test('targets that are not there, with the nearest names', () => {
  checkAnalysis(
    `
    uprobe:/bin/nothing:main { }
        // ^^^^^^^^^^^^ binary-not-found
    uprobe:/opt/*:main { }
        // ^^^^^^ binary-not-found
    uprobe:/bin/app:add_onne { }
                 // ^^^^^^^^ target-not-found
    uprobe:/bin/app:sub_* { }
                 // ^^^^^ target-not-found
    uprobe:/*:sub_* { }
           // ^^^^^ target-not-found
  `,
    { facts },
  );
  expect(told('uprobe:/bin/app:add_onne { }', { facts })).toEqual([
    { code: 'target-not-found', hints: ["Did you mean 'add_one'?"] },
  ]);
  // A C function is no C++ one.
  expect(told('uprobe:/bin/app:cpp:"add_one" { }', { facts })).toEqual([{ code: 'target-not-found' }]);
  expect(told('uprobe:/lib/libshape.so:cpp:"ns::ad" { }', { facts })).toEqual([
    { code: 'target-not-found', hints: ["Did you mean 'ns::add'?"] },
  ]);
});

test('a file of another form is taken with --unsafe, and its addresses are offsets', () => {
  const data: Facts = { ...facts, executable: (path) => ({ error: 'not-elf', path }) };
  expect(told('uprobe:/data:0x40 { }', { facts: data })).toEqual([{ code: 'binary-not-found' }]);
  expect(placesOf('uprobe:/data:0x40 { }', { ...data, unsafe: true })).toEqual(['/data @40']);
});

const work = goldenFacts('minimal');

test.each([
  ['uprobe:/bin/app:work { print(args.third); }'],
  ['uprobe:/bin/app:work { print(args.at->name); print(*args.at); }'],
  ['uprobe:/bin/app:main,uprobe:/bin/app:work { print(arg0); }'],
  ['uretprobe:/bin/app:work { print(retval + 1); }'],
  ['uretprobe:/bin/app:m* { print(retval); }'],
])('by debug information: %s', (program) =>
  expect(analysed(program, { facts: work }).diagnostics).toEqual([]),
);

test('arguments that are not there, or can not be read', () =>
  checkAnalysis(
    `
    uprobe:/bin/app:work { print(args.ninth); }
                                   // ^^^^^ unknown-field
    uprobe:/bin/app:work { print(args.real); }
                                   // ^^^^ not-available-here
    uprobe:/bin/app:work { print(args); }
                              // ^^^^ not-available-here
    uprobe:/bin/app:work+4 { print(args.count); }
                                // ^^^^ not-available-here
    uprobe:/bin/app:main { print(args.count); }
                              // ^^^^ not-available-here
    uretprobe:/bin/app:work { print(args.count); }
                                 // ^^^^ not-available-here
  `,
    { facts: work },
  ));

const code = {
  files: ['/src/main.c'],
  addresses: [0x401000, 0x401020],
  near: [41, 44],
};
const none = { files: [], addresses: [], near: [] };
const lined = binaryFacts([
  {
    ...app,
    lines: (file, line) => (file === 'main.c' ? { ...code, ...(line !== 42 && { addresses: [] }) } : none),
  },
  { ...library, lines: () => ({ ...code, files: ['/src/a/main.c', '/src/b/main.c'] }) },
  go,
]);

test.each<readonly [string, readonly string[]]>([
  ['uprobe:/bin/app@main.c:42', ['/bin/app @1000', '/bin/app @1020']],
  ['uprobe:/bin/app@main.c:42:7', ['/bin/app @1000', '/bin/app @1020']],
  ['uprobe:/bin/a*@main.c:42', ['/bin/app @1000', '/bin/app @1020']],
])('%s', (target, places) => expect(placesOf(`${target} { }`, lined)).toEqual(places));

test('probes of lines know themselves by these', () =>
  expect(
    analysed('uprobe:/bin/app@main.c:42 { print(probe); }', { facts: lined }).typed.probes[0]?.info.name,
  ).toBe('uprobe:/bin/app@main.c:42'));

test('lines that are not there, or not to be found', () => {
  checkAnalysis(
    `
    uprobe:/bin/app@main.c:40 { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^ target-not-found
    uprobe:/bin/app@other.c:42 { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^ target-not-found
    uprobe:/bin/gopher@main.c:42 { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ target-not-found
    uprobe:/lib/libshape.so@main.c:42 { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ bad-probe-target
    uretprobe:/bin/app@main.c:42 { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ bad-probe-target
    uprobe:/bin/nothing@main.c:42 { }
        // ^^^^^^^^^^^^^^^^^^^ binary-not-found
    uprobe:@main.c:42 { }
        // ^^^^^^^ binary-not-found
  `,
    { facts: lined },
  );
  expect(told('uprobe:/bin/app@main.c:40 { }', { facts: lined })).toEqual([
    { code: 'target-not-found', hints: ['There is code of line 41 and 44.'] },
  ]);
});

test('a place within an instruction is refused with the nearest ones, unless the user insists', () => {
  const script = 'uprobe:/bin/app:main+7 { @ = 1 }';
  const { diagnostics } = analysed(script, { facts });
  expect(diagnostics.map(({ code, hints }) => [code, hints])).toEqual([
    ['bad-probe-target', ['Instructions begin 1 before it and 1 behind it (bytes).']],
  ]);
  expect(placesOf(script, { ...facts, unsafe: true })).toEqual(['/bin/app main@1007']);
});

test('a place that lies in no known function is refused, unless the user insists', () => {
  const known = facts.executable('/bin/app');
  const stripped: Facts = {
    ...facts,
    executable: () => ('error' in known ? known : { ...known, instructionsAround: () => undefined }),
  };
  const script = 'uprobe:/bin/app:0x401044 { @ = 1 }';
  expect(analysed(script, { facts: stripped }).diagnostics[0]?.message).toMatch(/^It can't be told whether/);
  expect(placesOf(script, { ...stripped, unsafe: true })).toEqual(['/bin/app @1044']);
});
