/**
 * C++ names as people write them: _ZN2ns3addEii is ns::add(int, int). Done by the C++ library's own demangler (__cxa_demangle of the
 * Itanium C++ ABI, 3.4), which is there wherever libLLVM is: both are C++. Rust's older names are of the same form, with a hash behind.
 */

import type { CFunction, Library } from '../ffi/koffi.ts';
import { declareLibc, loadLibrary, readCString } from '../ffi/koffi.ts';
import { once } from './once.ts';

/** GNU's and LLVM's C++ libraries. */
const libraries = ['libstdc++.so.6', 'libc++abi.so.1'];

const free = declareLibc('free', 'void', ['address']);

type Demangler = CFunction<'address', readonly ['text', 'address', 'address', 'bytes']>;

const demangler = once((): Demangler | undefined => {
  const library = loadLibrary(libraries);
  return library.ok ? declareIn(library.value) : undefined;
});

const declareIn = (library: Library): Demangler =>
  library.declare('__cxa_demangle', 'address', ['text', 'address', 'address', 'bytes']);

/** `_Z` begins every mangled name; objects of macOS have another `_` in front. */
export const isMangled = (name: string): boolean => name.startsWith('_Z');

/** The name with its parameters; undefined if it isn't mangled, or no C++ library is installed. */
export function demangle(name: string): string | undefined {
  if (!isMangled(name)) return undefined;
  const status = new Int32Array(1);
  const address = demangler()?.(name, 0, 0, status) ?? 0;
  if (address === 0) return undefined;
  const text = readCString(address);
  free(address);
  return withoutRustHash(text);
}

/** rustc's older names end in a hash of 16 digits, as a part of their own. */
const withoutRustHash = (name: string): string => name.replace(/::h[0-9a-f]{16}$/, '');
