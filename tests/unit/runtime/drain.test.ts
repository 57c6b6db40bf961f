import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bug, present } from '../../../src/base/assert.ts';
import type { EventPlan } from '../../../src/plan/plan.ts';
import { RingDrain } from '../../../src/runtime/drain.ts';
import { pack } from '../../../src/types/packing.ts';
import type { Type } from '../../../src/types/type.ts';
import { buffer, i64, string, tuple, u32, u64 } from '../../../src/types/type.ts';
import { plainDecoding } from '../../support/decoding.ts';
import type { SyntheticRing } from '../../support/synthetic-ring.ts';
import { recordBytes, syntheticRing } from '../../support/synthetic-ring.ts';

const event = (name: string, ...types: readonly Type[]): EventPlan => ({
  name,
  record: pack(
    { name: 'event', type: u32 },
    types.map((type, index) => ({ name: String(index), type })),
  ),
  constants: {},
  program: 0,
  span: { file: 'f.bt', start: 0, end: 0 },
});

const plans = [event('number', i64), event('text', u32, string(20)), event('exit')] as const;
const [numberPlan, textPlan, exitPlan] = plans;

const number = (value: number | bigint) => recordBytes(numberPlan.record, 0, { 0: value });
const text = (at: number, content: string) => recordBytes(textPlan.record, 1, { 0: at, 1: content });
const exit = () => recordBytes(exitPlan.record, 2, {});

function drained(ring: SyntheticRing, onExit: (drain: RingDrain) => void = () => {}) {
  const handled: string[] = [];
  const drain: RingDrain = new RingDrain({
    ring,
    events: plans,
    decoding: plainDecoding,
    prepare: (plan) => (values) => {
      handled.push([plan.name, ...values].join(' '));
      if (plan.name === 'exit') onExit(drain);
    },
  });
  return { drain, handled };
}

test('records are decoded and handled in order', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  for (const record of [number(-1), text(7, 'hello'), number(2n ** 60n), exit()]) ring.send(record);
  expect(drain.batch()).toBe(4);
  expect(handled).toEqual(['number -1', 'text 7 hello', 'number 1152921504606846976', 'exit']);
  expect(ring.consumed).toBe(ring.sent);
  expect(drain.batch()).toBe(0);
});

test('a batch ends behind a record that took long; draining to the end goes on', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring, (current) => current.endBatch());
  for (const record of [number(1), exit(), number(2), exit(), number(3)]) ring.send(record);
  expect(drain.batch()).toBe(2);
  expect(handled).toEqual(['number 1', 'exit']);
  drain.drainAll();
  expect(handled).toEqual(['number 1', 'exit', 'number 2', 'exit', 'number 3']);
});

test('long values come behind the head, each with its length', () => {
  const long = event('long', string(1024), u64, tuple([u32, tuple([string(200), string(16)])]), buffer(100));
  const ring = syntheticRing(4096);
  const handled: unknown[] = [];
  const drain = new RingDrain({
    ring,
    events: [long],
    decoding: plainDecoding,
    prepare: () => (values) => handled.push(values),
  });
  const bytes = Uint8Array.from([3, 0, 0, 0, 1, 2, 3]);
  ring.send(
    recordBytes(long.record, 0, { 0: 'a', 1: 7, '2.0': 8, '2.1.0': 'x'.repeat(199), '2.1.1': 'y', 3: bytes }),
  );
  ring.send(recordBytes(long.record, 0, { 0: '', 1: 7, '2.0': 8, '2.1.0': '', '2.1.1': '', 3: bytes }));
  expect(drain.batch()).toBe(2);
  const inner = (text: string, short: string) => ({
    kind: 'tuple',
    elements: [8, { kind: 'tuple', elements: [text, short] }],
  });
  const buffered = { kind: 'buffer', bytes: Uint8Array.from([1, 2, 3]) };
  expect(handled).toEqual([
    ['a', 7, inner('x'.repeat(199), 'y'), buffered],
    ['', 7, inner('', ''), buffered],
  ]);
});

