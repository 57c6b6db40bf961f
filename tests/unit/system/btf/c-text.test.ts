/** Definitions in C from BTF made by hand: each way in which a member can be declared. */

import { expect, test } from 'vitest';
import { definitionText } from '../../../../src/system/btf/c-text.ts';
import { buildBtf } from '../../../support/btf-builder.ts';
import { mustParseBtf } from '../../../support/kernel-types.ts';

const built = buildBtf({
  int: { kind: 'int', name: 'int', bytes: 4, signed: true },
  char: { kind: 'int', name: 'char', bytes: 1 },
  old: { kind: 'int', name: 'unsigned int', bytes: 4, bits: 3 },
  size: { kind: 'typedef', name: 'size_t', to: 'int' },
  constChar: { kind: 'const', to: 'char' },
  text: { kind: 'pointer', to: 'constChar' },
  constText: { kind: 'const', to: 'text' },
  list: { kind: 'array', of: 'text', length: 4 },
  matrix: { kind: 'array', of: 'row', length: 2 },
  row: { kind: 'array', of: 'int', length: 3 },
  rowPointer: { kind: 'pointer', to: 'row' },
  handler: {
    kind: 'prototype',
    returns: 'text',
    parameters: [
      { name: '', type: 'self' },
      { name: '', type: 'int' },
    ],
  },
  handlerPointer: { kind: 'pointer', to: 'handler' },
  handlers: { kind: 'array', of: 'handlerPointer', length: 2 },
  empty: { kind: 'prototype', returns: 'int', parameters: [] },
  emptyPointer: { kind: 'pointer', to: 'empty' },
  self: { kind: 'pointer', to: 'all' },
  state: { kind: 'volatile', to: 'int' },
  later: { kind: 'forward', name: 'later' },
  laterPointer: { kind: 'pointer', to: 'later' },
  color: { kind: 'enum', name: 'color', bytes: 4, signed: true, variants: { RED: 0n, NONE: -1n } },
  unnamed: {
    kind: 'union',
    name: '',
    bytes: 4,
    members: [
      { name: 'low', type: 'char', at: 0 },
      { name: 'inner', type: 'innermost', at: 0 },
    ],
  },
  innermost: { kind: 'struct', name: '', bytes: 4, members: [{ name: 'x', type: 'int', at: 0 }] },
  all: {
    kind: 'struct',
    name: 'all',
    bytes: 200,
    members: [
      { name: 'count', type: 'size', at: 0 },
      { name: 'flags', type: 'int', at: 32, bits: 3 },
      { name: 'text', type: 'text', at: 64 },
      { name: 'constant', type: 'constText', at: 128 },
      { name: 'list', type: 'list', at: 192 },
      { name: 'matrix', type: 'matrix', at: 448 },
      { name: 'row', type: 'rowPointer', at: 640 },
      { name: 'handler', type: 'handlerPointer', at: 704 },
      { name: 'handlers', type: 'handlers', at: 768 },
      { name: 'empty', type: 'emptyPointer', at: 896 },
      { name: 'state', type: 'state', at: 960 },
      { name: 'later', type: 'laterPointer', at: 1024 },
      { name: 'color', type: 'color', at: 1088 },
      { name: '', type: 'unnamed', at: 1120 },
    ],
  },
  ancient: {
    kind: 'struct',
    name: 'ancient',
    bytes: 4,
    plain: true,
    members: [{ name: 'bits', type: 'old', at: 0 }],
  },
});
const btf = mustParseBtf(built.bytes, 'vmlinux');
const textOf = (label: string): readonly string[] =>
  definitionText(btf, built.ids.get(label) ?? -1).split('\n');

test('members of every kind', () =>
  expect(textOf('all')).toEqual([
    'struct all {',
    '\tsize_t count;',
    '\tint flags: 3;',
    '\tconst char *text;',
    '\tconst char *const constant;',
    '\tconst char *list[4];',
    '\tint matrix[2][3];',
    '\tint (*row)[3];',
    '\tconst char *(*handler)(struct all *, int);',
    '\tconst char *(*handlers[2])(struct all *, int);',
    '\tint (*empty)(void);',
    '\tvolatile int state;',
    '\tstruct later *later;',
    '\tenum color color;',
    '\tunion {',
    '\t\tchar low;',
    '\t\tstruct {',
    '\t\t\tint x;',
    '\t\t} inner;',
    '\t};',
    '};',
  ]));

test('an enum', () => expect(textOf('color')).toEqual(['enum color {', '\tRED = 0,', '\tNONE = -1,', '};']));

test('bitfields of old compilers', () =>
  expect(textOf('ancient')).toEqual(['struct ancient {', '\tunsigned int bits: 3;', '};']));
