/** The surface tree as an indented list, for `-d ast` and for people who read it. Never parsed by anything. */

import { assertNever } from '../base/assert.ts';
import type { AttachPoint, Block, Expr, Program, Statement, TypeSyntax } from './ast.ts';

/** A line of the list and what stands under it. */
interface Line {
  readonly text: string;
  readonly children: readonly Line[];
}

export function printAst(program: Program): string {
  const probes = program.probes.map((probe) =>
    line('probe', [
      ...probe.attachPoints.map((point) => line(attachPointText(point))),
      ...(probe.predicate ? [line('predicate', [expressionLine(probe.predicate)])] : []),
      blockLine('body', probe.body),
    ]),
  );
  return render(line('program', probes), '').join('\n') + '\n';
}

function render(top: Line, indent: string): readonly string[] {
  return [indent + top.text, ...top.children.flatMap((child) => render(child, indent + '  '))];
}

function line(text: string, children: readonly Line[] = []): Line {
  return { text, children };
}

function attachPointText(point: AttachPoint): string {
  const quoted = (text: string): string => (/[:"\s]/.test(text) ? JSON.stringify(text) : text);
  return ['attach ' + point.provider.text, ...point.parts.map((part) => quoted(part.text))].join(':');
}

function blockLine(text: string, block: Block): Line {
  return line(text, block.statements.map(statementLine));
}

function statementLine(statement: Statement): Line {
  switch (statement.kind) {
    case 'let': {
      const type = statement.type ? `: ${typeText(statement.type)}` : '';
      return line(
        `let $${statement.variable.text}${type}`,
        statement.value ? [expressionLine(statement.value)] : [],
      );
    }
    case 'assign':
      return line(statement.op, [expressionLine(statement.target), expressionLine(statement.value)]);
    case 'discard':
      return line('discard', [expressionLine(statement.value)]);
    case 'expression':
      return expressionLine(statement.value);
    case 'if':
      return line('if', [
        expressionLine(statement.condition),
        blockLine('then', statement.then),
        ...(statement.else ? [blockLine('else', statement.else)] : []),
      ]);
    case 'unroll':
      return line('unroll', [expressionLine(statement.count), blockLine('body', statement.body)]);
    case 'return':
      return line('return', statement.value ? [expressionLine(statement.value)] : []);
    case 'block':
      return blockLine('block', statement.body);
    default:
      return assertNever(statement);
  }
}

function expressionLine(expr: Expr): Line {
  switch (expr.kind) {
    case 'int':
    case 'bool':
      return line(`${expr.kind} ${String(expr.value)}`);
    case 'string':
      return line(`string ${JSON.stringify(expr.value)}`);
    case 'identifier':
      return line(`name ${expr.name}`);
    case 'variable':
      return line(`$${expr.name}`);
    case 'map':
      return line(`@${expr.name}`, expr.keys ? [line('keys', expr.keys.map(expressionLine))] : []);
    case 'parameter':
      return line(expr.index === 0 ? '$#' : `$${String(expr.index)}`);
    case 'unary':
      return line(`unary ${expr.op}`, [expressionLine(expr.operand)]);
    case 'step':
      return line(`${expr.prefix ? 'prefix' : 'postfix'} ${expr.op}`, [expressionLine(expr.target)]);
    case 'binary':
      return line(expr.op, [expressionLine(expr.left), expressionLine(expr.right)]);
    case 'conditional':
      return line(
        expr.then ? '? :' : '?:',
        [expr.condition, ...(expr.then ? [expr.then] : []), expr.else].map(expressionLine),
      );
    case 'cast':
      return line(`cast (${typeText(expr.type)})`, [expressionLine(expr.operand)]);
    case 'field':
      return line(`.${expr.name.text}`, [expressionLine(expr.object)]);
    case 'index':
      return line('index', [expressionLine(expr.object), expressionLine(expr.index)]);
    case 'call':
      return line(`call ${expr.callee.text}`, expr.args.map(expressionLine));
    case 'tuple':
      return line('tuple', expr.elements.map(expressionLine));
    case 'sizeof':
      return 'type' in expr.of
        ? line(`sizeof (${typeText(expr.of.type)})`)
        : line('sizeof', [expressionLine(expr.of.expr)]);
    case 'error':
      return line('(could not be read)');
    default:
      return assertNever(expr);
  }
}

/** A type as it would be written. */
export function typeText(type: TypeSyntax): string {
  switch (type.kind) {
    case 'named':
      return type.name;
    case 'tagged':
      return `${type.keyword} ${type.name}`;
    case 'pointer':
      return `${typeText(type.to)} *`;
    case 'array':
      return `${typeText(type.of)}[${type.length === undefined ? '' : type.length.toString()}]`;
    default:
      return assertNever(type);
  }
}