test('a record whose lengths do not add up to its size is a fault of ours', () => {
  const long = event('long', string(1024));
  const ring = syntheticRing(4096);
  const drain = new RingDrain({ ring, events: [long], decoding: plainDecoding, prepare: () => () => {} });
  const record = recordBytes(long.record, 0, { 0: 'x'.repeat(20) });
  record[4] = 100;
  ring.send(record);
  expect(() => drain.batch()).toThrow(Bug);
});

test('a batch is bounded, and the next goes on where it stopped', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  for (let index = 0; index < 5; index++) ring.send(number(index));
  expect([drain.batch(2), ring.consumed, drain.batch(2), drain.batch(2)]).toEqual([2, 48, 2, 1]);
  expect(handled).toEqual(['number 0', 'number 1', 'number 2', 'number 3', 'number 4']);
});

test('a record that is still being written holds back those behind it', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  ring.send(number(1));
  const busyAt = ring.sent;
  ring.send(number(2), 'busy');
  ring.send(number(3));
  expect(drain.batch()).toBe(1);
  expect(ring.consumed).toBe(busyAt);
  ring.commit(busyAt);
  expect(drain.batch()).toBe(2);
  expect(handled).toEqual(['number 1', 'number 2', 'number 3']);
});

test('discarded records are skipped and their space given back', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  ring.send(number(1), 'discarded');
  ring.send(number(2));
  expect(drain.batch()).toBe(2);
  expect([handled, ring.consumed]).toEqual([['number 2'], ring.sent]);
});

test.each([0, 2 ** 31 - 64, 2 ** 32 - 64, 2 ** 40])(
  'positions may be large: from %d on, around the ring many times',
  (start) => {
    // 1024 is no multiple of the records' 24 and 40 bytes: they wrap at every place.
    const ring = syntheticRing(1024, start);
    const { drain, handled } = drained(ring);
    const expected: string[] = [];
    for (let index = 0; index < 1000; index++) {
      expect(ring.send(index % 3 === 0 ? text(index, `t${index}`) : number(index))).toBe(true);
      expected.push(index % 3 === 0 ? `text ${index} t${index}` : `number ${index}`);
      if (index % 7 === 0) drain.batch();
    }
    drain.drainAll();
    expect(handled).toEqual(expected);
  },
);

test('within a batch the kernel is told of freed space, so that a small ring goes on taking records', () => {
  const ring = syntheticRing(1024);
  let room = 0;
  const drain = new RingDrain({
    ring,
    events: [numberPlan],
    decoding: plainDecoding,
    prepare: () => () => {
      if (ring.sent - ring.consumed < 1024 - 24) room++;
    },
  });
  while (ring.send(number(1)));
  expect(drain.batch()).toBe(42);
  expect(room).toBeGreaterThan(30);
});

test('records that arrive during a batch are part of it', () => {
  const ring = syntheticRing(4096);
  let sent = 0;
  const drain = new RingDrain({
    ring,
    events: [numberPlan],
    decoding: plainDecoding,
    prepare: () => () => {
      if (sent++ < 3) ring.send(number(sent));
    },
  });
  ring.send(number(0));
  expect(drain.batch()).toBe(4);
});

test('after stop the rest is dropped; resume handles what comes then', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring, (of) => of.stop());
  for (const record of [number(1), exit(), number(2), number(3)]) ring.send(record);
  drain.batch();
  ring.send(number(4));
  drain.discard();
  expect([drain.stopped, ring.consumed]).toEqual([true, ring.sent]);
  drain.resume();
  ring.send(number(5));
  drain.drainAll();
  expect(handled).toEqual(['number 1', 'exit', 'number 5']);
});

