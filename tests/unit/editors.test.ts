/** The editors' grammar: what it calls the words of real scripts, compared with what our own lexer makes of them. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IToken, TokenType } from 'chevrotain';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { Report } from '../../src/base/diagnostic.ts';
import { lineColumnAt, lineText, sourceFile } from '../../src/base/source-file.ts';
import { format } from '../../src/format/format.ts';
import { createLexer, tokenize } from '../../src/parser/lexer.ts';
import { parseWithComments } from '../../src/parser/parse.ts';
import * as s from '../../src/parser/section-tokens.ts';
import * as t from '../../src/parser/tokens.ts';
import { readGoldens } from '../support/golden.ts';
import { randomPlainSyntax } from '../support/random-syntax.ts';

const file = join(import.meta.dirname, '../../editors/tstrace.tmLanguage.json');

let grammar: IGrammar;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(file, 'utf8'), file)),
  });
  const loaded = await registry.loadGrammar('source.tstrace');
  if (!loaded) throw new Error('the grammar could not be loaded');
  grammar = loaded;
});

/** The innermost scope at each offset of a script, without the language's name. */
function scopesOf(text: string): (offset: number) => string {
  const source = sourceFile('script', text);
  let state = textmate.INITIAL;
  const lines = source.lineStarts.map((_, index) => {
    const result = grammar.tokenizeLine(lineText(source, index + 1), state);
    state = result.ruleStack;
    return result.tokens;
  });
  return (offset) => {
    const { line, column } = lineColumnAt(source, offset);
    const found = lines[line - 1]?.find(({ endIndex }) => column - 1 < endIndex);
    return (found?.scopes.at(-1) ?? '').replace(/\.tstrace$/, '');
  };
}

/** What kinds of tokens are called, at their first character. */
const expected = new Map<TokenType, RegExp>([
  [s.Target, /^(?:keyword\.other\.probe|entity\.name\.label|meta\.attach-point)$/],
  [s.PredicateOpen, /^punctuation\.definition\.predicate$/],
  [s.PredicateClose, /^punctuation\.definition\.predicate$/],
  [s.ConfigSection, /^keyword\.other\.section$/],
  [s.MacroSection, /^keyword\.other\.section$/],
  [s.FnSection, /^keyword\.other\.section$/],
  [s.LetSection, /^storage\.type$/],
  [s.ImportSection, /^keyword\.control\.import$/],
  [t.StringLiteral, /^string\.quoted\.double$/],
  [t.Integer, /^(?:constant\.numeric|variable\.other\.member)$/],
  [t.Variable, /^variable\.other$/],
  [t.Parameter, /^variable\.parameter$/],
  [t.MapName, /^variable\.other\.map$/],
  [t.If, /^(?:keyword\.control|variable\.other\.member)$/],
  [t.For, /^keyword\.control$/],
  [t.Return, /^keyword\.control$/],
  [t.Let, /^storage\.type$/],
  [t.Sizeof, /^keyword\.operator\.type$/],
  [t.Comptime, /^keyword\.other$/],
]);

const lexer = createLexer(false);

/** Words that the two see differently. */
function differences(text: string): readonly string[] {
  const source = sourceFile('script', text);
  const scopeAt = scopesOf(text);
  const describe = (what: string, offset: number): string =>
    `${what} at ${String(offset)} is ${scopeAt(offset)}: ${text.slice(offset, offset + 20)}`;
  const words = tokenize(lexer, source, new Report()).flatMap((token: IToken) => {
    const wanted = expected.get(token.tokenType);
    return wanted && !wanted.test(scopeAt(token.startOffset))
      ? [describe(token.tokenType.name, token.startOffset)]
      : [];
  });
  const comments = parseWithComments(source).comments.flatMap(({ span }) =>
    scopeAt(span.start).startsWith('comment') ? [] : [describe('Comment', span.start)],
  );
  return [...words, ...comments];
}

test.each(readGoldens().map(({ name, program }) => [name, program] as const))('golden %s', (_, program) => {
  expect(differences(program)).toEqual([]);
});

/** As people write them: sections, comments in all places, paths, angle brackets. */
const scripts: readonly string[] = [
  String.raw`#!/usr/bin/env tstrace
/*
 * Who reads how much: "strings" and @maps in here are none.
 */
#include <linux/fs.h>
#define LIMIT \
  0x10 // "of what"

struct point {
  int x; /* } */
  struct { char name[16]; } y;
} __attribute__((packed));

config = {
  max_strlen = 128; // bytes
  missing_probes = warn
}
import "lib.bt";

let @seen = lruhash(1024);

macro add($v, @m, e) {
  @m[$v] += e; // never @other
  @m[$v]
}

fn twice($a : int64, $b: uint8[4]) : int64 { return $a * 2; }

BEGIN { printf("%-16s %5d%%\n", "comm\101\"", 100); } // begin

reads=kprobe:vfs_read, uprobe:/usr/lib//libc.so.6:read,
uprobe:"/a b/{c}":"ns::f<int>"
/pid == $1 && comm != "/bin/sh" || args.count / 2 > 3/
{
  $start = (struct point *)arg0; // a cast
  if ($start->y.name == "a" ?: false) { @x[pid, comm] = hist(args.count); } else if !$start { return; }
  for $i : 0..LIMIT { @ = 5ms + 1e6; }
  unroll (3) { $i++ }
  $t = (1, (a=2, b="c")); print($t.1.b); _ = sizeof(uint64) + 0x1F;
}

interval:s:1 < print(@x); clear(@x); if (@ > 3) { exit(); } >

end { }`,
];

test.each(scripts)('a script as people write it', (script) => {
  expect(differences(script)).toEqual([]);
});

test('any script without comments, as the formatter writes it', () => {
  fc.assert(
    fc.property(randomPlainSyntax, (script) => {
      const { value = '' } = format(sourceFile('script', script));
      expect(differences(value)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('names of the language have scopes of their own', () => {
  const text = 'kprobe:vfs_read /comm == "a\\n"/ { @ = hist(args.count); my(uint8, struct file); exit(); }';
  const scopeAt = scopesOf(text);
  const scopes = ['vfs', 'comm', '\\n', 'hist', 'args', 'count', 'my', 'uint8', 'struct', 'file', 'exit'].map(
    (word) => [word, scopeAt(text.indexOf(word))],
  );
  expect(scopes).toEqual([
    ['vfs', 'string.unquoted.target'],
    ['comm', 'support.variable'],
    ['\\n', 'constant.character.escape'],
    ['hist', 'support.function'],
    ['args', 'support.variable'],
    ['count', 'variable.other.member'],
    ['my', 'entity.name.function'],
    ['uint8', 'support.type'],
    ['struct', 'storage.type'],
    ['file', 'entity.name.type'],
    ['exit', 'support.function'],
  ]);
});
