import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { captureFiles } from '../../../src/system/capture-files.ts';
import { parseCapture } from '../../support/parse-capture.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tstrace-capture-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};

test('each path is a file of its own, whose packets come in order, with their times and lengths', () => {
  const [first, second] = ['a', 'b'].map((name) => join(folder(), name)) as [string, string];
  const save = captureFiles();
  const packet = { nsecs: 1_700_000_000_500_000_000n, bytes: Uint8Array.of(1, 2), length: 2 };
  expect(save(first, packet)).toEqual({ ok: true, value: undefined });
  save(second, { ...packet, bytes: new Uint8Array() });
  save(first, { ...packet, length: 9, nsecs: 1_700_000_001_000_000_000n });
  expect(parseCapture(readFileSync(first))).toEqual([
    { seconds: 1_700_000_000.5, bytes: Buffer.of(1, 2), length: 2 },
    { seconds: 1_700_000_001, bytes: Buffer.of(1, 2), length: 9 },
  ]);
  expect(parseCapture(readFileSync(second)).map(({ bytes }) => bytes.length)).toEqual([0]);
});

test('a file of an earlier run is made anew', () => {
  const path = join(folder(), 'c');
  const packet = { nsecs: 0n, bytes: Uint8Array.of(1), length: 1 };
  captureFiles()(path, packet);
  captureFiles()(path, packet);
  expect(parseCapture(readFileSync(path))).toHaveLength(1);
});

test('a path that can not be written is an error of its name', () => {
  const saved = captureFiles()(join(folder(), 'no', 'd'), { nsecs: 0n, bytes: new Uint8Array(), length: 0 });
  expect(saved).toMatchObject({ ok: false, error: { name: 'ENOENT' } });
});