test('discard drops what is there without stopping', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  ring.send(number(1));
  drain.discard();
  ring.send(number(2));
  drain.batch();
  expect(handled).toEqual(['number 2']);
});

test('drainAll ends at a record that is never finished', () => {
  const ring = syntheticRing(4096);
  const { drain, handled } = drained(ring);
  ring.send(number(1));
  ring.send(number(2), 'busy');
  drain.drainAll();
  expect(handled).toEqual(['number 1']);
});

test.each([
  ['an event that the plan has not', Uint8Array.of(9, 0, 0, 0)],
  ['a record that is too short', number(1).subarray(0, 8)],
  ['a record that is too long', new Uint8Array(64)],
  ['an empty record', new Uint8Array(0)],
])('%s is our fault, told with details', (_, record) => {
  const ring = syntheticRing(4096);
  const { drain } = drained(ring);
  ring.send(record);
  expect(() => drain.batch()).toThrow(Bug);
  expect(() => drain.batch()).toThrow(new RegExp(`a record of ${record.length} bytes`));
});

test('a consumer goes on where an earlier one had come to', () => {
  const ring = syntheticRing(4096);
  ring.send(number(1));
  drained(ring).drain.batch();
  ring.send(number(2));
  const { drain, handled } = drained(ring);
  drain.batch();
  expect(handled).toEqual(['number 2']);
});

test('what is sent is handled once, in order, however batches and records fall', () => {
  const step = fc.oneof(
    fc.record({
      send: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      flag: fc.constantFrom('discarded' as const, undefined),
    }),
    fc.record({ batch: fc.integer({ min: 1, max: 20 }) }),
  );
  const plan = event('u64', u64);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = syntheticRing(256);
      const handled: unknown[] = [];
      const drain = new RingDrain({
        ring,
        events: [plan],
        decoding: plainDecoding,
        prepare:
          () =>
          ([value]) =>
            handled.push(value),
      });
      const expected: bigint[] = [];
      for (const now of steps) {
        if ('batch' in now) drain.batch(now.batch);
        else if (ring.send(recordBytes(plan.record, 0, { 0: now.send }), now.flag) && !now.flag)
          expected.push(now.send);
      }
      drain.drainAll();
      expect(handled.map((value) => BigInt(String(value)))).toEqual(expected);
    }),
  );
});

test('where a record comes from is told before it is handled, and forgotten behind it', () => {
  const { head, ...packing } = pack({ name: 'event', type: u32 }, [
    { name: 'origin nsecs', type: u64 },
    { name: 'origin cpu', type: u32 },
    { name: '0', type: i64 },
  ]);
  const [nsecs, cpu, ...fields] = packing.fields;
  const traced: EventPlan = {
    ...event('traced', i64),
    record: { head, ...packing, fields },
    origin: [
      { name: 'time', field: present(nsecs, 'nsecs') },
      { name: 'nsecs', field: present(nsecs, 'nsecs') },
      { name: 'cpu', field: present(cpu, 'cpu') },
      { name: 'probe', known: 'kprobe:f' },
    ],
  };
  const ring = syntheticRing(4096);
  const told: unknown[] = [];
  const drain = new RingDrain({
    ring,
    events: [traced, { ...plans[0], name: 'plain' }],
    decoding: plainDecoding,
    prepare: (plan) => (values) => void told.push([plan.name, ...values]),
    onOrigin: (origin) => void told.push(origin),
  });
  ring.send(recordBytes({ head, ...packing }, 0, { 'origin nsecs': 2n ** 60n, 'origin cpu': 3, 0: -1 }));
  ring.send(recordBytes(plans[0].record, 1, { 0: 7 }));
  drain.batch();
  expect(told).toEqual([
    [
      ['time', `wall ${2n ** 60n}`],
      ['nsecs', 2n ** 60n],
      ['cpu', 3],
      ['probe', 'kprobe:f'],
    ],
    ['traced', -1],
    [],
    ['plain', 7],
  ]);
});
