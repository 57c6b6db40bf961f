/** Rust's newer names, as rustc made them; what they stand for was told by binutils (c++filt), less the hashes and types of constants. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { demangle } from '../../../src/system/demangle.ts';

test.each([
  ['_RNvCs6xxl1lAjzDf_1a4main', 'a::main'],
  ['_RNvC6_123foo3bar', '123foo::bar'],
  [
    '_RNvMs3_NtCslNYArtu3iFV_5alloc7raw_vecINtB5_6RawVecTOhFUKCBN_EuENtNtCsjrHSEGnQ3l9_3std5alloc6SystemE8grow_oneB13_',
    '<alloc::raw_vec::RawVec<(*mut u8, unsafe extern "C" fn(*mut u8)), std::alloc::System>>::grow_one',
  ],
  [
    '_RINvMNtCsgEmfK2I1SDS_4core3stre18trim_start_matchesReECsgY6Mt91CT9J_14rustc_demangle',
    '<str>::trim_start_matches::<&str>',
  ],
  [
    '_RINvCs6xxl1lAjzDf_1a3genDG0_INtNtNtCsgEmfK2I1SDS_4core3ops8function2FnTRL1_hQL0_SlEEp6OutputyNtNtBx_6marker4SendEL_FG_RL0_hERL0_hEB2_',
    "a::gen::<dyn for<'a, 'b> core::ops::function::Fn<(&'a u8, &'b mut [i32]), Output = u64> + core::marker::Send, for<'a> fn(&'a u8) -> &'a u8>",
  ],
  [
    '_RINvCs6xxl1lAjzDf_1a3genDNtNtNtNtCsgEmfK2I1SDS_4core4iter6traits8iterator8Iteratorp4ItemhEL_PFUKCOavEuEB2_',
    'a::gen::<dyn core::iter::traits::iterator::Iterator<Item = u8>, *const unsafe extern "C" fn(*mut i8, ...)>',
  ],
  ['_RINvCs6xxl1lAjzDf_1a3geneTuThEnEEB2_', 'a::gen::<str, ((), (u8,), i128)>'],
  ['_RNvMNtNtCs6xxl1lAjzDf_1a5inner4deepNtB2_u7n_jfa2du9gre_6ka8i', '<a::inner::deep::Ünï>::größe'],
  ['_RNvMs_Cs6xxl1lAjzDf_1aINtB4_1WThReAsj4_EE4showB4_', '<a::W<(u8, &str, [i16; 4])>>::show'],
  [
    '_RNSNvYNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0INtNtNtCsgEmfK2I1SDS_4core3ops8function6FnOnceuE9call_once6vtableCs6xxl1lAjzDf_1a',
    '<std::rt::lang_start<()>::{closure#0} as core::ops::function::FnOnce<()>>::call_once::{shim:vtable#0}',
  ],
  [
    '_RNvNCNKNvNtNtCsjrHSEGnQ3l9_3std2io5stdio14OUTPUT_CAPTURE0023___RUST_STD_INTERNAL_VAL',
    'std::io::stdio::OUTPUT_CAPTURE::{K#0}::{closure#0}::__RUST_STD_INTERNAL_VAL',
  ],
  [
    '_RNCNvNtNtCsgEmfK2I1SDS_4core3str7pattern13simd_containss0_0CsjrHSEGnQ3l9_3std',
    'core::str::pattern::simd_contains::{closure#2}',
  ],
  ['_RINvC1a1fKb1_Kc78_Kln5_KpE', "a::f::<true, 'x', -5, _>"],
  ['_RNvNtNtCsjrHSEGnQ3l9_3std6thread11main_thread4MAIN.0', 'std::thread::main_thread::MAIN.0'],
  ['_RNvC1a1f.llvm.17521027780816423358', 'a::f'],
  [
    '_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h6587bf93e37d62efE',
    '<&T as core::fmt::Debug>::fmt',
  ],
  [
    '_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17he39bdf0230cb3880E',
    'std::rt::lang_start::{{closure}}',
  ],
  ['_ZN1a5inner4deep12_$udc$n$uef$13gr$uf6$$udf$e17h2256cc5afadc4b78E', 'a::inner::deep::Ünï::größe'],
  [
    '_ZN9hashbrown3raw21RawTable$LT$T$C$A$GT$14reserve_rehash17h9a39ed58c5c909bbE.llvm.4644013332963435665',
    'hashbrown::raw::RawTable<T,A>::reserve_rehash',
  ],
])('%s is %s', (mangled, name) => expect(demangle(mangled)).toBe(name));

test.each([
  ['_R', 'nothing behind'],
  ['_RNvC1a', 'a name is missing'],
  ['_RNvC1a9short', 'a name is cut'],
  ['_RNvB_1f', 'a reference to itself'],
  ['_RNvBz_1f', 'a reference forward'],
  ['_RINvC1a1fKe616263_E', 'a constant of a kind that we do not know'],
  ['_RINvC1a1fRL9_hE', 'a lifetime that nobody has brought'],
  ['_ReadFile', 'a name that only begins so'],
])("%s is nobody's name: %s", (symbol) => expect(demangle(symbol)).toBeUndefined());

test('references that double the name at each step end', () => {
  const doubling = Array.from({ length: 60 }, (_, step) => `T${step === 0 ? 'h' : ''}`).join('');
  expect(demangle(`_RINvC1a1f${doubling}E`)).toBeUndefined();
  expect(demangle(`_RINvC1a1f${'R'.repeat(100_000)}hE`)).toBeUndefined();
});

test('whatever stands behind the mark, there is an answer', () => {
  const letters = fc.constantFrom(...'CNIMXYBTRQPOFDKLGSAEvtsu_0123456789aehjp'.split(''));
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 60 }), (parts) => {
      const name = demangle(`_R${parts.join('')}`);
      expect(['string', 'undefined']).toContain(typeof name);
    }),
    { numRuns: 2000 },
  );
});
