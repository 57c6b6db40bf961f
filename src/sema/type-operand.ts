/** sizeof, offsetof and typeof: they look at types alone, nothing of their operand is done. */

import type { Span } from '../base/span.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { Expr, Name, TypeOrExpr } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { StructType, Type } from '../types/type.ts';
import { errorType, recordOf, string, u64 } from '../types/type.ts';
import { byteText } from '../types/value.ts';
import { findField, reportUnknownField } from './fields.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, wrong } from './infer-expression.ts';
import { resolveType, typeNamed } from './resolve-type.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** The type that is written, or that of an expression. Reported where there is none. */
export function typeOfOperand(scope: Scope, of: TypeOrExpr): Type {
  if ('type' in of) return resolveType(scope, of.type);
  const { expr } = of;
  return typeByName(scope, expr) ?? scope.unevaluated(() => infer(scope, expr).expr.type);
}

/** A bare name is a type if it is nothing else. */
function typeByName(scope: Scope, expr: Expr): Type | undefined {
  if (expr.kind !== 'identifier' || findBuiltin(expr.name)) return undefined;
  return scope.facts.enumerator(expr.name) ? undefined : typeNamed(scope, expr.name);
}

/** typeof as a type: what has no value has no type either. */
export function inferTypeof(scope: Scope, of: TypeOrExpr, span: Span): Type {
  const type = typeOfOperand(scope, of);
  if (type.kind !== 'none' || 'type' in of) return type;
  scope.report.error('type-mismatch', 'This has no value, and so no type', span);
  return errorType;
}

const number = (value: number, span: Span): Inferred =>
  firm({ kind: 'constant', type: u64, value: BigInt(value), span });

export function inferSize(scope: Scope, { of, span }: Extract<Expr, { kind: 'sizeof' }>): Inferred {
  const type = typeOfOperand(scope, of);
  if (type.kind === 'error') return wrong(span);
  if (type.kind !== 'none' && type.kind !== 'aggregate') return number(sizeOf(type), span);
  scope.report.error('bad-argument', `${typeName(type)} has no size`, span);
  return wrong(span);
}

/** Kinds of types as typeinfo calls them, where its own name is another. */
const baseNames: Partial<Record<Type['kind'], string>> = { none: 'void' };

/** A record that tells of a type: its BTF id (0 if it has none), what kind of type it is, its name. */
export function inferTypeinfo(scope: Scope, { of, span }: Extract<Expr, { kind: 'typeinfo' }>): Inferred {
  checkStability(scope, span);
  const type = typeOfOperand(scope, of);
  if (type.kind === 'error') return wrong(span);
  const text = (value: string): TypedExpr => ({
    kind: 'text',
    type: string(value.length + 1),
    value: byteText(value),
    span,
  });
  const id = type.kind === 'struct' ? scope.facts.btfId(type) : 0;
  const base = type.kind === 'struct' ? type.keyword : (baseNames[type.kind] ?? type.kind);
  const elements = [number(id, span).expr, text(base), text(typeName(type))];
  const record = recordOf(
    ['btf_id', 'base_type', 'full_type'],
    elements.map((element) => element.type),
  );
  return firm({ kind: 'tuple', type: record, elements, span });
}

/** Its form may still change in the language: scripts say that they know. */
function checkStability(scope: Scope, span: Span): void {
  const { unstableTypeinfo } = scope.facts.settings;
  const message = 'typeinfo is unstable: what it gives may change from one release to the next';
  const hints = ['Say that you know: config = { unstable_typeinfo = enable; }'];
  if (unstableTypeinfo === 'error') scope.report.error('unstable', message, span, { hints });
  if (unstableTypeinfo === 'warn') scope.report.warning('unstable', message, span, { hints });
}

export function inferOffset(scope: Scope, { of, path, span }: Extract<Expr, { kind: 'offsetof' }>): Inferred {
  const offset = offsetOfPath(scope, typeOfOperand(scope, of), path, span);
  return offset === undefined ? wrong(span) : number(offset, span);
}

/** Bytes from the start of a struct to the field that a path of names leads to; undefined if it leads nowhere, which has been told. */
export function offsetOfPath(scope: Scope, of: Type, path: readonly Name[], span: Span): number | undefined {
  let type = of.kind === 'pointer' ? of.to : of;
  let offset = 0;
  for (const name of path) {
    const step = fieldOn(scope, type, name, span);
    if (!step) return undefined;
    offset += step.offset;
    type = step.type;
  }
  return offset;
}

function fieldOn(
  scope: Scope,
  type: Type,
  name: Name,
  span: Span,
): { readonly offset: number; readonly type: Type } | undefined {
  if (type.kind === 'error') return undefined;
  if (type.kind !== 'struct') {
    scope.report.error('bad-argument', `${typeName(type)} has no fields`, name.span);
    return undefined;
  }
  return wholeField(scope, type, name, span);
}

function wholeField(scope: Scope, struct: StructType, name: Name, span: Span): ReturnType<typeof fieldOn> {
  const field = findField(scope, struct, name.text);
  if (!field) return void reportUnknownField(scope, struct, name, span);
  if (!field.bits) return field;
  scope.report.error(
    'bad-argument',
    `${name.text} is a bitfield: where it begins is no number of bytes`,
    name.span,
  );
  return undefined;
}
