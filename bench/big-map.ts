/**
 * How long a large map takes to read, sort and print, and how much memory. Needs root: the map is a real one.
 * Run it with `node bench/run.mjs big-map [KEYS] [json] [top]`; 100,000 keys if it isn't said, and all of them rather than the top 10.
 */

import { openSync, writeSync } from 'node:fs';
import type { Result } from '../src/base/result.ts';
import { ok } from '../src/base/result.ts';
import { findBuiltin } from '../src/builtins/registry.ts';
import { createNotices } from '../src/output/notices.ts';
import { jsonOutput } from '../src/output/json.ts';
import { textOutput } from '../src/output/text.ts';
import { createWriter } from '../src/output/writer.ts';
import type { MapPlan } from '../src/plan/plan.ts';
import { realBpf } from '../src/runtime/kernel/real-bpf.ts';
import { readMap } from '../src/runtime/read-map.ts';
import { layOut } from '../src/types/layout.ts';
import { string, u64 } from '../src/types/type.ts';
import { plainDecoding } from '../tests/support/decoding.ts';

const keys = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
const possibleCpus = 2;

function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const aggregation = (name: string) => {
  const builtin = findBuiltin(name);
  if (builtin?.kind !== 'aggregation') throw new Error(`${name} is no aggregation`);
  return builtin;
};

const count = { kind: 'aggregate', name: 'count', signed: false, parameters: [] } as const;
const key = [u64, string(16)];
const keyLayout = layOut(key.map((type, index) => ({ name: String(index), type })));
const plan: MapPlan = {
  symbol: 'AT_bench',
  type: 'percpu-hash',
  keyBytes: keyLayout.size,
  valueBytes: 8,
  entriesMax: keys,
  script: {
    name: '@bench',
    key,
    keyLayout,
    value: count,
    valueLayout: aggregation('count').cell(count),
    isDeclared: false,
  },
};

realBpf.raiseLockedMemoryLimit();
const fd = unwrap(realBpf.createMap({ ...plan, name: plan.symbol }));
const keyBytes = Buffer.alloc(plan.keyBytes);
const value = new BigUint64Array(possibleCpus);
for (let index = 0; index < keys; index++) {
  keyBytes.writeBigUInt64LE(BigInt(index), 0);
  keyBytes.fill(0, 8).write(`comm${index % 1000}`, 8, 'latin1');
  value.fill(BigInt((index * 7919) % 10_007));
  unwrap(realBpf.update(fd, keyBytes, new Uint8Array(value.buffer)));
}

const sink = openSync('/dev/null', 'w');
const writer = createWriter(
  { write: (bytes) => ok(writeSync(sink, bytes)) },
  { buffering: 'idle', onFailure: () => {} },
);
const notices = createNotices({
  source: () => undefined,
  colours: false,
  quiet: true,
  warnings: true,
  write: () => {},
});
const output = process.argv.includes('json') ? jsonOutput(writer, notices) : textOutput(writer, notices);
const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);

const before = megabytes();
const start = performance.now();
const snapshot = unwrap(
  readMap({ fd, plan }, { api: realBpf, possibleCpus, decoding: plainDecoding, aggregation }),
);
const read = performance.now();
output.map(snapshot, { top: process.argv.includes('top') ? 10 : 0 });
output.finish();
const printed = performance.now();
console.log(
  `${snapshot.entries.count} keys: read ${(read - start).toFixed(0)} ms, sorted and printed ${(printed - read).toFixed(0)} ms, ` +
    `${megabytes() - before} MB more than before`,
);
realBpf.close(fd);
