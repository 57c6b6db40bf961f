/** C calls as the rest of the program makes them, on libc functions whose answers are known. */

import { expect, test } from 'vitest';
import { Bug } from '../../../src/base/assert.ts';
import { cStruct } from '../../../src/ffi/c-types.ts';
import { sysError, errnoName } from '../../../src/ffi/errno.ts';
import {
  addressOf,
  declareLibc,
  loadLibrary,
  makeCallback,
  readCString,
  viewMemory,
  watchReadable,
} from '../../../src/ffi/koffi.ts';

const protRead = 1;
const protWrite = 2;
const mapPrivateAnonymous = 0x22;
const pageBytes = 4096;

const mmap = declareLibc('mmap', 'address', ['address', 'size', 'int', 'int', 'int', 'long']);
const munmap = declareLibc('munmap', 'int', ['address', 'size']);
const close = declareLibc('close', 'int', ['int']);
const pipe = declareLibc('pipe', 'int', ['bytes']);
const write = declareLibc('write', 'long', ['int', 'bytes', 'size']);
const read = declareLibc('read', 'long', ['int', 'bytes', 'size']);

test('a failed call is reported with its errno by name', () => {
  expect(mmap(0, pageBytes, protRead, mapPrivateAnonymous, -1, 123)).toBe(-1);
  expect(sysError('mmap')).toEqual({ kind: 'sys-error', call: 'mmap', errno: 22, name: 'EINVAL' });
  expect(close(-1)).toBe(-1);
  expect(sysError('close').name).toBe('EBADF');
});

test('an errno has its name, or its number where it has none', () => {
  expect([2, 28, 95, 133, 524, 9999].map(errnoName)).toEqual([
    'ENOENT',
    'ENOSPC',
    'EOPNOTSUPP',
    'EHWPOISON',
    'ENOTSUPP',
    'errno 9999',
  ]);
});

test('mapped memory is viewed in place, not copied', () => {
  const address = mmap(0, pageBytes, protRead | protWrite, mapPrivateAnonymous, -1, 0);
  expect(address).toBeGreaterThan(0);
  const first = new Uint8Array(viewMemory(address, pageBytes));
  first.set(Buffer.from('hello\0'));
  expect(readCString(address)).toBe('hello');
  expect(new Uint8Array(viewMemory(address, 5))[4]).toBe('o'.charCodeAt(0));
  expect(Atomics.add(new Int32Array(first.buffer), 2, 7)).toBe(0);
  expect(first[8]).toBe(7);
  expect(munmap(address, pageBytes)).toBe(0);
});

test('the address of a part of a buffer is that of its first byte', () => {
  const whole = new Uint8Array(64);
  expect(addressOf(whole.subarray(10)) - addressOf(whole)).toBe(10n);
});

test('C calls back into JavaScript', () => {
  const order = declareLibc('qsort', 'void', ['bytes', 'size', 'size', 'address']);
  const valueAt = (address: number) => new Int32Array(viewMemory(address, 4))[0] ?? 0;
  const compare = makeCallback(
    'int',
    ['address', 'address'],
    (left, right) => valueAt(left) - valueAt(right),
  );
  const numbers = new Int32Array([5, 3, 9, -1]);
  order(numbers, numbers.length, 4, compare.address);
  compare.release();
  expect([...numbers]).toEqual([-1, 3, 5, 9]);
});

test('a call on another thread leaves this one free', async () => {
  const pollCall = declareLibc('poll', 'int', ['bytes', 'ulong', 'int']);
  const waiting = pollCall.callAsync(null, 0, 20);
  expect(waiting).toBeInstanceOf(Promise);
  expect(await waiting).toBe(0);
});

test('a descriptor is watched by the event loop', async () => {
  const ends = new Int32Array(2);
  expect(pipe(ends)).toBe(0);
  const [readEnd = -1, writeEnd = -1] = ends;
  const readable = new Promise<void>((resolve) => {
    const watch = watchReadable(readEnd, () => {
      watch.close();
      resolve();
    });
  });
  expect(write(writeEnd, Buffer.from('x'), 1)).toBe(1);
  await readable;
  const got = new Uint8Array(8);
  expect(read(readEnd, got, 8)).toBe(1);
  expect(got[0]).toBe('x'.charCodeAt(0));
  close(readEnd);
  close(writeEnd);
});

test('the first library that loads is taken', () => {
  const library = loadLibrary(['libtstrace-absent.so.1', 'libc.so.6', 'libm.so.6']);
  expect(library.ok && library.value.name).toBe('libc.so.6');
  expect(library.ok && library.value.has('getpid')).toBe(true);
  expect(library.ok && library.value.has('no_such_function')).toBe(false);
});

test('when no library loads, each name tried and its reason are told', () => {
  const library = loadLibrary(['libtstrace-absent.so.1', '/no/such/lib.so']);
  expect(library.ok).toBe(false);
  const tried = library.ok ? [] : library.error.tried;
  expect(tried.map((attempt) => attempt.name)).toEqual(['libtstrace-absent.so.1', '/no/such/lib.so']);
  expect(tried.every((attempt) => attempt.reason.length > 0)).toBe(true);
});

test('a symbol that is not there is a fault of ours', () => {
  expect(() => declareLibc('tstrace_no_such_function', 'int', [])()).toThrow(Bug);
});

test('structs are taken and given by value', () => {
  const divided = cStruct('div_t', { quotient: 'int', remainder: 'int' });
  const address = cStruct('in_addr', { address: 'uint' });
  expect(declareLibc('div', divided, ['int', 'int'])(17, 5)).toEqual({ quotient: 3, remainder: 2 });
  expect(declareLibc('inet_ntoa', 'text', [address])({ address: 0x0100007f })).toBe('127.0.0.1');
});
