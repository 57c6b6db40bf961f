/** strftime in the C locale. The time zone is given, so that the same values give the same text anywhere. */

import type { ByteText } from '../types/value.ts';

export interface TimeZone {
  /** Minutes east of Greenwich at a moment. */
  offsetMinutes(epochMs: number): number;
  /** Its abbreviation at a moment: CET. */
  name(epochMs: number): string;
}

export const utc: TimeZone = { offsetMinutes: () => 0, name: () => 'UTC' };

/** The zone of the environment (TZ, /etc/localtime), as JavaScript knows it. */
export const localZone: TimeZone = {
  offsetMinutes: (epochMs) => -new Date(epochMs).getTimezoneOffset(),
  name: localZoneName,
};

/** English locales know different abbreviations: American ones those of America, the British one those of Europe. */
function localZoneName(epochMs: number): string {
  const nameIn = (locale: string) =>
    new Intl.DateTimeFormat(locale, { timeZoneName: 'short' })
      .formatToParts(epochMs)
      .find((part) => part.type === 'timeZoneName')?.value ?? '';
  const american = nameIn('en-US');
  return /^(GMT|UTC)[+-]/.test(american) ? nameIn('en-GB') : american;
}

/** The parts of a moment in its zone. */
interface Moment {
  /** Fields of this Date in UTC are the fields in the zone. */
  readonly date: Date;
  readonly epochMs: number;
  readonly seconds: bigint;
  /** Nanoseconds of the second. */
  readonly nanoseconds: number;
  readonly zone: TimeZone;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const nsecsPerSecond = 1_000_000_000n;

/** `nsecs` since 1970 in UTC, to text. Conversions that nobody defined stay as they are. */
export function strftime(format: ByteText, nsecs: bigint, zone: TimeZone): ByteText {
  const seconds = nsecs / nsecsPerSecond - (nsecs % nsecsPerSecond < 0n ? 1n : 0n);
  const nanoseconds = Number(nsecs - seconds * nsecsPerSecond);
  const epochMs = Number(seconds) * 1000;
  const date = new Date(epochMs + zone.offsetMinutes(epochMs) * 60_000);
  // Beyond what a Date can hold (year 275760) no field has a value.
  if (Number.isNaN(date.getTime())) return `${nsecs}ns`;
  return expand(format, { date, epochMs, seconds, nanoseconds, zone });
}

/** 2026-11-21T17:49:33.123456789Z (RFC 3339). */
export function utcText(nsecs: bigint): ByteText {
  const fraction = ((nsecs % nsecsPerSecond) + nsecsPerSecond) % nsecsPerSecond;
  return `${strftime('%Y-%m-%dT%H:%M:%S', nsecs, utc)}.${String(fraction).padStart(9, '0')}Z`;
}

function expand(format: string, moment: Moment): string {
  return format.replace(/%([-_0^#]*)[EO]?([A-Za-z%+])/g, (whole, flags: string, name: string) => {
    const conversion = conversions[name];
    return conversion === undefined ? whole : withFlags(conversion(moment), flags);
  });
}

/** GNU's flags: no padding, spaces, zeros, upper case. */
function withFlags(text: string, flags: string): string {
  let result = text;
  for (const flag of flags) {
    if (flag === '-') result = result.replace(/^[0 ]+(?=\d)/, '');
    else if (flag === '_') result = result.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
    else if (flag === '0') result = result.replace(/^ +(?=\d)/, (spaces) => '0'.repeat(spaces.length));
    else if (flag === '^') result = result.toUpperCase();
  }
  return result;
}

const two = (value: number): string => String(value).padStart(2, '0');
const three = (value: number): string => String(value).padStart(3, '0');
const spaced = (value: number): string => String(value).padStart(2, ' ');
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;
const nameOf = (names: readonly string[], index: number): string => names[index] ?? '';

const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);

/** Weeks that begin on a weekday (0 is Sunday); days before the first such day are in week 0. */
const weekOfYear = (date: Date, firstDay: 0 | 1): number =>
  Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() - firstDay + 7) % 7)) / 7);

/** ISO 8601: a week belongs to the year that its Thursday lies in. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

function zoneOffset({ zone, epochMs }: Moment): string {
  const minutes = zone.offsetMinutes(epochMs);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

const conversions: Readonly<Record<string, (moment: Moment) => string>> = {
  '%': () => '%',
  a: ({ date }) => nameOf(days, date.getUTCDay()).slice(0, 3),
  A: ({ date }) => nameOf(days, date.getUTCDay()),
  b: ({ date }) => nameOf(months, date.getUTCMonth()).slice(0, 3),
  B: ({ date }) => nameOf(months, date.getUTCMonth()),
  c: (moment) => expand('%a %b %e %H:%M:%S %Y', moment),
  C: ({ date }) => two(Math.floor(date.getUTCFullYear() / 100)),
  d: ({ date }) => two(date.getUTCDate()),
  D: (moment) => expand('%m/%d/%y', moment),
  e: ({ date }) => spaced(date.getUTCDate()),
  // Ours, not C's: fractions of the second in microseconds, nanoseconds (k), milliseconds (l).
  f: ({ nanoseconds }) => String(Math.floor(nanoseconds / 1000)).padStart(6, '0'),
  k: ({ nanoseconds }) => String(nanoseconds).padStart(9, '0'),
  l: ({ nanoseconds }) => three(Math.floor(nanoseconds / 1_000_000)),
  F: (moment) => expand('%Y-%m-%d', moment),
  g: ({ date }) => two(isoWeek(date).year % 100),
  G: ({ date }) => String(isoWeek(date).year),
  h: ({ date }) => nameOf(months, date.getUTCMonth()).slice(0, 3),
  H: ({ date }) => two(date.getUTCHours()),
  I: ({ date }) => two(hour12(date)),
  j: ({ date }) => three(dayOfYear(date) + 1),
  m: ({ date }) => two(date.getUTCMonth() + 1),
  M: ({ date }) => two(date.getUTCMinutes()),
  n: () => '\n',
  p: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: ({ date }) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  r: (moment) => expand('%I:%M:%S %p', moment),
  R: (moment) => expand('%H:%M', moment),
  s: ({ seconds }) => String(seconds),
  S: ({ date }) => two(date.getUTCSeconds()),
  t: () => '\t',
  T: (moment) => expand('%H:%M:%S', moment),
  u: ({ date }) => String(date.getUTCDay() || 7),
  U: ({ date }) => two(weekOfYear(date, 0)),
  V: ({ date }) => two(isoWeek(date).week),
  w: ({ date }) => String(date.getUTCDay()),
  W: ({ date }) => two(weekOfYear(date, 1)),
  x: (moment) => expand('%m/%d/%y', moment),
  X: (moment) => expand('%H:%M:%S', moment),
  y: ({ date }) => two(date.getUTCFullYear() % 100),
  Y: ({ date }) => String(date.getUTCFullYear()),
  z: zoneOffset,
  Z: ({ zone, epochMs }) => zone.name(epochMs),
};
