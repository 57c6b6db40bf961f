import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kindOf } from '../../../../src/system/btf/parse.ts';
import { liveBtf } from '../../../../src/system/btf/read.ts';
import { buildElf } from '../../../support/elf-builder.ts';
import { builtKernel } from '../../../support/kernel-types.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-btf-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

function outcome(path: string): string {
  const kernel = liveBtf({ file: path }).kernel();
  return kernel.ok ? `${kernel.value.object}: ${kindOf(kernel.value, 1)}` : kernel.error.replace(folder, '');
}

test('a file of raw BTF, and an ELF file that holds some, take the place of the kernel', () => {
  expect(outcome(file('raw', builtKernel.bytes))).toBe('vmlinux: 1');
  const elf = buildElf({ sections: [{ name: '.BTF', type: 1, bytes: builtKernel.bytes }] });
  expect(outcome(file('elf', elf))).toBe('vmlinux: 1');
  expect(liveBtf({ file: join(folder, 'raw') }).moduleNames()).toEqual([]);
});

test('a file that is no BTF is named, with what is wrong', () => {
  expect(outcome(join(folder, 'absent'))).toContain('/absent');
  expect(outcome(file('text', Buffer.from('no BTF at all, but long enough')))).toContain('/text');
  expect(outcome(file('empty', Buffer.alloc(0)))).toContain('short');
  expect(outcome(file('bare', buildElf({})))).toContain('.BTF');
});
