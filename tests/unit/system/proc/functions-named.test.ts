/** Functions of one name in the kernel's symbols. */

import { expect, test } from 'vitest';
import { parseKallsyms } from '../../../../src/system/proc/kallsyms.ts';

const text = `ffffffff81000000 T _text
ffffffff81000010 t show
ffffffff81000010 t show_alias
ffffffff81000050 t show
ffffffff81000080 t shown
ffffffff81000090 d show
ffffffff81000090 D last
ffffffffc0000000 t show\t[one]
ffffffffc0000020 t show\t[one]
ffffffffc0000100 t show\t[two]
`;

const found = (name: string, module?: string): readonly string[] =>
  parseKallsyms(Buffer.from(text))
    .functionsNamed(name, module)
    .map((symbol) => `${symbol.module ?? ''} ${symbol.address.toString(16)} ${symbol.bytes ?? ''}`.trim());

test('all are given, of the kernel and its modules, with the bytes to the next symbol; data are left out', () => {
  expect(found('show')).toEqual([
    'ffffffff81000010 64',
    'ffffffff81000050 48',
    'one ffffffffc0000000 32',
    'one ffffffffc0000020 224',
    'two ffffffffc0000100',
  ]);
});

test.each([
  ['vmlinux', 2],
  ['one', 2],
  ['two', 1],
  ['three', 0],
])('of %s there are %i', (module, count) => {
  expect(found('show', module)).toHaveLength(count);
});

test('a function that the text has twice at one address is one', () => {
  const twice = 'ffffffff81000010 t f\nffffffff81000010 t f\nffffffff81000020 t g\n';
  expect(parseKallsyms(Buffer.from(twice)).functionsNamed('f')).toHaveLength(1);
});

test('where addresses are hidden nothing is known', () => {
  const hidden = text.replace(/^f[0-9a-f]{15}/gm, '0'.repeat(16));
  expect(parseKallsyms(Buffer.from(hidden)).functionsNamed('show')).toEqual([]);
});
