import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { listedEntries } from '../../../src/types/map-entries.ts';
import type { MapSnapshot, Output } from '../../../src/output/output.ts';
import type { Value } from '../../../src/types/value.ts';
import { byteText } from '../../../src/types/value.ts';
import type { MemoryOutputOptions } from '../../support/memory-output.ts';
import { memoryOutput } from '../../support/memory-output.ts';

type Extra = Omit<MemoryOutputOptions, 'mode'>;

function shown(mode: 'text' | 'json', show: (output: Output) => void, extra: Extra = {}) {
  const memory = memoryOutput({ mode, ...extra });
  show(memory.output);
  memory.output.finish();
  return { stdout: memory.stdout(), stderr: memory.stderr() };
}

/** Both forms of what is printed. */
function check(show: (output: Output) => void, text: string, json: string): void {
  expect(shown('text', show).stdout).toBe(text);
  expect(shown('json', show).stdout).toBe(json);
}

const scalar = (value: Value): MapSnapshot => ({
  name: '@x',
  keyed: false,
  entries: listedEntries([{ key: [], value }]),
});
const keyed = (...entries: readonly (readonly [readonly Value[], Value])[]): MapSnapshot => ({
  name: '@x',
  keyed: true,
  entries: listedEntries(entries.map(([key, value]) => ({ key, value }))),
});

test('text is as it is', () =>
  check(
    (output) => output.text('printf', 'a "b"\n'),
    'a "b"\n',
    '{"type": "printf", "data": "a \\"b\\"\\n"}\n',
  ));

test.each(['join', 'syscall'] as const)('what %s shows ends its line', (kind) =>
  check((output) => output.text(kind, 'a b'), 'a b\n', `{"type": "${kind}", "data": "a b"}\n`),
);

test.each(['time', 'cat'] as const)('%s has a type of its own', (kind) =>
  check((output) => output.text(kind, 'x'), 'x', `{"type": "${kind}", "data": "x"}\n`),
);

test('a value stands on its own line', () =>
  check((output) => output.value(5), '5\n', '{"type": "value", "data": 5}\n'));

test('a scalar map', () =>
  check((output) => output.map(scalar(5)), '@x: 5\n', '{"type": "map", "data": {"@x": 5}}\n'));

test('keys in brackets, in order', () =>
  check(
    (output) => output.map(keyed([[2, 'b c'], 7], [[1, 'a'], 3])),
    '@x[1, a]: 3\n@x[2, b c]: 7\n',
    '{"type": "map", "data": {"@x": {"1,a": 3, "2,bc": 7}}}\n',
  ));

test('an empty keyed map prints nothing', () => check((output) => output.map(keyed()), '', ''));

test('top and div', () =>
  check(
    (output) => output.map(keyed([['a'], 10], [['b'], 25], [['c'], 30]), { top: 2, div: 10 }),
    '@x[b]: 2\n@x[c]: 3\n',
    '{"type": "map", "data": {"@x": {"b": 2, "c": 3}}}\n',
  ));

const histogram: Value = {
  kind: 'histogram',
  style: 'log',
  bits: 0,
  buckets: [{ min: 1n, max: 1n, count: 2n }],
};
const row = `[1]                    2 |${'@'.repeat(52)}|\n`;

test('a scalar histogram: name, rows, blank line', () =>
  check(
    (output) => output.map(scalar(histogram)),
    `@x:\n${row}\n`,
    '{"type": "hist", "data": {"@x": [{"min": 1, "max": 1, "count": 2}]}}\n',
  ));

test('a keyed histogram repeats this for every key', () =>
  check(
    (output) => output.map(keyed([['a'], histogram], [['b'], histogram])),
    `@x[a]:\n${row}\n@x[b]:\n${row}\n`,
    '{"type": "hist", "data": {"@x": {"a": [{"min": 1, "max": 1, "count": 2}], "b": [{"min": 1, "max": 1, "count": 2}]}}}\n',
  ));

