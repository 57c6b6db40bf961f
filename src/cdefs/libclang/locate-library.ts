/** Finds the libclang to use: the one TSTRACE_LIBCLANG names, or the newest from 14 on. */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { loadLibrary } from '../../ffi/koffi.ts';
import type { ClangBinding } from './binding.ts';
import { bindClang } from './binding.ts';

const versionMin = 14;
const versionMax = 26;
const versionsNewestFirst = Array.from(
  { length: versionMax - versionMin + 1 },
  (_, index) => versionMax - index,
);

export interface ClangMissing {
  readonly message: string;
  readonly hint: string;
}

/** `override` is the value of TSTRACE_LIBCLANG: a path or soname, which then must serve. */
export function locateClang(override?: string): Result<ClangBinding, ClangMissing> {
  const names = override ? [override] : versionsNewestFirst.flatMap(libraryNames);
  const library = loadLibrary(names);
  if (!library.ok) {
    const reason = library.error.tried[0]?.reason ?? 'no reason given';
    return override
      ? failed(missing(`TSTRACE_LIBCLANG: ${override} can't be used: ${reason}`))
      : failed(missing(`no libclang from version ${versionMin} on was found`));
  }
  if (library.value.has('clang_Cursor_Evaluate')) return ok(bindClang(library.value));
  return failed(missing(`${library.value.name} is no libclang`));
}

const missing = (message: string): ClangMissing => ({
  message,
  hint: 'Install one, for example with `apt-get install libclang1-19`, or name the file: TSTRACE_LIBCLANG=/path/to/libclang.so',
});

/** Debian's names, Fedora's, and the one under the version's own prefix. */
const libraryNames = (version: number): readonly string[] => [
  `libclang-${version}.so.1`,
  `libclang-${version}.so.${version}`,
  `libclang.so.${version}`,
  `libclang.so.${version}.1`,
  `/usr/lib/llvm-${version}/lib/libclang.so.1`,
];
