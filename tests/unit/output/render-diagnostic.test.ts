import { expect, test } from 'vitest';
import { diagnostic } from '../../../src/base/diagnostic.ts';
import type { Diagnostic, DiagnosticExtras } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { renderDiagnostics } from '../../../src/output/render-diagnostic.ts';

const text = ['kprobe:f {', '\t$x = pid + é;\r', '\tif (1) {', '\t}', '}', ''].join('\n');
const source = sourceFile('f.bt', text);

const render = (diagnostics: readonly Diagnostic[], colours = false) =>
  renderDiagnostics(diagnostics, { source: (file) => (file === 'f.bt' ? source : undefined), colours });

/** A diagnostic about the first place where these words stand. */
function about(words: string, message: string, extras?: DiagnosticExtras): Diagnostic {
  return diagnostic('error', 'unknown-identifier', message, spanOf(words), extras);
}

function spanOf(words: string) {
  const start = text.indexOf(words);
  return { file: 'f.bt', start, end: start + words.length };
}

test('place, message, line with tabs as four spaces, marker', () => {
  expect(render([about('pid', 'no pid')])).toBe(
    ['f.bt:2:7-10: ERROR: no pid [unknown-identifier]', '    $x = pid + é;', '         ~~~', ''].join('\n'),
  );
});

test('columns are characters, as the marker counts them', () => {
  const emoji = sourceFile('f.bt', 'begin { print("🙂🙂", x); }\n@ = "🙂" + y;');
  const at = (word: string) => ({
    file: 'f.bt',
    start: emoji.text.indexOf(word),
    end: emoji.text.indexOf(word) + word.length,
  });
  const place = (word: string) =>
    renderDiagnostics([diagnostic('error', 'unknown-identifier', 'm', at(word))], {
      source: () => emoji,
      colours: false,
    }).split('\n');
  expect(place('x)')).toEqual([
    'f.bt:1:21-23: ERROR: m [unknown-identifier]',
    'begin { print("🙂🙂", x); }',
    '                    ~~',
    '',
  ]);
  expect(place('y')[0]).toContain('f.bt:2:11-12:');
});

test('a tab inside the marked part counts four columns', () => {
  expect(render([about('\t$x', 'x')]).split('\n')[2]).toBe('~~~~~~');
});

test('other places follow with the same word, then hints', () => {
  const extras = { labels: [{ span: spanOf('$x'), text: 'declared here' }], hints: ['Do this.', 'Or that.'] };
  expect(render([about('pid', 'no pid', extras)]).split('\n')).toEqual([
    'f.bt:2:7-10: ERROR: no pid [unknown-identifier]',
    '    $x = pid + é;',
    '         ~~~',
    'f.bt:2:2-4: ERROR: declared here',
    '    $x = pid + é;',
    '    ~~',
    'HINT: Do this.',
    'HINT: Or that.',
    '',
  ]);
});

test('several lines are shown without a marker', () => {
  expect(render([about('if (1) {\n\t}', 'empty')])).toBe(
    ['f.bt:3-4: ERROR: empty [unknown-identifier]', '    if (1) {', '    }', ''].join('\n'),
  );
});

test('a span that ends with the line break stays on its line', () => {
  expect(render([about('if (1) {\n', 'x')])).toBe(
    ['f.bt:3:2-10: ERROR: x [unknown-identifier]', '    if (1) {', '    ~~~~~~~~', ''].join('\n'),
  );
});

test('an empty span marks one character, at the end of the text too', () => {
  const at = (offset: number) =>
    diagnostic('error', 'unclosed-block', 'x', { file: 'f.bt', start: offset, end: offset });
  expect(render([at(0)])).toBe(['f.bt:1:1-2: ERROR: x [unclosed-block]', 'kprobe:f {', '~', ''].join('\n'));
  expect(render([at(text.length)])).toBe(['f.bt:6:1-2: ERROR: x [unclosed-block]', '', '~', ''].join('\n'));
});

test('without a place, or in a source that is not at hand', () => {
  expect(render([diagnostic('error', 'no-probes', 'nothing')])).toBe('ERROR: nothing [no-probes]\n');
  const elsewhere = { file: 'other.bt', start: 1, end: 2 };
  expect(render([diagnostic('error', 'no-probes', 'nothing', elsewhere)])).toBe(
    'other.bt: ERROR: nothing [no-probes]\n',
  );
});

test('errors come before warnings, each kind in the order found', () => {
  const of = (severity: Diagnostic['severity'], message: string) =>
    diagnostic(severity, 'no-probes', message);
  expect(render([of('warning', 'a'), of('error', 'b'), of('warning', 'c'), of('error', 'd')])).toBe(
    ['ERROR: b', 'ERROR: d', 'WARNING: a', 'WARNING: c'].map((line) => `${line} [no-probes]\n`).join(''),
  );
});

test('colours: red errors, yellow warnings, only the word', () => {
  const of = (severity: Diagnostic['severity']) => diagnostic(severity, 'no-probes', 'x');
  expect(render([of('error'), of('warning')], true)).toBe(
    '\x1b[31mERROR\x1b[0m: x [no-probes]\n\x1b[33mWARNING\x1b[0m: x [no-probes]\n',
  );
});

/** What is shown of one text with one marked place. */
const excerptOf = (line: string, start: number, end: number) =>
  renderDiagnostics([diagnostic('error', 'unknown-identifier', 'm', { file: 'x', start, end })], {
    source: () => sourceFile('x', line),
    colours: false,
  })
    .split('\n')
    .slice(1, 3);

test('what would steer the terminal is shown as a mark', () => {
  expect(excerptOf('\x1b[31m \x07 \x9b x', 0, 1)).toEqual(['\ufffd[31m \ufffd \ufffd x', '~']);
});

test('of a very long line the surroundings of the marked place are shown', () => {
  const [line = '', marker = ''] = excerptOf(`${'a'.repeat(5000)}BAD${'c'.repeat(5000)}`, 5000, 5003);
  expect(line).toBe(`…${'a'.repeat(200)}BAD${'c'.repeat(200)}…`);
  expect(marker).toBe(`${' '.repeat(201)}~~~`);
});

test('after a hundred diagnostics the rest is counted', () => {
  const shown = render(Array.from({ length: 1234 }, () => about('pid', 'no pid')));
  expect(shown.match(/no pid/g)).toHaveLength(100);
  expect(shown.split('\n').at(-2)).toBe('… and 1134 more');
});
