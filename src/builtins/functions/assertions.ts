/** What a script demands of itself when it is compiled: static_assert, assert_str, fail. Nothing of them is left in the program. */

import { parseFormat } from '../../types/format-string.ts';
import { typeName } from '../../types/type-name.ts';
import { none } from '../../types/type.ts';
import { textOf } from '../../types/value.ts';
import type { Argument } from '../emitter.ts';
import { defineFunction } from '../define.ts';
import { checkFormat, formatValuesMax } from '../check-format.ts';

const nothing = (): void => {};

const textIn = (argument: Argument | undefined): string =>
  typeof argument?.constant === 'string' ? textOf(argument.constant) : String(argument?.constant);

export const staticAssert = defineFunction({
  name: 'static_assert',
  doc: 'Refuse to compile the script, with a message of its own, unless a condition holds that is known when compiling.',
  example: 'begin { static_assert(sizeof(struct task_struct) > 100, "a task has much to tell"); }',
  params: [
    { name: 'condition', takes: ['truth', 'number'] },
    { name: 'message', takes: ['text'] },
  ],
  returns: none,
  check: ([condition, message], _context, report, call) => {
    if (!condition?.constant) report.error('failed-assertion', textIn(message), call);
  },
  emit: nothing,
});

export const assertStr = defineFunction({
  name: 'assert_str',
  doc: 'Refuse to compile the script unless a value is text: for macros that take nothing else.',
  example: 'macro shout(x) { assert_str(x); printf("%s!\\n", x); } begin { shout(comm); }',
  params: [{ name: 'value', takes: ['type'] }],
  returns: none,
  check: ([value], _context, report, call) => {
    if (value && value.type.kind !== 'string')
      report.error(
        'failed-assertion',
        `Text is wanted here, not a value of type ${typeName(value.type)}`,
        call,
      );
  },
  emit: nothing,
});

export const fail = defineFunction({
  name: 'fail',
  doc: 'Refuse to compile the script, with a message in a format as that of printf; its values are known when compiling. In a branch that comptime leaves out it does nothing.',
  example: 'begin { if comptime (probetype != "special") { fail("not for %s", probetype); } }',
  params: [
    { name: 'format', takes: ['text'] },
    { name: 'value', takes: ['number', 'text', 'truth'], optional: true, rest: formatValuesMax },
  ],
  returns: none,
  check: (args, context, report, call) => {
    checkFormat(args, context, report, call);
    const [format, ...values] = args;
    const given = values.values();
    const { pieces } = parseFormat(String(format?.constant));
    const message = pieces.map((piece) => (piece.kind === 'text' ? piece.text : textIn(given.next().value)));
    report.error('failed-assertion', message.join(''), call);
  },
  emit: nothing,
});
