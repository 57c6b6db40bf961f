/** Addresses of processes to names, over made-up processes and files. */

import { expect, test } from 'vitest';

import type { Symbolizer } from '../../../../src/runtime/symbolize.ts';
import { createSymbolizer } from '../../../../src/runtime/symbolize.ts';
import type { PerfRecords } from '../../../../src/runtime/bpf-api.ts';
import { asFd } from '../../../../src/runtime/bpf-api.ts';
import { followProcesses } from '../../../../src/runtime/symbols/follow-processes.ts';
import type { Image } from '../../../../src/system/elf/image.ts';
import type { Mapping } from '../../../../src/system/proc/maps.ts';
import { parsePerfMap } from '../../../../src/system/proc/perf-map.ts';
import { ok } from '../../../../src/base/result.ts';
import { stack } from '../../../../src/types/type.ts';
import type { MappingDescription } from '../../../support/process-records.ts';
import { comm, exit, fork, lost, mmap2 } from '../../../support/process-records.ts';

/** A file whose one function begins 0x100 bytes in, and whose one variable lies at 0x5000. */
const image = (name: string): Image => ({
  functionAt: (offset) => (offset >= 0x100 && offset < 0x200 ? { name, offset: offset - 0x100 } : undefined),
  variableAt: (address) =>
    address >= 0x5000 && address < 0x5008 ? { name: `${name}_var`, offset: address - 0x5000 } : undefined,
  biasOf: (mappedAt, offset) => mappedAt - BigInt(offset),
  covers: (address) => address < 0x6000,
  buildId: () => 'c0ffee',
  sourceAt: (offset) =>
    offset >= 0x180
      ? {
          inlined: [
            { name: 'mangled', place: { file: '/src/inner.h', line: 3 } },
            { name: 'middle', place: { file: '/src/middle.h', line: offset } },
          ],
          place: { file: '/src/x.c', line: 12 },
        }
      : undefined,
});

interface LiveProcess {
  readonly epoch: string;
  readonly mappings: readonly Mapping[];
}

interface Made {
  readonly symbols: Symbolizer;
  /** Processes as /proc has them. */
  readonly live: Map<number, LiveProcess>;
  /** Records that the kernel has ready, by CPU. */
  readonly records: Uint8Array[][];
  /** Files that were held while they were mapped. */
  readonly held: string[];
  /** How often /proc/PID/maps was read. */
  readonly reads: { count: number };
}

function make({ showsSource = false } = {}): Made {
  const live = new Map<number, LiveProcess>();
  const records: Uint8Array[][] = [[], []];
  const held: string[] = [];
  const reads = { count: 0 };
  const reader = {
    epoch: (process: number) => live.get(process)?.epoch,
    maps: (process: number) => {
      reads.count++;
      return live.get(process)?.mappings;
    },
    now: () => 1000n,
  };
  const events = (cpu: number): PerfRecords => ({
    fd: asFd(cpu),
    take: (visit) => records[cpu]?.splice(0).forEach(visit),
    watch: () => ({ close: () => undefined }),
    close: () => undefined,
  });
  const symbols = createSymbolizer({
    kernel: { at: () => undefined },
    reader,
    image: (_process, { path }) => (path.startsWith('/') ? image(path.slice(1)) : undefined),
    perfMap: (process) =>
      process === 9 ? { map: parsePerfMap('700000 100 JS:hot\n'), bytes: 1 } : undefined,
    showsSource,
    demangle: (name) => (name === 'mangled' ? 'ns::readable(int)' : undefined),
    follow: () =>
      followProcesses({
        ...reader,
        cpus: [0, 1],
        open: (cpu) => ok(events(cpu)),
        processes: () => [...live.keys()],
        onMapped: (_process, { path }) => held.push(path),
      }),
  });
  return { symbols, live, records, held, reads };
}

