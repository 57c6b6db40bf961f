/** Types as they are written become types. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { TypeSyntax } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import {
  arrayOf,
  bool,
  buffer,
  errorType,
  i16,
  i32,
  i64,
  i8,
  inet,
  none,
  pointerTo,
  string,
  u16,
  u32,
  u64,
  u8,
} from '../types/type.ts';
import type { Scope } from './scope.ts';
import { inferTypeof } from './type-operand.ts';

const named: Readonly<Record<string, Type>> = {
  bool,
  int8: i8,
  int16: i16,
  int32: i32,
  int64: i64,
  uint8: u8,
  uint16: u16,
  uint32: u32,
  uint64: u64,
  void: none,
  inet,
  // C's own names, as they mean on the 64-bit machines that BPF runs on, and stdint.h's, for kernels that can't tell.
  char: i8,
  short: i16,
  int: i32,
  long: i64,
  size_t: u64,
  int8_t: i8,
  int16_t: i16,
  int32_t: i32,
  int64_t: i64,
  uint8_t: u8,
  uint16_t: u16,
  uint32_t: u32,
  uint64_t: u64,
};

/** What isn't known is reported, and becomes the error type. */
export function resolveType(scope: Scope, syntax: TypeSyntax): Type {
  switch (syntax.kind) {
    case 'named':
      return namedType(scope, syntax.name, syntax.span);
    case 'tagged':
      return taggedType(scope, syntax);
    case 'pointer': {
      const to = resolveType(scope, syntax.to);
      return to.kind === 'error' ? to : pointerTo(to, 'none');
    }
    case 'array':
      return arrayType(scope, syntax);
    case 'typeof':
      return inferTypeof(scope, syntax.of, syntax.span);
  }
}

/** A type by its bare name, without struct, union or enum. */
export const typeNamed = (scope: Scope, name: string): Type | undefined =>
  Object.hasOwn(named, name) ? named[name] : scope.facts.typedef(name);

function namedType(scope: Scope, name: string, span: Span): Type {
  if (name === 'string') return string(scope.facts.settings.maxStrlen);
  if (name === 'buffer') return buffer(scope.facts.settings.maxStrlen);
  const known = typeNamed(scope, name);
  if (known) return known;
  const isTag = (['struct', 'union'] as const).find((keyword) => scope.facts.struct(keyword, name));
  scope.report.error('unknown-type', `There is no type '${name}'`, span, {
    hints: isTag
      ? [`Write ${isTag} ${name}.`]
      : didYouMean(name, [...Object.keys(named), 'string', 'buffer']),
  });
  return errorType;
}

function taggedType(scope: Scope, { keyword, name, span }: Extract<TypeSyntax, { kind: 'tagged' }>): Type {
  const found = keyword === 'enum' ? scope.facts.enum(name) : scope.facts.struct(keyword, name);
  if (found) return found;
  if (!scope.facts.hasBtf) reportNoBtf(scope, `${keyword} ${name} can't be looked up`, span);
  else
    scope.report.error('unknown-type', `The kernel has no ${keyword} ${name}`, span, {
      hints: didYouMean(name, scope.facts.typeNames(keyword)),
    });
  return errorType;
}

export function reportNoBtf(scope: Scope, consequence: string, span: Span): void {
  scope.report.error('btf-missing', `The kernel has no type information (BTF): ${consequence}`, span, {
    hints: ['Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give a BTF file by TSTRACE_BTF.'],
  });
}

/** Larger arrays would not fit where values are kept. */
const arrayBytesMax = 4096;

function arrayType(scope: Scope, { of, length, span }: Extract<TypeSyntax, { kind: 'array' }>): Type {
  const { maxStrlen } = scope.facts.settings;
  const text = of.kind === 'named' && (of.name === 'string' || of.name === 'buffer') ? of.name : undefined;
  const element = text ? u8 : resolveType(scope, of);
  if (element.kind === 'error') return element;
  const count = length === undefined ? 0 : Number(length);
  const bytesMax = Math.max(arrayBytesMax, maxStrlen);
  if (length !== undefined && (count < 1 || element.kind === 'none' || count * sizeOf(element) > bytesMax)) {
    scope.report.error(
      'value-too-large',
      element.kind === 'none'
        ? 'void has no size, so there is no array of it'
        : `${length} elements: an array has at least one, and at most ${bytesMax} bytes`,
      span,
    );
    return errorType;
  }
  if (text === 'string') return string(count || maxStrlen);
  return text === 'buffer' ? buffer(count || maxStrlen) : arrayOf(element, count);
}
