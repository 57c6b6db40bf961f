/**
 * C++ and Rust names as people write them: _ZN2ns3addEii is ns::add(int, int). C++'s are taken apart by the C++ library's own demangler
 * (__cxa_demangle of the Itanium C++ ABI, 3.4), which is there wherever libLLVM is: both are C++. Rust's older names are of the same form.
 */

import type { CFunction, Library } from '../ffi/koffi.ts';
import { declareLibc, loadLibrary, readCString } from '../ffi/koffi.ts';
import { demangleRust, fromLegacyRust } from './demangle-rust.ts';
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

/** What LLVM adds when it makes local symbols of several files distinct. */
const llvmSuffix = /\.llvm\.\d+$/;

/** `_Z` begins C++'s and Rust's older names, `_R` Rust's newer ones. */
export const isMangled = (name: string): boolean => name.startsWith('_Z') || name.startsWith('_R');

/** The name, with its parameters if it is C++'s; undefined if it isn't mangled, or no C++ library is installed. */
export function demangle(name: string): string | undefined {
  if (!isMangled(name)) return undefined;
  const symbol = name.replace(llvmSuffix, '');
  if (symbol.startsWith('_R')) return demangleRust(symbol);
  const status = new Int32Array(1);
  const address = demangler()?.(symbol, 0, 0, status) ?? 0;
  if (address === 0) return undefined;
  const text = readCString(address);
  free(address);
  return fromLegacyRust(text) ?? text;
}
