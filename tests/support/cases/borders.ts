/** Numbers, texts and keys at their borders, byte for byte from the kernel to the screen, as text and as JSON. */

import type { Case } from '../end-to-end.ts';

const script = `begin {
  $low = (int64)1 << 63; $high = (uint64)0xffffffffffffffff;
  @avg = avg($low); @high_avg = avg($high); @max = max($high); @min = min($low); @negative_max = max((int64)-1); @stats = stats($high); @sum = sum($low); @high_sum = sum($high);
  @h = hist($low); @h_high = hist($high); @h_zero = hist(0); @h_split = hist($high, 5); @l = lhist($low, 0, 10, 1); @l_high = lhist($high, 0, 10, 5);
  @k[$low, $high] = $high; @k[-1, 0] = 1; @k[9007199254740993, 1] = (uint64)9007199254740993;
  @t["a,b", "say \\"x\\"", (1, (2, -3))] = (true, "x y", $low);
  @top[1] = (int64)-1; @top[2] = $low; @top[3] = (int64)0x7fffffffffffffff; print(@top, 2); print(@top, 2, 10); clear(@top); exit(); }`;

export const borderCases: readonly Case[] = [
  {
    title: 'the smallest and largest numbers in every aggregation, quotes and commas in keys, nested tuples',
    script,
    prints: `\
@top[1]: -1
@top[3]: 9223372036854775807
@top[1]: 0
@top[3]: 922337203685477580


@avg: -9223372036854775808
@h:
(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@h_high:
[8E, 16E)              1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@h_split:
[16128P, 16384P)       1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@h_zero:
[0]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@high_avg: 18446744073709551615
@high_sum: 18446744073709551615
@k[-1, 0]: 1
@k[9007199254740993, 1]: 9007199254740993
@k[-9223372036854775808, 18446744073709551615]: 18446744073709551615
@l:
(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@l_high:
[10, ...)              1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@max: 18446744073709551615
@min: -9223372036854775808
@negative_max: -1
@stats: { .count = 1, .average = 18446744073709551615, .total = 18446744073709551615 }
@sum: -9223372036854775808
@t[a,b, say "x", (1, (2, -3))]: (true, x y, -9223372036854775808)`,
  },
  {
    title: 'numbers, texts and keys at their borders as JSON',
    options: ['-q', '-f', 'json'],
    script,
    prints: `\
{"type": "map", "data": {"@top": {"1": -1, "3": "9223372036854775807"}}}
{"type": "map", "data": {"@top": {"1": 0, "3": "922337203685477580"}}}
{"type": "map", "data": {"@avg": -9223372036854775808}}
{"type": "hist", "data": {"@h": [{"max": -1, "count": 1}]}}
{"type": "hist", "data": {"@h_high": [{"min": 9223372036854775808, "max": "18446744073709551615", "count": 1}]}}
{"type": "hist", "data": {"@h_split": [{"min": 18158513697557839872, "max": "18446744073709551615", "count": 1}]}}
{"type": "hist", "data": {"@h_zero": [{"min": 0, "max": 0, "count": 1}]}}
{"type": "map", "data": {"@high_avg": "18446744073709551615"}}
{"type": "map", "data": {"@high_sum": "18446744073709551615"}}
{"type": "map", "data": {"@k": {"-1,0": 1, "9007199254740993,1": "9007199254740993", "-9223372036854775808,18446744073709551615": "18446744073709551615"}}}
{"type": "hist", "data": {"@l": [{"max": -1, "count": 1}]}}
{"type": "hist", "data": {"@l_high": [{"min": 10, "count": 1}]}}
{"type": "map", "data": {"@max": "18446744073709551615"}}
{"type": "map", "data": {"@min": -9223372036854775808}}
{"type": "map", "data": {"@negative_max": -1}}
{"type": "stats", "data": {"@stats": {"count": 1, "average": "18446744073709551615", "total": "18446744073709551615"}}}
{"type": "map", "data": {"@sum": -9223372036854775808}}
{"type": "map", "data": {"@t": {"a,b,say\\"x\\",(1,(2,-3))": [true,"x y",-9223372036854775808]}}}`,
  },
];
