/** clear, zero, delete, has_key and len: what can be done with whole maps and their keys. */

import { assert, present } from '../../base/assert.ts';
import type { Type } from '../../types/type.ts';
import { bool, i64, none, u8 } from '../../types/type.ts';
import { partsOf, slotOf } from '../../types/layout.ts';
import type { EventDefinition, FunctionDefinition } from '../define.ts';
import { defineEvent, defineFunction } from '../define.ts';
import type { Argument, Emitter, Emptying, Scalar } from '../emitter.ts';
import type { EventHost } from '../event-host.ts';

const mapEvent = (
  name: string,
  act: (host: EventHost, symbol: string) => void,
): EventDefinition<{ readonly unused: typeof u8 }> =>
  defineEvent(
    name,
    { unused: u8 },
    (_fields, host, event) => {
      const { map } = event.constants;
      assert(typeof map === 'string', 'a map is named by its symbol');
      act(host, map);
    },
    { control: true },
  );

const clearEvent = mapEvent('clear', (host, symbol) => host.clearMap(symbol));
const zeroEvent = mapEvent('zero', (host, symbol) => host.zeroMap(symbol));

const wholeMapFunction = (
  name: Emptying,
  doc: string,
  example: string,
  event: typeof clearEvent,
): FunctionDefinition =>
  defineFunction({
    name,
    doc,
    example,
    params: [{ name: 'map', takes: ['map'] }],
    returns: none,
    mapAct: name,
    events: [event],
    emit: ([map], out) => out.submit(event, { unused: 0 }, { map: present(map?.map, 'map').symbol }),
  });

export const clear = wholeMapFunction(
  'clear',
  'Remove all keys of a map. It happens in user space, when the event arrives there; behind a print of the map in the same block, it is one act with that: nothing is lost in between.',
  'kprobe:vfs_read { @[comm] = count(); } interval:s:1 { print(@); clear(@); }',
  clearEvent,
);

export const zero = wholeMapFunction(
  'zero',
  'Set all values of a map to zero and keep its keys. It happens in user space, when the event arrives there; behind a print of the map in the same block, it is one act with that: nothing is lost in between.',
  'kprobe:vfs_read { @[comm] = count(); } interval:s:1 { print(@); zero(@); }',
  zeroEvent,
);

/** A map and a key of it: delete(@m, k), delete(@m[k]), delete(@scalar). */
const keyParams = [
  { name: 'map', takes: ['element', 'map'] },
  { name: 'key', takes: ['key'], optional: true },
] as const;

const checkKey: NonNullable<FunctionDefinition['check']> = ([map, key], _context, report, call) => {
  if (!map?.map) return;
  if (map.map.keyed && !key && !map.map.element)
    report.error('map-key-mismatch', `${map.map.name} has keys: say which one`, call, {
      hints: [`To remove all of them: clear(${map.map.name})`],
    });
  if (!map.map.keyed && key) report.error('map-key-mismatch', `${map.map.name} has no keys`, key.span);
};

export const deleteKey = defineFunction({
  name: 'delete',
  doc: 'Remove a key from a map: true if it was there.',
  example: 'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read { delete(@start, tid); }',
  params: keyParams,
  returns: bool,
  discardable: true,
  check: checkKey,
  emit: (args, out) => emitDelete(args, out),
  emitUnused: (args, out) => {
    const { name } = present(args[0]?.map, 'map');
    out.when(
      emitDelete(args, out),
      () => {},
      () => out.warn(`${name} has no such key that could be deleted`),
    );
  },
});

function emitDelete([map, key]: readonly Argument[], out: Emitter): Scalar {
  const target = present(map?.map, 'map');
  return out.compare('==', out.helper('map_delete_elem', [{ map: target }, out.keyOf(target, key)]), 0);
}

export const hasKey = defineFunction({
  name: 'has_key',
  doc: 'True if a map has a key.',
  example:
    'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read { if (has_key(@start, tid)) { @ = count(); } }',
  params: [
    { name: 'map', takes: ['map'] },
    { name: 'key', takes: ['key'] },
  ],
  returns: bool,
  check: ([map], _context, report) => {
    if (map?.map && !map.map.keyed) report.error('map-key-mismatch', `${map.map.name} has no keys`, map.span);
  },
  emit: ([map, key], out) => {
    const target = present(map?.map, 'map');
    return out.compare('!=', out.helper('map_lookup_elem', [{ map: target }, out.keyOf(target, key)]), 0);
  },
});

export const find = defineFunction({
  name: 'find',
  doc: 'True if a map has a key; a variable then gets the value that lies under it. One look-up does both.',
  example:
    'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read { if (find(@start, tid, $from)) { @ = hist(nsecs - $from); } }',
  params: [
    { name: 'map', takes: ['map'] },
    { name: 'key', takes: ['key'] },
    { name: 'variable', takes: ['variable'] },
  ],
  returns: bool,
  check: ([map], _context, report) => {
    if (map?.map && !map.map.keyed) report.error('map-key-mismatch', `${map.map.name} has no keys`, map.span);
    if (map?.map?.value.kind === 'aggregate')
      report.error(
        'misplaced-aggregation',
        `${map.map.name} holds a part on each CPU: no variable can have them`,
        map.span,
      );
  },
  emit: ([map, key, variable], out) =>
    out.copyFound(present(map?.map, 'map'), present(key, 'key'), present(variable, 'variable')),
});

const isStack = (type: Type | undefined): boolean => type?.kind === 'stack';

export const len = defineFunction({
  name: 'len',
  doc: 'How many keys a map has, or how many frames a stack.',
  example: 'kprobe:vfs_read { @[tid] = 1; } interval:s:1 { printf("%d\\n", len(@)); }',
  params: [{ name: 'of', takes: ['map', 'any'] }],
  returns: i64,
  check: ([of], _context, report) => {
    if (!of || of.type.kind === 'error') return;
    if (of.map && !of.map.element) {
      if (!of.map.keyed) report.error('map-key-mismatch', `${of.map.name} has no keys to count`, of.span);
      if (of.map.value.kind === 'aggregate' && ['hist', 'lhist', 'tseries'].includes(of.map.value.name))
        report.error(
          'bad-argument',
          'The keys of a histogram can not be counted: each has several entries',
          of.span,
        );
      return;
    }
    if (!isStack(of.type))
      report.error('wrong-argument-type', 'len() takes a map or a stack', of.span, {
        hints: ['For text use strlen().'],
      });
  },
  emit: ([of], out) => {
    const argument = present(of, 'argument');
    if (argument.map) return out.countEntries(argument.map);
    const { offset } = slotOf(partsOf(argument.type), 'count');
    return out.resize(out.load(out.bytes(argument), offset, 32), 64);
  },
});
