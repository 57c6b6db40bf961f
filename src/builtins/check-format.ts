/** Checks a format literal against the values that follow it: for printf and whatever is like it. */

import { acceptsArgument, formatArguments, parseFormat } from '../types/format-string.ts';
import { typeName } from '../types/type-name.ts';
import type { FunctionDefinition } from './define.ts';

/** Values that a format may show. */
export const formatValuesMax = 127;

/** The first argument is the format, the others are its values. */
export const checkFormat: NonNullable<FunctionDefinition['check']> = (
  [format, ...values],
  _context,
  report,
  call,
) => {
  if (!format || typeof format.constant !== 'string') return;
  const { pieces, errors } = parseFormat(format.constant);
  for (const { kind, text } of errors)
    report.error(
      'bad-format',
      kind === 'dangling-percent'
        ? `The format ends within a conversion: ${text}`
        : `There is no conversion ${text}`,
      format.span,
      { hints: ['Conversions: %d %i %u %o %x %X %c %p %s %r %rx %rh %gr, and %% for a percent sign.'] },
    );
  const wanted = formatArguments(pieces);
  if (errors.length === 0 && wanted.length !== values.length)
    report.error(
      'bad-format',
      `The format takes ${count(wanted.length)}, but ${count(values.length)} ${values.length === 1 ? 'is' : 'are'} given`,
      values[wanted.length]?.span ?? call,
    );
  wanted.forEach((argument, index) => {
    const value = values[index];
    if (!value || acceptsArgument(argument, value.type)) return;
    const message =
      argument.role === 'value'
        ? `%${argument.conversion.name} can not show a value of type ${typeName(value.type)}`
        : `A ${argument.role} is an integer, not ${typeName(value.type)}`;
    report.error('bad-format', message, value.span, {
      hints: argument.role === 'value' ? hintFor(value.type.kind) : [],
    });
  });
};

const count = (values: number): string => (values === 1 ? '1 value' : `${values} values`);

function hintFor(kind: string): readonly string[] {
  if (kind === 'buffer') return ['%r, %rx and %rh show buffers.'];
  if (kind === 'none') return ['This has no value.'];
  return kind === 'aggregate' ? ['Aggregations are shown by print().'] : ['%s shows any value.'];
}