test('a histogram without samples prints its header', () =>
  check(
    (output) => output.map(scalar({ kind: 'histogram', style: 'log', buckets: [] })),
    '@x:\n\n',
    '{"type": "hist", "data": {"@x": []}}\n',
  ));

test('stats', () =>
  check(
    (output) => output.map(scalar({ kind: 'stats', count: 2n, average: 6n, total: 12n })),
    '@x: { .count = 2, .average = 6, .total = 12 }\n',
    '{"type": "stats", "data": {"@x": {"count": 2, "average": 6, "total": 12}}}\n',
  ));

test('a stack as a key', () => {
  const frames = ['vfs_read+1', 'ksys_read+103', 'do_syscall_64+115'];
  check(
    (output) => output.map(keyed([[{ kind: 'stack', frames, indent: '        ' }], 859])),
    '@x[\n        vfs_read+1\n        ksys_read+103\n        do_syscall_64+115\n]: 859\n',
    '{"type": "map", "data": {"@x": {"\\nvfs_read+1\\nksys_read+103\\ndo_syscall_64+115\\n": 859}}}\n',
  );
});

test('two blank lines come before the maps at exit, in text only', () =>
  check((output) => output.beginFinalMaps(), '\n\n', ''));

test('notices go to stderr; events among them are lines of the JSON stream too', () => {
  const cases: readonly (readonly [(output: Output) => void, string, string])[] = [
    [
      (output) => output.attachedProbes(1),
      'Attached 1 probe\n',
      '{"type": "attached_probes", "count": 1, "data": {"probes": 1}}\n',
    ],
    [
      (output) => output.attachedProbes(2),
      'Attached 2 probes\n',
      '{"type": "attached_probes", "count": 2, "data": {"probes": 2}}\n',
    ],
    [
      (output) => output.lost(3n),
      'Lost 3 events\n',
      '{"type": "lost_events", "count": 3, "data": {"events": 3}}\n',
    ],
    [
      (output) =>
        output.lostTotal([
          { probe: 'kprobe:f', count: 2n ** 53n },
          { probe: 'uprobe:/a"b:main', count: 1n },
        ]),
      'WARNING: Total lost event count: 9007199254740993\nkprobe:f lost 9007199254740992 events\nuprobe:/a"b:main lost 1 event\n',
      '{"type": "lost_events_total", "count": "9007199254740993", "data": {"events": "9007199254740993", "probes": [{"probe": "kprobe:f", "events": 9007199254740992},{"probe": "uprobe:/a\\"b:main", "events": 1}]}}\n',
    ],
    [(output) => output.lostTotal([]), '', ''],
  ];
  for (const [show, stderr, json] of cases) {
    expect(shown('text', show)).toEqual({ stdout: '', stderr });
    expect(shown('json', show)).toEqual({ stdout: json, stderr });
  }
});

test('quiet leaves the attach line out, not the losses', () => {
  const show = (output: Output) => {
    output.attachedProbes(1);
    output.lost(1);
  };
  expect(shown('text', show, { quiet: true }).stderr).toBe('Lost 1 event\n');
  expect(shown('json', show, { quiet: true }).stdout).toBe(
    '{"type": "lost_events", "count": 1, "data": {"events": 1}}\n',
  );
});

const source = sourceFile('f.bt', 'begin { errorf("x"); }\n');
const span = { file: 'f.bt', start: 8, end: 19 };

test('incidents name their place', () => {
  const show = (output: Output) => output.incident({ kind: 'errorf', message: 'oh\n', span });
  const { stdout, stderr } = shown('json', show, { source });
  expect(stdout).toBe('{"type": "errorf", "msg": "oh\\n", "filename": "f.bt", "line": 1, "col": 9}\n');
  expect(stderr).toBe('f.bt:1:9-20: ERROR: oh\nbegin { errorf("x"); }\n        ~~~~~~~~~~~\n');
});

