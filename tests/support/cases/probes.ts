/** Probes in each form of their targets: one case for each, with what must have fired. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

const reader = '{programs}/reader 7 512';

export const probeCases: readonly Case[] = [
  {
    title: 'a thousand uprobes of one pattern fire once each',
    command: '{programs}/many',
    script: 'uprobe:{programs}/many:work_* { @calls = count(); }',
    prints: '@calls: 1000',
  },
  {
    title: 'a uprobe at an offset fires as often as its function is called',
    command: reader,
    // The first instruction, which saves the frame pointer, is one byte long.
    script: 'uprobe:{programs}/reader:add_up+1 { @inside = count(); }',
    prints: '@inside: 7',
  },
  {
    title: 'C++ functions are found by the names that people use for them',
    command: '{programs}/shapes 3',
    script: `uprobe:{programs}/shapes:cpp:"shape::area" { @area = count(); } uprobe:{programs}/shapes:cpp:"shape::area(long)" { @square = sum(arg0); }
      uprobe:{programs}/shapes:"shape::Square::grow" { @grow = sum(arg1); } uprobe:{programs}/shapes:cpp:"shape::Square::operator()" { @call = sum(arg1); }
      uretprobe:{programs}/shapes:cpp:"shape::twice<long>" { @twice = sum(retval); } uprobe:{programs}/shapes:cpp:"*hidden*" { @hidden = sum(arg0); }`,
    prints: ['@area: 6', '@square: 12', '@grow: 3', '@call: 6', '@twice: 30', '@hidden: 21'],
  },
  {
    title: 'USDT arguments lie in registers, in memory and in constants, with their signs',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:values { @int = sum(arg0); @byte = sum(arg1); @short = sum(arg2); @constant = sum(arg3); @text[str(arg4)] = count(); }
      usdt:{programs}/usdt:test:memory { @field = sum(arg0); @element = sum(arg1); @global = sum(arg2); @high = sum(arg3); }`,
    prints: [
      '@int: -6',
      '@byte: 600',
      '@short: -9',
      '@constant: -21',
      '@text[word]: 3',
      '@field: 300',
      '@element: 9',
      '@global: -126',
      '@high: 51',
    ],
  },
  {
    title: 'a USDT probe of several sites fires at each of them, wherever its argument is',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:twice { @all = sum(arg0); @n = count(); @[probe] = count(); }`,
    prints: ['@all: 36', '@n: 6', '@[usdt:{programs}/usdt:test:twice]: 6'],
  },
  {
    title: 'a USDT semaphore is raised while it is probed, and only then',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:guarded { @guarded = sum(arg0); } usdt:{programs}/usdt:test:unguarded { @raised = sum(arg0); }`,
    prints: ['@guarded: 3', '@raised: 3'],
  },
  {
    title: 'semaphores of several probes are raised by one link, too',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:*:*guarded { @ = count(); }`,
    prints: '@: 6',
  },
  {
    title: 'a semaphore that nobody probes stays down',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:unguarded { @raised = sum(arg0); @n = count(); }`,
    prints: '@n: 3\n@raised: 0',
  },
  {
    title: 'watchpoints see writes, reads and execution of a place of the command',
    command: '{programs}/watched 5',
    script: `watchpoint:0x10000000:8:w { @w = count(); @user = sum(usermode); } watchpoint:0x10000000:4:rw { @rw = count(); }
      watchpoint:0x10010000:1:x { @x = count(); }`,
    prints: ['@w: 5', '@user: 5', '@rw: 6', '@x: 5'],
  },
  {
    title: 'software events of a period of 1 see each of them',
    command: '{programs}/watched 5',
    script: 'software:page-faults:1 /pid == cpid/ { @ = count(); }',
    prints: (stdout: string): void => expect(Number(/^@: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(20),
  },
];
