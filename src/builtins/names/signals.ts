/** What signals are called, by number (include/uapi/asm-generic/signal.h; x86 and ARM have the same). */

import type { NameTable } from '../emitter.ts';

const standard = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
];

/** Real-time signals as the C library counts them: it keeps the first two for itself (man 7 signal). */
const [firstRealTime, lastRealTime] = [34, 64];

function realTimeName(number: number): string {
  if (number === firstRealTime) return 'SIGRTMIN';
  if (number === lastRealTime) return 'SIGRTMAX';
  const fromStart = number - firstRealTime;
  const fromEnd = lastRealTime - number;
  return fromStart <= fromEnd ? `SIGRTMIN+${fromStart}` : `SIGRTMAX-${fromEnd}`;
}

const realTime = Array.from({ length: lastRealTime - firstRealTime + 1 }, (_, index) =>
  realTimeName(firstRealTime + index),
);

export const signalNames: NameTable = {
  name: 'signals',
  bytes: 64,
  names: ['', ...standard.map((name) => `SIG${name}`), '', '', ...realTime],
};

/** A signal by its name, with or without SIG; undefined if there is none of that name. */
export function signalNumber(name: string): number | undefined {
  const number = signalNames.names.indexOf(name.startsWith('SIG') ? name : `SIG${name}`);
  return number > 0 ? number : undefined;
}
