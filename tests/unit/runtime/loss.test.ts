import { expect, test } from 'vitest';
import type { MapPlan } from '../../../src/plan/plan.ts';
import { lossSymbol } from '../../../src/plan/plan.ts';
import { readLossSlots, watchLoss } from '../../../src/runtime/loss.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const possibleCpus = 4;

/** Counters of two programs and one map. */
function counters() {
  const api = fakeBpf({ possibleCpus });
  const plan: MapPlan = {
    symbol: lossSymbol,
    type: 'percpu-array',
    keyBytes: 4,
    valueBytes: 8,
    entriesMax: 3,
  };
  const created = api.createMap({ ...plan, name: plan.symbol });
  if (!created.ok) throw new Error('no map');
  const fd = created.value;
  const set = (slot: number, ...cpus: readonly bigint[]) =>
    api.update(
      fd,
      new Uint8Array(Uint32Array.of(slot).buffer),
      new Uint8Array(BigUint64Array.from(cpus).buffer),
    );
  return { api, access: { api, possibleCpus }, map: { fd, plan }, set };
}

test('every possible CPU counts, the last one too', () => {
  const { access, map, set } = counters();
  set(0, 1n, 2n, 3n, 4n);
  set(2, 0n, 0n, 0n, 2n ** 60n);
  expect(readLossSlots(map, access)).toEqual({ ok: true, value: [10n, 0n, 2n ** 60n] });
});

test('a watch tells what came since, over all programs, and leaves the maps out', () => {
  const { access, map, set } = counters();
  const watch = watchLoss(map, access, 2);
  expect(watch.poll()).toEqual({ ok: true, value: 0n });
  set(0, 1n, 0n, 0n, 2n);
  set(1, 0n, 5n, 0n, 0n);
  set(2, 9n, 9n, 9n, 9n);
  expect(watch.poll()).toEqual({ ok: true, value: 8n });
  expect(watch.poll()).toEqual({ ok: true, value: 0n });
  set(0, 1n, 1n, 0n, 2n);
  expect([watch.poll(), watch.slots]).toEqual([{ ok: true, value: 1n }, [4n, 5n, 36n]]);
});

test('a failure is handed on, and what was read last stays', () => {
  const { api, access, map, set } = counters();
  const watch = watchLoss(map, access, 2);
  set(0, 1n, 0n, 0n, 0n);
  watch.poll();
  api.refuse('lookupBatch', 'EPERM');
  expect([watch.poll(), watch.slots]).toMatchObject([{ ok: false, error: { name: 'EPERM' } }, [1n, 0n, 0n]]);
});
