import { expect, test } from 'vitest';
import type { TimeZone } from '../../../src/output/strftime.ts';
import { localZone, strftime, utc, utcText } from '../../../src/output/strftime.ts';

/** A time of day in UTC, in nanoseconds. */
const nsecs = (iso: string, fraction = 0n): bigint => BigInt(Date.parse(`${iso}Z`)) * 1_000_000n + fraction;
const sunday = nsecs('2024-01-07T03:04:05', 123_456_789n);

test.each([
  ['%H:%M:%S', '03:04:05'],
  ['%a %A %b %B %h', 'Sun Sunday Jan January Jan'],
  ['%c', 'Sun Jan  7 03:04:05 2024'],
  ['%C %y %Y', '20 24 2024'],
  ['%d|%e|%j|%m', '07| 7|007|01'],
  ['%D %F', '01/07/24 2024-01-07'],
  ['%I %p %P', '03 AM am'],
  ['%r', '03:04:05 AM'],
  ['%R %T %X %x', '03:04 03:04:05 03:04:05 01/07/24'],
  ['%s', '1704596645'],
  ['%u %w', '7 0'],
  ['%U %W %V %G %g', '01 01 01 2024 24'],
  ['%z %Z', '+0000 UTC'],
  ['%f %k %l', '123456 123456789 123'],
  ['%n%t%%', '\n\t%'],
  ['%Ey %Od', '24 07'],
  ['%-d %_d %-m %^a %0e', '7  7 1 SUN 07'],
  ['100% %! é', '100% %! é'],
  ['', ''],
])('%s is %j', (format, expected) => expect(strftime(format, sunday, utc)).toBe(expected));

test.each([
  ['2021-01-03', '53 2020', '01', '00'],
  ['2021-01-04', '01 2021', '01', '01'],
  ['2018-12-31', '01 2019', '52', '53'],
  ['2016-01-01', '53 2015', '00', '00'],
  ['2023-01-01', '52 2022', '01', '00'],
])('weeks of %s', (day, iso, fromSunday, fromMonday) => {
  expect(strftime('%V %G|%U|%W', nsecs(`${day}T12:00:00`), utc)).toBe(`${iso}|${fromSunday}|${fromMonday}`);
});

test('midnight and noon are twelve', () => {
  expect(strftime('%I %p', nsecs('2024-01-01T00:30:00'), utc)).toBe('12 AM');
  expect(strftime('%I %p', nsecs('2024-01-01T12:30:00'), utc)).toBe('12 PM');
});

test('leap day and the last day of a leap year', () => {
  expect(strftime('%F %j', nsecs('2024-02-29T00:00:00'), utc)).toBe('2024-02-29 060');
  expect(strftime('%j', nsecs('2024-12-31T23:59:59'), utc)).toBe('366');
});

test('the zone shifts the day', () => {
  const zone = (minutes: number): TimeZone => ({ offsetMinutes: () => minutes, name: () => 'X' });
  expect(strftime('%F %R %z %Z', sunday, zone(-300))).toBe('2024-01-06 22:04 -0500 X');
  expect(strftime('%F %R %z', sunday, zone(345))).toBe('2024-01-07 08:49 +0545');
});

test('before 1970 the fraction still counts forward', () => {
  expect(strftime('%F %T.%f', -1n, utc)).toBe('1969-12-31 23:59:59.999999');
});

test('the largest 64-bit time is past what this can know, and still something', () => {
  expect(strftime('%Y', 2n ** 63n - 1n, utc)).toBe('2262');
  expect(strftime('%Y', 2n ** 80n, utc)).toBe(`${2n ** 80n}ns`);
});

test('the local zone follows TZ, summer time included', () => {
  const before = process.env.TZ;
  const at = (zone: string, iso: string) => {
    process.env.TZ = zone;
    return strftime('%R %z %Z', nsecs(iso), localZone);
  };
  try {
    expect(at('Europe/Berlin', '2024-01-01T12:00:00')).toBe('13:00 +0100 CET');
    expect(at('Europe/Berlin', '2024-07-01T12:00:00')).toBe('14:00 +0200 CEST');
    expect(at('America/New_York', '2024-01-01T12:00:00')).toBe('07:00 -0500 EST');
    expect(at('UTC', '2024-01-01T12:00:00')).toBe('12:00 +0000 UTC');
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test('UTC has nine digits of seconds', () => {
  expect(utcText(nsecs('2024-02-29T23:59:59') + 21n)).toBe('2024-02-29T23:59:59.000000021Z');
  expect(utcText(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
});