const mapped = (path: string, start: bigint): Mapping => ({
  start,
  end: start + 0x1000n,
  executable: true,
  fileOffset: 0,
  identity: `00:01 ${path}`,
  path,
  deleted: false,
});

const lines = (symbols: Symbolizer, process: number, ...addresses: readonly bigint[]) =>
  symbols.stackFrames(stack('user', 10, 'bpftrace'), process, addresses);

const at = (time: bigint, process: number, name: string, address: bigint): Uint8Array =>
  mmap2(time, { process, name, address } satisfies MappingDescription);

test('a process that lived while it was followed has names after its end', () => {
  const { symbols, records, held } = make();
  symbols.follow();
  records[1]?.push(fork(1n, 7, 1), comm(2n, 7, 'short', true), at(3n, 7, '/short', 0x10000n), exit(4n, 7, 7));
  expect(lines(symbols, 7, 0x10120n)).toEqual(['short+32']);
  expect(symbols.userSymbol(7, 0x10120n)).toBe('short');
  expect(held).toEqual(['/short']);
});

test('records of several CPUs count by their times', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(at(5n, 7, '/new', 0x10000n));
  records[1]?.push(at(2n, 7, '/old', 0x10000n), comm(4n, 7, 'new', true));
  expect(lines(symbols, 7, 0x10100n)).toEqual(['new+0']);
});

test('a stack is shown by the program that has all of its addresses mapped, though the process runs another by now', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(
    at(1n, 7, '/sh', 0x10000n),
    at(1n, 7, '/libc', 0x20000n),
    comm(2n, 7, 'ls', true),
    at(3n, 7, '/ls', 0x30000n),
    at(3n, 7, '/other-libc', 0x20000n),
  );
  expect(lines(symbols, 7, 0x10110n, 0x20110n)).toEqual(['sh+16', 'libc+16']);
  expect(lines(symbols, 7, 0x30110n, 0x20110n)).toEqual(['ls+16', 'other-libc+16']);
});

test('processes that lived before are known from /proc, and their children by them', () => {
  const { symbols, live, records } = make();
  live.set(7, { epoch: 'a', mappings: [mapped('/sh', 0x10000n)] });
  symbols.follow();
  live.clear();
  records[0]?.push(fork(2000n, 8, 7));
  expect(lines(symbols, 7, 0x10100n)).toEqual(['sh+0']);
  expect(lines(symbols, 8, 0x10100n)).toEqual(['sh+0']);
});

test('records that were lost send us to /proc again, once', () => {
  const { symbols, live, records, reads } = make();
  symbols.follow();
  records[0]?.push(at(1n, 7, '/a', 0x10000n), lost(2n, 5n));
  live.set(7, { epoch: 'a', mappings: [mapped('/a', 0x10000n), mapped('/late', 0x20000n)] });
  const before = reads.count;
  expect(lines(symbols, 7, 0x20100n)).toEqual(['late+0']);
  expect(lines(symbols, 7, 0x90000n)).toEqual(['0x90000']);
  expect(lines(symbols, 7, 0x90000n)).toEqual(['0x90000']);
  expect(reads.count - before).toBe(1);
  expect(symbols.lost()).toBe(5n);
});

test('without being followed, processes are looked up while they live and remembered then', () => {
  const { symbols, live } = make();
  live.set(7, { epoch: 'a', mappings: [mapped('/a', 0x10000n)] });
  expect(lines(symbols, 7, 0x10100n)).toEqual(['a+0']);
  live.set(7, { epoch: 'a', mappings: [mapped('/a', 0x10000n), mapped('/b', 0x20000n)] });
  expect(lines(symbols, 7, 0x20100n)).toEqual(['b+0']);
  live.delete(7);
  expect(lines(symbols, 7, 0x20100n)).toEqual(['b+0']);
  expect(lines(symbols, 8, 0x20100n)).toEqual(['0x20100']);
});

