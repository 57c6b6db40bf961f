import { expect, test } from 'vitest';

import { Storage } from '../../../../src/codegen/bpf/storage.ts';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';

const storage = (): Storage =>
  new Storage(new FunctionBuilder('f'), { onStackLimit: 32, stackBytesMax: 320 });
/** Where a value lies. */
const addresses = (on: Storage, sizes: readonly number[]): readonly string[] =>
  sizes.map((bytes) => on.reserve(bytes, 'value').pointer.text);

test('values that live at the same time lie apart, on the stack and in scratch', () => {
  const found = addresses(storage(), [8, 8, 32, 32, 33, 200, 33]);
  expect(new Set(found).size).toBe(found.length);
});

test('what does not fit the stack limit takes scratch, rounded up to 8 bytes', () => {
  const small = storage();
  addresses(small, [8, 32]);
  expect(small.scratchBytes).toBe(0);
  const large = storage();
  addresses(large, [33, 8]);
  expect(large.scratchBytes).toBe(40);
});

test('behind a scope its bytes are used again', () => {
  const on = storage();
  const first = on.scope(() => addresses(on, [16, 100]));
  const [again] = addresses(on, [16]);
  expect(again).toBe(first[0]);
  on.scope(() => addresses(on, [100]));
  expect(on.scratchBytes).toBe(104);
});

test('within a scope the bytes of the scope around are not touched', () => {
  const on = storage();
  const outer = addresses(on, [16, 100]);
  const inner = on.scope(() => addresses(on, [16, 100]));
  expect(new Set([...outer, ...inner]).size).toBe(4);
  expect(on.scratchBytes).toBe(208);
});

test('more than the stack has room for goes to scratch, whatever its size', () => {
  const on = storage();
  addresses(
    on,
    Array.from({ length: 100 }, () => 16),
  );
  expect(on.scratchBytes).toBeGreaterThan(0);
});
