/** Probes in each form of their targets: one case for each, with what must have fired. */

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
];