test('a failed helper tells its name and what it returned', () => {
  const show = (output: Output) =>
    output.incident({ kind: 'helper-error', message: 'map full', helper: 'map_update_elem', code: -7, span });
  expect(JSON.parse(shown('json', show, { source }).stdout)).toEqual({
    type: 'helper_error',
    msg: 'map full',
    helper: 'map_update_elem',
    retcode: -7,
    filename: 'f.bt',
    line: 1,
    col: 9,
  });
});

test('muted warnings appear nowhere; errors do', () => {
  const show = (output: Output) => {
    output.incident({ kind: 'warnf', message: 'quiet' });
    output.incident({ kind: 'runtime-error', message: 'quiet' });
    output.incident({ kind: 'errorf', message: 'loud' });
  };
  expect(shown('json', show, { warnings: false })).toEqual({
    stdout: '{"type": "errorf", "msg": "loud"}\n',
    stderr: 'ERROR: loud\n',
  });
});

test('a full map, missed runs and cut texts are told with their numbers', () => {
  const show = (output: Output) => {
    output.mapFull({
      map: '@x',
      count: 12n,
      entriesMax: 4096,
      isDeclared: false,
      span: { file: 'f.bt', start: 0, end: 1 },
    });
    output.missed({ probe: 'kprobe:f', count: 3n, cause: 'recursion' });
    output.textsCut({ count: 3, bytesMax: 64 });
  };
  const { stdout, stderr } = shown('json', show);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { type: 'map_full', count: 12, data: { map: '@x', updates: 12, max_entries: 4096 }, filename: 'f.bt' },
    { type: 'missed_runs', count: 3, data: { probe: 'kprobe:f', runs: 3, cause: 'recursion' } },
    { type: 'texts_cut', count: 3, data: { texts: 3, max_strlen: 64 } },
  ]);
  expect(stderr).toMatch(
    /^f\.bt: WARNING: @x .*4096.*12.*\nHINT: .*\nWARNING: kprobe:f .*3.*\nWARNING: 3 texts .*63 bytes.*\nHINT: /,
  );
});

test('whatever bytes are printed, every line of JSON is valid JSON in UTF-8', () => {
  const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array).toString('latin1'));
  fc.assert(
    fc.property(bytes, bytes, fc.integer(), (text, key, value) => {
      const { stdout } = shown('json', (output) => {
        output.text('printf', text);
        output.map(keyed([[key, text], value]));
        output.value({ kind: 'tuple', elements: [text, value] });
      });
      const utf8 = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(stdout, 'latin1'));
      expect(
        utf8
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).type),
      ).toEqual(['printf', 'map', 'value']);
    }),
  );
});

test('text in UTF-8 passes unchanged', () =>
  check(
    (output) => output.text('printf', byteText('é€')),
    byteText('é€'),
    byteText('{"type": "printf", "data": "é€"}\n'),
  ));

test('where something comes from stands behind it, in JSON, until that is over', () => {
  const show = (output: Output) => {
    output.from([
      ['time', '2026-11-21T17:49:33.000000001Z'],
      ['nsecs', 2n ** 60n + 1n],
      ['probe', 'uprobe:/a"b:f'],
    ]);
    output.text('printf', 'x');
    output.value(1);
    output.map(scalar(2));
    output.map(keyed([['a'], 3]));
    output.incident({ kind: 'errorf', message: 'm', span });
    output.from([]);
    output.value(4);
  };
  const origin =
    '"time": "2026-11-21T17:49:33.000000001Z", "nsecs": "1152921504606846977", "probe": "uprobe:/a\\"b:f"';
  expect(shown('json', show, { source }).stdout.trimEnd().split('\n')).toEqual([
    `{"type": "printf", "data": "x", ${origin}}`,
    `{"type": "value", "data": 1, ${origin}}`,
    `{"type": "map", "data": {"@x": 2}, ${origin}}`,
    `{"type": "map", "data": {"@x": {"a": 3}}, ${origin}}`,
    `{"type": "errorf", "msg": "m", "filename": "f.bt", "line": 1, "col": 9, ${origin}}`,
    '{"type": "value", "data": 4}',
  ]);
  expect(shown('text', show).stdout).toBe('x1\n@x: 2\n@x[a]: 3\n4\n');
});

