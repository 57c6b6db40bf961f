/** Types as they are written, and what may be a type or an expression. */

import { assertNever } from '../base/assert.ts';
import type { TypeOrExpr, TypeSyntax } from '../parser/ast.ts';
import type { Doc } from './doc.ts';
import type { Writer } from './writer.ts';

export function writeType(writer: Writer, type: TypeSyntax): Doc {
  return [writer.script.lead(type.span.start), writeInner(writer, type)];
}

function writeInner(writer: Writer, type: TypeSyntax): Doc {
  switch (type.kind) {
    case 'named':
      return type.name;
    case 'tagged':
      return `${type.keyword} ${type.name}`;
    case 'pointer':
      return [writeInner(writer, type.to), type.to.kind === 'pointer' ? '*' : ' *'];
    case 'array':
      return [writeInner(writer, type.of), `[${type.length === undefined ? '' : type.length.toString()}]`];
    case 'typeof':
      return ['typeof(', writeTypeOrExpr(writer, type.of), ')'];
    default:
      return assertNever(type);
  }
}

export function writeTypeOrExpr(writer: Writer, of: TypeOrExpr): Doc {
  return 'type' in of ? writer.type(of.type) : writer.expr(of.expr);
}
