/** Where arguments lie at a function's entry: by debug information, or dealt out to registers and stack as the conventions say. */

import { expect, test } from 'vitest';
import { argumentFields, returned } from '../../../src/probes/calling-convention.ts';
import type { FunctionSignature, ParameterPlace, Passing } from '../../../src/probes/define.ts';
import { i32 } from '../../../src/types/type.ts';

const passings = {
  int: { kind: 'registers', count: 1 },
  pair: { kind: 'registers', count: 2 },
  float: { kind: 'vector' },
  large: { kind: 'memory', bytes: 20 },
  object: { kind: 'unknown' },
  void: { kind: 'none' },
} as const satisfies Readonly<Record<string, Passing>>;
type Kind = keyof typeof passings;

const signature = (
  kinds: readonly Kind[],
  returns: Kind = 'int',
  place: ParameterPlace = { kind: 'convention' },
): FunctionSignature => ({
  parameters: kinds.map((kind, index) => ({ name: `p${index}`, type: i32, passing: passings[kind], place })),
  returns: { type: i32, passing: passings[returns] },
});

/** Register's offset in the context, `+` what lies behind its address; `?` if it can't be read. */
const placesOf = (found: FunctionSignature, arch: 'x64' | 'arm64'): string =>
  argumentFields(found, arch)
    .map(({ offset, behind, unreadable }) =>
      unreadable === undefined ? `${offset}${behind === undefined ? '' : `+${behind}`}` : '?',
    )
    .join(' ');

// struct pt_regs of x86-64: r8 72, r9 64, cx 88, dx 96, si 104, di 112, sp 152.
test.each<readonly [string, readonly Kind[], Kind, string, string]>([
  ['numbers in their registers', ['int', 'int', 'int'], 'void', '112 104 96', '0 8 16'],
  [
    'what does not fit on the stack',
    ['int', 'int', 'int', 'int', 'int', 'int', 'int', 'int', 'int'],
    'int',
    '112 104 96 88 72 64 152+8 152+16 152+24',
    '0 8 16 24 32 40 48 56 248+0',
  ],
  ['floating-point numbers take none of these', ['float', 'int'], 'int', '? 112', '? 0'],
  [
    'beyond eight floating-point numbers, they are on the stack, too',
    [...Array.from({ length: 9 }, (): Kind => 'float'), 'int'],
    'int',
    '? ? ? ? ? ? ? ? 152+8 112',
    '? ? ? ? ? ? ? ? 248+0 0',
  ],
  ['two registers are not read, but counted', ['pair', 'int'], 'int', '? 96', '? 16'],
  [
    'what would be half in registers is on the stack as a whole',
    ['int', 'int', 'int', 'int', 'int', 'pair', 'int'],
    'int',
    '112 104 96 88 72 152+8 64',
    '0 8 16 24 32 ? 56',
  ],
  [
    'large structs lie on the stack, or behind an address',
    ['large', 'int', 'large'],
    'int',
    '152+8 112 152+32',
    '0+0 8 16+0',
  ],
  ['where the result shall go comes first on x86', ['int'], 'large', '104', '0'],
  ['behind something of unknown passing all is unknown', ['int', 'object', 'int'], 'int', '112 ? ?', '0 ? ?'],
  ['a result of unknown passing makes all unknown', ['int'], 'object', '?', '?'],
])('%s', (_, kinds, returns, x64, arm64) => {
  expect(placesOf(signature(kinds, returns), 'x64')).toBe(x64);
  expect(placesOf(signature(kinds, returns), 'arm64')).toBe(arm64);
});

test.each<readonly [ParameterPlace, Kind, string, string]>([
  [{ kind: 'register', register: 5 }, 'int', '112', '40'],
  [{ kind: 'register', register: 31 }, 'int', '?', '248'],
  [{ kind: 'register', register: 17 }, 'float', '?', '?'],
  [{ kind: 'register', register: 5 }, 'pair', '?', '?'],
  [{ kind: 'memory', register: 7, offset: 8 }, 'int', '152+8', '56+8'],
  [{ kind: 'caller-frame', offset: 16 }, 'int', '152+24', '248+16'],
  [{ kind: 'nowhere' }, 'int', '?', '?'],
])('what debug information says wins: %j of %s', (place, kind, x64, arm64) => {
  expect(placesOf(signature([kind], 'int', place), 'x64')).toBe(x64);
  expect(placesOf(signature([kind], 'int', place), 'arm64')).toBe(arm64);
});

test.each<readonly [Kind, 'x64' | 'arm64', number | 'missing', string | undefined]>([
  ['int', 'x64', 80, 'int'],
  ['int', 'arm64', 0, 'int'],
  ['large', 'x64', 80, 'pointer'],
  ['large', 'arm64', 'missing', undefined],
  ['pair', 'x64', 'missing', undefined],
  ['float', 'x64', 'missing', undefined],
  ['void', 'x64', 'missing', undefined],
  ['object', 'x64', 80, 'int'],
])('what returns %s on %s', (kind, arch, offset, type) => {
  const { returnValue, missing } = returned(signature([], kind), arch);
  expect(returnValue?.offset ?? 'missing').toBe(offset);
  expect(returnValue?.type.kind).toBe(type);
  expect(missing === undefined).toBe(offset !== 'missing');
});
