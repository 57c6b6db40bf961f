/**
 * How many printf events a second are taken out of a ring, decoded, formatted and written, without a kernel.
 * Run it with `node bench/run.mjs ring [FILE]`; FILE is where the text goes, /dev/null if absent.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { ok } from '../src/base/result.ts';
import { formatter } from '../src/output/format.ts';
import { createNotices } from '../src/output/notices.ts';
import { jsonOutput } from '../src/output/json.ts';
import { textOutput } from '../src/output/text.ts';
import { createWriter } from '../src/output/writer.ts';
import type { EventPlan } from '../src/plan/plan.ts';
import type { Words } from '../src/runtime/decode.ts';
import { RingDrain } from '../src/runtime/drain.ts';
import { pack } from '../src/types/packing.ts';
import type { Type } from '../src/types/type.ts';
import { i64, string, u32, u64 } from '../src/types/type.ts';
import { recordBytes, syntheticRing } from '../tests/support/synthetic-ring.ts';

const ringBytesMax = 8 * 1024 * 1024;
const eventsWanted = 4_000_000;

const words: Words = {
  kernelSymbol: () => '',
  userSymbol: () => '',
  stackFrames: () => [],
  userName: () => '',
  cgroupPath: () => '',
  formatTime: () => '',
  wallClock: () => '',
};

interface Case {
  readonly name: string;
  readonly format: string;
  readonly types: readonly Type[];
  readonly fields: (index: number) => Readonly<Record<string, number | bigint | string>>;
}

const comms = ['node', 'cat', 'systemd-journal', 'kworker/0:1-eve', 'bash', 'postgres'];
const path = (index: number) => `/usr/lib/x86_64-linux-gnu/lib${index % 50_000}.so`;

const cases: readonly Case[] = [
  { name: 'text only', format: 'hello\n', types: [], fields: () => ({}) },
  {
    name: 'two integers',
    format: '%d %d\n',
    types: [u32, i64],
    fields: (index) => ({ 0: 1000 + (index % 30_000), 1: index }),
  },
  {
    name: 'pid, comm',
    format: '%d %s\n',
    types: [u32, string(16)],
    fields: (index) => ({ 0: 1000 + (index % 30_000), 1: comms[index % comms.length] ?? '' }),
  },
  {
    name: 'nsecs, pid, comm, path',
    format: '%-18u %-6d %-16s %s\n',
    types: [u64, u32, string(16), { kind: 'string', capacity: 64, mayBeCut: true }],
    fields: (index) => ({
      0: 1_234_567_890_123_456n + BigInt(index),
      1: 1000 + (index % 30_000),
      2: comms[index % comms.length] ?? '',
      3: path(index),
    }),
  },
];

function planOf({ types }: Case): EventPlan {
  const record = pack(
    { name: 'event', type: u32 },
    types.map((type, index) => ({ name: String(index), type })),
  );
  return { name: 'printf', record, constants: {}, program: 0, span: { file: '', start: 0, end: 0 } };
}

/** Events a second. */
function measure(test: Case, file: string, mode: 'text' | 'json'): number {
  const fd = openSync(file, 'w');
  const destination = { write: (bytes: Uint8Array) => ok(writeSync(fd, bytes)) };
  const writer = createWriter(destination, { buffering: 'idle', onFailure: () => {} });
  const notices = createNotices({
    source: () => undefined,
    colours: false,
    quiet: true,
    warnings: true,
    write: () => {},
  });
  const output = mode === 'text' ? textOutput(writer, notices) : jsonOutput(writer, notices);
  const plan = planOf(test);
  // As many records as fit, to the last byte: so the same ring can be sent again and again without being written.
  const recordStep = Math.ceil((plan.record.head.size + 8) / 8) * 8;
  const ring = syntheticRing(recordStep * Math.floor(ringBytesMax / recordStep));
  const drain = new RingDrain({
    ring,
    events: [plan],
    decoding: { words, strings: [], structs: {}, trailer: '..', onCut: () => {} },
    prepare: () => {
      const format = formatter(test.format, test.types);
      return (values) => output.text('printf', format(values));
    },
  });
  for (let index = 0; ring.send(recordBytes(plan.record, 0, test.fields(index))); index++);
  const start = performance.now();
  let events = 0;
  for (;;) {
    for (let count = drain.batch(); count > 0; count = drain.batch()) events += count;
    output.idle();
    if (events >= eventsWanted) break;
    ring.resend();
  }
  output.finish();
  const elapsedMs = performance.now() - start;
  closeSync(fd);
  return (events / elapsedMs) * 1000;
}

const file = process.argv[2] ?? '/dev/null';
for (const test of cases) {
  for (const mode of ['text', 'json'] as const) {
    const perSecond = measure(test, file, mode);
    const millions = (perSecond / 1e6).toFixed(2);
    console.log(
      `${test.name.padEnd(24)} ${mode.padEnd(5)} ${millions.padStart(6)} million events/s  ${(1e9 / perSecond).toFixed(0).padStart(5)} ns each`,
    );
  }
}
