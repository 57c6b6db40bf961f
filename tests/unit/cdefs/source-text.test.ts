/** C where scripts have it: the same offsets, and what needs no reading. */

import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import type { CPiece } from '../../../src/cdefs/source-text.ts';
import { filesOf, isAllInactive, spanAt } from '../../../src/cdefs/source-text.ts';

/** The pieces that stand between « and » in a script. */
function piecesIn(script: string, file = 'a.bt'): readonly CPiece[] {
  const plain = script.replaceAll(/[«»]/g, ' ');
  return [...script.matchAll(/«([^»]*)»/g)]
    .map(({ index, 1: text = '' }) => ({
      text,
      span: { file, start: index + 1, end: index + 1 + text.length },
    }))
    .filter(({ text, span }) => plain.slice(span.start, span.end) === text);
}

test('each piece stands at its own offset, on a line of its own', () => {
  const script = '«#define A 1»\n\n// a comment\n  «struct x { int a; };»«#define B 2»';
  const pieces = piecesIn(script);
  const [file] = filesOf(pieces);
  expect(file?.path).toBe(resolve('a.bt'));
  for (const { text, span } of pieces) {
    expect(file?.text.slice(span.start, span.end)).toBe(text);
    if (text.startsWith('#'))
      expect(span.start === 0 || /\n[ ]*$/.test(file?.text.slice(0, span.start) ?? '')).toBe(true);
  }
});

test('a definition gets the semicolon that scripts may leave out, a preprocessor line none', () => {
  expect(filesOf(piecesIn('«struct x { int a; }» «#define A \\\n 1»'))[0]?.text).toMatch(
    /; *\n#define A \\\n 1$/,
  );
});

test('scripts that import others have a file each', () =>
  expect(filesOf([...piecesIn('«#define A 1»', 'a.bt'), ...piecesIn('«#define B 1»', '/x/b.bt')])).toEqual(
    [
      { path: resolve('a.bt'), text: ' #define A 1' },
      { path: '/x/b.bt', text: ' #define B 1' },
    ].map((file) => ({ ...file, text: file.text.replace(/^ /, '\n') })),
  ));

test('an offset in bytes is found again as a word of the script', () => {
  const pieces = piecesIn('«struct x { /* größer */ inr a; };»');
  const file = present(filesOf(pieces)[0], 'file');
  const offset = Buffer.byteLength(file.text.slice(0, file.text.indexOf('inr')));
  const span = spanAt(pieces, file, offset);
  expect(span && file.text.slice(span.start, span.end)).toBe('inr');
  expect(spanAt(pieces, file, 100_000)).toBeUndefined();
});

test('what is missing behind a piece is shown at its last character, within the script', () => {
  const pieces = piecesIn('«#include <a.h»');
  const file = present(filesOf(pieces)[0], 'file');
  const span = spanAt(pieces, file, Buffer.byteLength(file.text));
  expect(span && file.text.slice(span.start, span.end)).toBe('h');
  expect(span?.end).toBe(pieces[0]?.span.end);
});

test.each<[title: string, script: string, withBtf: boolean, withoutBtf: boolean]>([
  ['headers for kernels without BTF', '«#ifndef BPFTRACE_HAVE_BTF» «#include <a.h>» «#endif»', true, false],
  [
    'headers for kernels with BTF',
    '«# ifdef BPFTRACE_HAVE_BTF // so» «#include <a.h>» «#endif»',
    false,
    true,
  ],
  ['both', '«#ifdef BPFTRACE_HAVE_BTF» «#define A» «#else» «#define B» «#endif»', false, false],
  ['something behind', '«#ifndef BPFTRACE_HAVE_BTF» «#endif» «struct a { int x; };»', false, false],
  [
    'other conditions within',
    '«#ifndef BPFTRACE_HAVE_BTF» «#if X» «#include <a.h>» «#else» «#include <b.h>» «#endif» «#include <c.h>» «#endif»',
    true,
    false,
  ],
  ['another condition', '«#ifdef DEBUG» «#endif»', false, false],
  ['a chain of conditions', '«#ifndef BPFTRACE_HAVE_BTF» «#elif X» «#define A» «#endif»', false, false],
])('nothing to read: %s', (_title, script, withBtf, withoutBtf) =>
  expect([isAllInactive(piecesIn(script), true), isAllInactive(piecesIn(script), false)]).toEqual([
    withBtf,
    withoutBtf,
  ]),
);