test('statistics are a table on stderr, or a line of JSON; what is not counted is left open', () => {
  const show = (output: Output): void =>
    output.stats([
      {
        probe: 'kprobe:f',
        fired: 12n,
        ran: 10n,
        missed: 2n,
        delivered: 7n,
        dropped: 1n,
        lost: 2n,
        nsPerRun: 99n,
      },
      { probe: 'tracepoint:a:b', ran: 0n, delivered: 0n, dropped: 0n, lost: 0n },
    ]);
  expect(shown('text', show)).toEqual({
    stdout: '',
    stderr: `PROBE           fired  ran  missed  delivered  dropped  lost  ns/run
kprobe:f           12   10       2          7        1     2      99
tracepoint:a:b      ?    0       ?          0        0     0       ?
`,
  });
  const [first, second] = [
    '{"probe": "kprobe:f", "fired": 12, "ran": 10, "missed": 2, "delivered": 7, "dropped": 1, "lost": 2, "ns_per_run": 99}',
    '{"probe": "tracepoint:a:b", "fired": null, "ran": 0, "missed": null, "delivered": 0, "dropped": 0, "lost": 0, "ns_per_run": null}',
  ];
  expect(shown('json', show)).toEqual({
    stdout: `{"type": "probe_stats", "data": {"probes": [${first},${second}]}}\n`,
    stderr: '',
  });
});

const trials = (output: Output): void => {
  output.testsBegin(3);
  output.testBegins('test:a');
  output.testEnds({ name: 'test:a', durationNs: 9999, passed: true, output: 'unseen\n' });
  output.testBegins('test:b');
  output.testEnds({ name: 'test:b', durationNs: 23_400, passed: false, output: 'é "seen"' });
  output.testsEnd(
    [
      { name: 'test:a', durationNs: 9999, passed: true, output: '' },
      { name: 'test:b', durationNs: 23_400, passed: false, output: '' },
    ],
    1,
  );
};

test('tests are told in the look of googletest, those that failed with what they printed', () =>
  expect(shown('text', trials).stdout).toBe(
    [
      '\x1b[32m[==========]\x1b[0m Running 3 tests.',
      '\x1b[32m[ RUN      ]\x1b[0m test:a',
      '\x1b[32m[       OK ]\x1b[0m test:a (9999 ns)',
      '\x1b[32m[ RUN      ]\x1b[0m test:b',
      'é "seen"',
      '\x1b[31m[  FAILED  ]\x1b[0m test:b (23 us)',
      '\x1b[32m[==========]\x1b[0m 2 tests ran.',
      '\x1b[32m[  PASSED  ]\x1b[0m 1 test.',
      '\x1b[31m[  FAILED  ]\x1b[0m 1 test, listed below:',
      '\x1b[31m[  FAILED  ]\x1b[0m test:b',
      '\x1b[31m[  FAILED  ]\x1b[0m 1 test did not run.',
      '',
    ].join('\n'),
  ));

test('in JSON a test is a line when it has ended', () =>
  expect(shown('json', trials).stdout).toBe(
    [
      '{"type": "test_result", "data": {"test:a": {"duration": 9999, "passed": true, "output": "unseen\\n"}}}',
      '{"type": "test_result", "data": {"test:b": {"duration": 23400, "passed": false, "output": "\ufffd \\"seen\\""}}}',
      '',
    ]
      .map((line) => Buffer.from(line, 'utf8').toString('latin1'))
      .join('\n'),
  ));

test('benches are a table, or lines of JSON without those that were left out', () =>
  check(
    (output) => {
      output.benchesBegin();
      output.benchEnds({ name: 'bench:a', measured: { averageNs: 35, repeats: 100_000 } });
      output.benchEnds({ name: 'bench:b' });
    },
    `Benchmark                                 Time(ns)       Iterations
------------------------------------------------------------------
bench:a                                   35             100000
bench:b                                   skipped
`,
    '{"type": "benchmark_result", "data": {"bench:a": {"average": 35, "iters": 100000}}}\n',
  ));
