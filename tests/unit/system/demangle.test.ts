import { expect, test } from 'vitest';
import { demangle, isMangled } from '../../../src/system/demangle.ts';

test.each([
  ['_Z3addii', 'add(int, int)'],
  ['_ZN2ns7Counter3addEl', 'ns::Counter::add(long)'],
  ['_ZNK2ns7Counter5totalEv', 'ns::Counter::total() const'],
  ['_ZN2ns7CounterC1Ei', 'ns::Counter::Counter(int)'],
  ['_Z5twiceIiET_S0_', 'int twice<int>(int)'],
  ['_ZNSt6vectorIiSaIiEE9push_backEOi', 'std::vector<int, std::allocator<int> >::push_back(int&&)'],
  ['_ZN4core3fmt9Formatter3pad17h0123456789abcdefE', 'core::fmt::Formatter::pad'],
])('%s is %s', (mangled, name) => {
  expect(isMangled(mangled)).toBe(true);
  expect(demangle(mangled)).toBe(name);
});

test.each(['main', '_start', '', '_Z', '_ZN3bad', '_Z not a name'])("'%s' is nobody's mangled name", (name) =>
  expect(demangle(name)).toBeUndefined(),
);
