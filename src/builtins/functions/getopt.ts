/** getopt: what the user gives a script on the command line, by name. */

import type { Report } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import { bool, i64, string } from '../../types/type.ts';
import { byteText, textOf } from '../../types/value.ts';
import type { ScriptOption, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument } from '../emitter.ts';

type OptionValue = ScriptOption['default'];

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The default tells the type: a switch, a number or text. */
function optionOf([name, initial, description]: readonly Argument[]): ScriptOption | undefined {
  if (typeof name?.constant !== 'string' || (initial && initial.constant === undefined)) return undefined;
  const text = typeof description?.constant === 'string' ? description.constant : undefined;
  return {
    name: textOf(name.constant),
    default: initial?.constant ?? false,
    ...(text !== undefined && { description: text }),
  };
}

/** What was given, or else the default; undefined if it can't be read as what the option is. */
function valueOf(option: ScriptOption, given: string | true | undefined): OptionValue | undefined {
  if (given === undefined) return option.default;
  if (typeof option.default === 'boolean') return given === true ? true : truths.get(given.toLowerCase());
  if (given === true) return undefined;
  return typeof option.default === 'bigint' ? integerOf(given) : byteText(given);
}

function integerOf(text: string): bigint | undefined {
  const [, sign = '', digits] = /^([+-]?)(0x[\da-f]+|\d+)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const kindOf = ({ default: value }: ScriptOption): string =>
  ({ boolean: 'bool', bigint: 'integer', string: 'string' })[typeof value as 'boolean' | 'bigint' | 'string'];

function check(args: readonly Argument[], context: TypingContext, report: Report, call: Span): void {
  const option = optionOf(args);
  if (!option) return;
  const earlier = context.declareOption(option);
  if (earlier)
    report.error(
      'bad-argument',
      `getopt("${option.name}") stands elsewhere with another default or description`,
      call,
      { hints: ['An option has one default and one description: say the same everywhere.'] },
    );
  const given = context.option(option.name);
  if (valueOf(option, given) !== undefined) return;
  report.error(
    'bad-option',
    `program command line option --${option.name} invalid ${kindOf(option)} (value: ${given === true ? '' : given})`,
    call,
  );
}

export const getopt = defineFunction({
  name: 'getopt',
  doc: 'A named parameter of the script: what follows a -- on the command line as --name=value, or --name for a switch. The default tells the type: a truth value (false if there is none), a number or text. The description is what `-- --help` shows.',
  example: 'begin { if (getopt("verbose")) { printf("%d\\n", getopt("limit", 10, "how many")); } exit(); }',
  params: [
    { name: 'name', takes: ['text'] },
    { name: 'default', takes: ['truth', 'number', 'text'], optional: true },
    { name: 'description', takes: ['text'], optional: true },
  ],
  returns: (args) => {
    const initial = optionOf(args)?.default ?? false;
    return typeof initial === 'boolean'
      ? bool
      : typeof initial === 'bigint'
        ? i64
        : string(initial.length + 1);
  },
  check,
  constant: (args, context) => {
    const option = optionOf(args);
    return option && (valueOf(option, context.option(option.name)) ?? option.default);
  },
  // The value is always known when compiling.
  emit: (_args, out) => out.int(0),
});
