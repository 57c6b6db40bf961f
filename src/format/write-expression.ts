/** Expressions with the parentheses that the script has: the same words in the same order, laid out anew. */

import { assertNever } from '../base/assert.ts';
import type { BinaryOp, Expr } from '../parser/ast.ts';
import { group, indented, line, separated, type Doc } from './doc.ts';
import { isParenthesised, ownStart } from './parentheses.ts';
import { writeBlockExpr, writeIfExpr } from './write-block-expression.ts';
import { writeTypeOrExpr } from './write-type.ts';
import { enclosed, type Writer } from './writer.ts';

type ExprOf<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;

export function writeExpr(writer: Writer, expr: Expr): Doc {
  const { script } = writer;
  const lead = script.lead(expr.span.start);
  if (!isParenthesised(script, expr)) return [lead, writeInner(writer, expr)];
  return [lead, enclosed(script, '(', [bare(writer, expr)], expr.span.end - 1)];
}

/** A condition, in parentheses whether the script has them or not; comptime stays before its own. */
export function writeCondition(writer: Writer, expr: Expr): Doc {
  const inner = [writer.script.lead(expr.span.start), bare(writer, expr)];
  return expr.kind === 'comptime' ? inner : enclosed(writer.script, '(', [inner], expr.span.end);
}

/** Without the parentheses around it, but with the comments that they hold before it. */
function bare(writer: Writer, expr: Expr): Doc {
  return [writer.script.lead(ownStart(writer.script, expr)), writeInner(writer, expr)];
}

function writeInner(writer: Writer, expr: Expr): Doc {
  switch (expr.kind) {
    case 'binary':
      return writeBinary(writer, expr);
    case 'conditional':
      return writeConditional(writer, expr);
    case 'field':
      return writeField(writer, expr);
    case 'index':
      return [
        writer.expr(expr.object),
        enclosed(writer.script, '[', [writer.expr(expr.index)], expr.span.end - 1),
      ];
    case 'step':
      if (!expr.prefix) return [writer.expr(expr.target), expr.op];
      break;
    case 'type':
      return writer.type(expr.type);
    default:
  }
  return writeOwn(writer, expr, ownStart(writer.script, expr));
}

type Own = Exclude<Expr, { readonly kind: 'binary' | 'conditional' | 'field' | 'index' | 'type' }>;

/** What begins with a word or mark of its own, at an offset. */
function writeOwn(writer: Writer, expr: Own, start: number): Doc {
  const { script } = writer;
  const list = (open: '(' | '[', elements: readonly Expr[]): Doc =>
    enclosed(script, open, elements.map(writer.expr), expr.span.end - 1);
  switch (expr.kind) {
    case 'int':
      return script.match(/\w+/, start);
    case 'string':
      return script.string(start);
    case 'bool':
    case 'identifier':
    case 'variable':
    case 'parameter':
      return script.match(/\$?[\w#]+/, start);
    case 'map':
      return [`@${expr.name}`, ...(expr.keys ? [list('[', expr.keys)] : [])];
    case 'call':
      return [expr.callee.text, list('(', expr.args)];
    case 'tuple':
      return writeTuple(writer, expr);
    case 'record':
      return writeRecord(writer, expr);
    case 'step':
      return [expr.op, writer.expr(expr.target)];
    case 'unary':
      return [expr.op, meetsMinus(writer, expr) ? ' ' : '', writer.expr(expr.operand)];
    case 'comptime':
      return ['comptime ', writer.expr(expr.operand)];
    case 'cast':
      return ['(', writer.type(expr.type), ')', writer.expr(expr.operand)];
    case 'sizeof':
    case 'typeinfo':
      return [expr.kind, '(', writeTypeOrExpr(writer, expr.of), ')'];
    case 'offsetof':
      return writeOffsetof(writer, expr);
    case 'block':
      return group(writeBlockExpr(writer, expr, start));
    case 'if':
      return group(writeIfExpr(writer, expr));
    case 'error':
      return script.slice(expr.span);
    default:
      return assertNever(expr);
  }
}

function writeField({ script, expr }: Writer, { object, name }: ExprOf<'field'>): Doc {
  const arrow = script.text.startsWith('->', script.skip(object.span.end));
  return [expr(object), arrow ? '->' : '.', script.lead(name.span.start), name.text];
}

function writeTuple({ script, expr }: Writer, { elements, span }: ExprOf<'tuple'>): Doc {
  const docs = elements.map(expr);
  const [only] = docs;
  const single = only !== undefined && docs.length === 1;
  return enclosed(script, '(', single ? [[only, ',']] : docs, span.end - 1);
}

function writeRecord({ script, expr }: Writer, { fields, span }: ExprOf<'record'>): Doc {
  const docs = fields.map(({ name, value }) => [script.lead(name.span.start), name.text, '=', expr(value)]);
  return enclosed(script, '(', docs, span.end - 1);
}

function writeOffsetof(writer: Writer, { of, path }: ExprOf<'offsetof'>): Doc {
  const doc = writeTypeOrExpr(writer, of);
  const names = path.map(({ text, span }) => [writer.script.lead(span.start), text]);
  return ['offsetof(', doc, ', ', separated('.', names), ')'];
}

/** Two minus signs in a row would make a decrement. */
function meetsMinus({ script }: Writer, { op, operand }: ExprOf<'unary'>): boolean {
  if (op !== '-' || isParenthesised(script, operand)) return false;
  return operand.kind === 'unary'
    ? operand.op === '-'
    : operand.kind === 'step' && operand.prefix && operand.op === '--';
}

// Chains ---------------------------------------------------------------------------------------------------------

const levels: readonly (readonly BinaryOp[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const levelOf = (operator: BinaryOp): number => levels.findIndex((level) => level.includes(operator));

/** Operators of one level make one list, broken behind all of them or none. */
function writeBinary(writer: Writer, expr: ExprOf<'binary'>): Doc {
  const chain: ExprOf<'binary'>[] = [expr];
  let first = expr.left;
  while (
    first.kind === 'binary' &&
    levelOf(first.op) === levelOf(expr.op) &&
    !isParenthesised(writer.script, first)
  ) {
    chain.push(first);
    first = first.left;
  }
  const head = writer.expr(first);
  const rest = chain.reverse().map(({ op, right }) => [` ${op}`, line, writer.expr(right)]);
  return group(head, indented(...rest));
}

/** A chain of conditionals is one list, too. */
function writeConditional(writer: Writer, expr: ExprOf<'conditional'>): Doc {
  const head = writer.expr(expr.condition);
  const rest: Doc[] = [];
  for (let next = expr; ;) {
    rest.push(line, ...(next.then ? ['? ', writer.expr(next.then), line, ': '] : ['?: ']));
    const otherwise = next.else;
    if (otherwise.kind !== 'conditional' || isParenthesised(writer.script, otherwise)) {
      rest.push(writer.expr(otherwise));
      return group(head, indented(...rest));
    }
    rest.push(writer.expr(otherwise.condition));
    next = otherwise;
  }
}
