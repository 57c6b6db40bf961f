import { expect, test } from 'vitest';
import { locateLlvm } from '../../../../src/codegen/llvm/locate-library.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);
if (!llvm.ok) throw new Error(llvm.error.message);
const lengthOf = llvm.value.instructionLength();

/** Instructions of each processor, of all lengths that it has. */
const known: Readonly<Record<string, readonly (readonly number[])[]>> = {
  x64: [
    [0xc3],
    [0x89, 0xf8],
    [0x48, 0x0f, 0xbe, 0xc7],
    [0xe8, 1, 2, 3, 4],
    [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
    [0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8],
  ],
  arm64: [
    [0xc0, 0x03, 0x5f, 0xd6],
    [0x1f, 0x20, 0x03, 0xd5],
  ],
};

test.each((known[process.arch] ?? []).map((bytes) => [Buffer.from(bytes).toString('hex'), bytes] as const))(
  'of %s all bytes are one instruction, whatever follows',
  (_, bytes) => {
    expect(lengthOf?.(Uint8Array.from([...bytes, 0xc3, 0xc3]))).toBe(bytes.length);
    expect(lengthOf?.(Uint8Array.from(bytes.slice(0, -1)))).not.toBe(bytes.length);
  },
);

test('no bytes are no instruction', () => {
  expect(lengthOf?.(new Uint8Array())).toBe(0);
});
