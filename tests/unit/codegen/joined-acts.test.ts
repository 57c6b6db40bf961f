/** Which prints of a map are one act with the clear or zero behind them, seen in the events that are sent. */

import { expect, test } from 'vitest';
import { compileGolden } from '../../support/golden.ts';

/** Each event in the order of its first use, with what follows it. */
function actsOf(block: string): readonly string[] {
  const program = `kprobe:f { @x[1] = 1; @y[1] = 1; ${block} }`;
  const { plan } = compileGolden({ name: 'acts', program, facts: 'minimal' });
  return plan.events.map(({ name, constants }) =>
    [name, constants.map, constants.then].filter((part) => part !== undefined).join(' '),
  );
}

test.each<readonly [string, string, readonly string[]]>([
  ['a print and the clear behind it', 'print(@x); clear(@x);', ['print_map AT_x clear']],
  ['a print and zero', 'print(@x, 5); zero(@x);', ['print_map AT_x zero']],
  [
    'what is between them may be about other maps',
    'print(@x); print(@y); if (pid == 1) { printf("1"); } clear(@x); clear(@y);',
    ['print_map AT_x clear', 'print_map AT_y clear', 'printf'],
  ],
  [
    'of two prints the second',
    'print(@x); print(@x, 1); clear(@x);',
    ['print_map AT_x', 'print_map AT_x clear'],
  ],
  ['in a block of their own', 'if (pid) { print(@x); clear(@x); }', ['print_map AT_x clear']],
  [
    'a value that is a block',
    '$v = { print(@x); clear(@x); 1 }; print($v);',
    ['print_map AT_x clear', 'print'],
  ],
  ['not in different blocks', 'print(@x); if (pid) { clear(@x); }', ['print_map AT_x', 'clear AT_x']],
  ['not on different ways', 'if (pid) { print(@x); } else { clear(@x); }', ['print_map AT_x', 'clear AT_x']],
  ['not if the map changes in between', 'print(@x); @x[2] = 1; clear(@x);', ['print_map AT_x', 'clear AT_x']],
  [
    'not if it is read in between',
    'print(@x); print(@x[1]); clear(@x);',
    ['print_map AT_x', 'print', 'clear AT_x'],
  ],
  [
    'not if the block may end in between',
    'print(@x); if (pid) { return; } clear(@x);',
    ['print_map AT_x', 'clear AT_x'],
  ],
  ['not an element', 'print(@x[1]); clear(@x);', ['print', 'clear AT_x']],
  ['not the other way round', 'clear(@x); print(@x);', ['clear AT_x', 'print_map AT_x']],
])('%s', (_title, block, acts) => {
  expect(actsOf(block)).toEqual(acts);
});

test('only the maps of such acts lie in slots', () => {
  const program = 'kprobe:f { @x = count(); @y = count(); print(@x); clear(@x); clear(@y); }';
  const { plan } = compileGolden({ name: 'slots', program, facts: 'minimal' });
  expect(
    plan.maps.filter(({ holds }) => holds).map(({ symbol, type, holds }) => ({ symbol, type, holds })),
  ).toEqual([
    { symbol: 'slot_AT_x', type: 'array-of-maps', holds: { first: 'AT_x', second: 'second_AT_x' } },
  ]);
});