test('a number that is used again is looked up anew', () => {
  const { symbols, live } = make();
  live.set(7, { epoch: 'a', mappings: [mapped('/a', 0x10000n)] });
  expect(lines(symbols, 7, 0x10100n)).toEqual(['a+0']);
  live.set(7, { epoch: 'b', mappings: [mapped('/b', 0x10000n)] });
  expect(lines(symbols, 7, 0x10100n)).toEqual(['b+0']);
});

test('names are shown as people write them', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(at(1n, 7, '/mangled', 0x10000n));
  expect(lines(symbols, 7, 0x10108n)).toEqual(['ns::readable(int)+8']);
});

test('symbols of variables follow from where the code was loaded; frames are of functions only', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(at(1n, 7, '/a', 0x10000n));
  expect(symbols.userSymbol(7, 0x15004n)).toBe('a_var');
  expect(symbols.userSymbol(7, 0x15008n)).toBe('0x15008');
  expect(lines(symbols, 7, 0x15004n)).toEqual(['0x15004']);
});

test('code that was made at run time has the names that its compiler wrote down', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(at(1n, 9, '//anon', 0x700000n), at(1n, 7, '//anon', 0x700000n));
  expect(symbols.stackFrames(stack('user', 3, 'perf'), 9, [0x700010n, 0x700200n])).toEqual([
    '700010 JS:hot+16 ([JIT])',
    '700200 0x700200 ([unknown])',
  ]);
  expect(lines(symbols, 7, 0x700010n)).toEqual(['0x700010']);
});

test('the forms of a frame in a known file', () => {
  const { symbols, records } = make();
  symbols.follow();
  records[0]?.push(at(1n, 7, '/usr/bin/x', 0x10000n));
  const frames = [0x10110n, 0x10800n, 0xdead0000n];
  const shown = (mode: 'perf' | 'raw' | 'build_id') => symbols.stackFrames(stack('user', 3, mode), 7, frames);
  expect(shown('perf')).toEqual([
    '10110 usr/bin/x+16 (/usr/bin/x)',
    '10800 0x10800 (/usr/bin/x)',
    'dead0000 0xdead0000 ([unknown])',
  ]);
  expect(shown('raw')).toEqual(['10110', '10800', 'dead0000']);
  expect(shown('build_id')).toEqual(['c0ffee 0x110', 'c0ffee 0x800', 'dead0000']);
  expect(
    symbols.stackFrames(stack('user', 3, 'build_id'), 7, [{ buildId: 'ab12', fileOffset: 0x7n }]),
  ).toEqual(['ab12 0x7']);
});

test('frames have lines of the source, and functions that were inlined before them', () => {
  const { symbols, records } = make({ showsSource: true });
  symbols.follow();
  records[0]?.push(at(1n, 7, '/x', 0x10000n));
  expect(lines(symbols, 7, 0x10180n, 0x10110n)).toEqual([
    '[inlined] ns::readable(int)@/src/inner.h:3',
    '[inlined] middle@/src/middle.h:384',
    'x+128@/src/x.c:12',
    'x+16',
  ]);
  expect(symbols.stackFrames(stack('user', 3, 'perf'), 7, [0x10180n])).toEqual([
    '10180 ns::readable(int) (inlined)',
    '10180 middle (inlined)',
    '10180 x+128 (/x)',
  ]);
  expect(symbols.userSymbol(7, 0x10180n)).toBe('x');
});

test('a frame that is returned to is shown as the call that stands before it', () => {
  const { symbols, records } = make({ showsSource: true });
  symbols.follow();
  records[0]?.push(at(1n, 7, '/x', 0x10000n));
  // Behind its end: the last instruction of x is a call that does not return.
  expect(lines(symbols, 7, 0x10100n, 0x10200n)).toEqual([
    'x+0',
    '[inlined] ns::readable(int)@/src/inner.h:3',
    `[inlined] middle@/src/middle.h:${0x1ff}`,
    'x+256@/src/x.c:12',
  ]);
});
