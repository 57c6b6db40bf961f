/** Which C++ names in a script mean which demangled ones. */

import { expect, test } from 'vitest';
import { cppMatcher, withoutParameters } from '../../../src/probes/cpp-name.ts';

test.each([
  ['ns::add(int, int)', 'ns::add'],
  ['ns::Counter::total() const', 'ns::Counter::total'],
  ['ns::Counter::operator()(int) const', 'ns::Counter::operator()'],
  ['(anonymous namespace)::helper(std::vector<int, std::allocator<int> >&)', '(anonymous namespace)::helper'],
  ['ns::operator<(ns::A const&, ns::A const&)', 'ns::operator<'],
  ['ns::operator<<(ns::A, int)', 'ns::operator<<'],
  ['ns::A::operator->()', 'ns::A::operator->'],
  ['sort(void (*)(int, int), std::function<int (char)>)', 'sort'],
  ['add(int) [clone .cold]', 'add'],
  ['ns::table', 'ns::table'],
])('%s is the function %s', (demangled, name) => {
  expect(withoutParameters(demangled)).toBe(name);
  expect(cppMatcher(name)(demangled)).toBe(true);
  expect(cppMatcher(demangled)(demangled)).toBe(true);
});

test.each([
  ['twice<int>', 'int twice<int>(int)', true],
  ['ns::get<char>', 'std::vector<char, std::allocator<char> > ns::get<char>()', true],
  ['A::operator bool', 'A::operator bool() const', true],
  ['bool', 'A::operator bool() const', false],
  ['add', 'ns::add(int)', false],
  ['*add', 'ns::add(int)', true],
  ['ns::add(long)', 'ns::add(int)', false],
])('%s for %s: %s', (pattern, demangled, matches) => expect(cppMatcher(pattern)(demangled)).toBe(matches));
