/** print: a value, or a whole map. */

import { assert } from '../../base/assert.ts';
import { none, u8 } from '../../types/type.ts';
import { defineArgumentsEvent, defineEvent, defineFunction } from '../define.ts';

const valueEvent = defineArgumentsEvent(
  'print',
  (_event, host) =>
    ([value]) =>
      host.value(value ?? null),
);

const mapEvent = defineEvent(
  'print_map',
  { unused: u8 },
  (_fields, host, event) => {
    const { map, top, div, then } = event.constants;
    assert(typeof map === 'string', 'a map is named by its symbol');
    host.printMap(
      map,
      Number(top ?? 0),
      Number(div ?? 0),
      then === 'clear' || then === 'zero' ? then : undefined,
    );
  },
  { control: true },
);

const elementEvent = defineArgumentsEvent('print_element', (event, host) => {
  const { map } = event.constants;
  assert(typeof map === 'string', 'a map is named by its symbol');
  return (key) => host.printElement(map, key);
});

export const print = defineFunction({
  name: 'print',
  doc: 'Print a value and a line break; or a map, of which `top` keeps the largest entries only and `div` divides the values.',
  example: 'kprobe:vfs_read { @[comm] = count(); } interval:s:1 { print(@, 5); clear(@); }',
  params: [
    { name: 'value', takes: ['map', 'element', 'any'] },
    { name: 'top', takes: ['number'], optional: true },
    { name: 'div', takes: ['number'], optional: true },
  ],
  returns: none,
  mapAct: 'show',
  events: [valueEvent, mapEvent, elementEvent],
  check: ([value, top, div], _context, report) => {
    const wholeMap = value?.map !== undefined && value.map.element === undefined;
    if (top && !wholeMap)
      report.error(
        'bad-argument',
        'Only a whole map can be cut to its largest entries: name it without a key',
        top.span,
      );
    for (const limit of [top, div])
      if (typeof limit?.constant === 'bigint' && limit.constant < 0n)
        report.error('bad-argument', 'This must not be negative', limit.span);
    if (div?.constant === 0n)
      report.error('division-by-zero', 'The values of a map can not be divided by zero', div.span);
    const bucketed =
      value?.map?.value.kind === 'aggregate' && ['hist', 'lhist', 'tseries'].includes(value.map.value.name);
    if (bucketed && value?.map?.element)
      report.error('bad-argument', 'One element of a histogram can not be printed', value.span, {
        hints: [`Print the whole map: print(${value.map.name})`],
      });
  },
  emit: ([value, top, div], out) => {
    if (!value?.map) return out.submitArguments(valueEvent, value ? [value] : [], {});
    const { map } = value;
    if (!map.element) {
      const limits = { top: top?.constant ?? 0n, div: div?.constant ?? 0n };
      const constants = { map: map.symbol, ...limits, ...(map.then && { then: map.then }) };
      return out.submit(mapEvent, { unused: 0 }, constants);
    }
    return out.submitArguments(elementEvent, [map.element], { map: map.symbol });
  },
});
