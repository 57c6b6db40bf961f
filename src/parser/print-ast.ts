/** The surface tree as an indented list, for `-d ast` and for people who read it. Never parsed by anything. */

import { assertNever } from '../base/assert.ts';
import type {
  AttachPoint,
  Block,
  Config,
  Expr,
  FunctionDeclaration,
  Macro,
  MacroParameter,
  Program,
  Statement,
  TypeOrExpr,
  TypeSyntax,
} from './ast.ts';

/** A line of the list and what stands under it. */
interface Line {
  readonly text: string;
  readonly children: readonly Line[];
}

export function printAst(program: Program): string {
  const { definitions, config, imports, macros, functions, maps, probes } = program;
  const sections = [
    ...definitions.map(({ text }) => line(`C ${JSON.stringify(text)}`)),
    ...(config ? [configLine(config)] : []),
    ...imports.map(({ path }) => line(`import ${JSON.stringify(path.text)}`)),
    ...macros.map(macroLine),
    ...functions.map(functionLine),
    ...maps.map(({ name, mapKind, entries }) =>
      line(`let @${name.text} = ${mapKind.text}(${String(entries.value)})`),
    ),
    ...probes.map(probeLine),
  ];
  return render(line('program', sections), '').join('\n') + '\n';
}

function configLine({ entries }: Config): Line {
  return line(
    'config',
    entries.map(({ key, value }) => line(key.text, [expressionLine(value)])),
  );
}

const marks: Readonly<Record<MacroParameter['kind'], string>> = { variable: '$', map: '@', expression: '' };

function macroLine({ name, parameters, body }: Macro): Line {
  const list = parameters.map((parameter) => marks[parameter.kind] + parameter.name.text).join(', ');
  return line(`macro ${name.text}(${list})`, [
    blockLine('body', body),
    ...(body.result ? [line('result', [expressionLine(body.result)])] : []),
  ]);
}

function functionLine({ name, parameters, returns, body }: FunctionDeclaration): Line {
  const list = parameters.map((parameter) => `$${parameter.name.text}: ${typeText(parameter.type)}`);
  return line(`fn ${name.text}(${list.join(', ')}): ${typeText(returns)}`, [blockLine('body', body)]);
}

function probeLine({ attachPoints, predicate, body }: Program['probes'][number]): Line {
  return line('probe', [
    ...attachPoints.map((point) => line(attachPointText(point))),
    ...(predicate ? [line('predicate', [expressionLine(predicate)])] : []),
    blockLine('body', body),
  ]);
}

function render(top: Line, indent: string): readonly string[] {
  return [indent + top.text, ...top.children.flatMap((child) => render(child, indent + '  '))];
}

function line(text: string, children: readonly Line[] = []): Line {
  return { text, children };
}

function attachPointText(point: AttachPoint): string {
  const quoted = (text: string): string => (/[:"\s]/.test(text) ? JSON.stringify(text) : text);
  const label = point.label ? `${point.label.text}=` : '';
  return [`attach ${label}${point.provider.text}`, ...point.parts.map((part) => quoted(part.text))].join(':');
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
    case 'for':
      return line(`for $${statement.variable.text}`, [
        statement.over.kind === 'map'
          ? expressionLine(statement.over.map)
          : line('range', [statement.over.from, statement.over.to].map(expressionLine)),
        blockLine('body', statement.body),
      ]);
    case 'while':
      return line('while', [expressionLine(statement.condition), blockLine('body', statement.body)]);
    case 'break':
    case 'continue':
      return line(statement.kind);
    case 'import':
      return line(`import ${JSON.stringify(statement.path.text)}`);
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
    case 'record':
      return line(
        'record',
        expr.fields.map(({ name, value }) => line(name.text, [expressionLine(value)])),
      );
    case 'block':
      return line('block', [
        ...expr.statements.map(statementLine),
        line('result', [expressionLine(expr.result)]),
      ]);
    case 'if':
      return line('if', [
        expressionLine(expr.condition),
        line('then', [expressionLine(expr.then)]),
        line('else', [expressionLine(expr.else)]),
      ]);
    case 'comptime':
      return line('comptime', [expressionLine(expr.operand)]);
    case 'sizeof':
    case 'typeinfo':
      return operandLine(expr.kind, expr.of);
    case 'offsetof':
      return operandLine(`offsetof ${expr.path.map(({ text }) => text).join('.')}`, expr.of);
    case 'type':
      return line(`type ${typeText(expr.type)}`);
    case 'error':
      return line('(could not be read)');
    default:
      return assertNever(expr);
  }
}

function operandLine(text: string, of: TypeOrExpr): Line {
  return 'type' in of ? line(`${text} (${typeText(of.type)})`) : line(text, [expressionLine(of.expr)]);
}

/** On one line: .b(name a) */
function inline({ text, children }: Line): string {
  return children.length === 0 ? text : `${text}(${children.map(inline).join(', ')})`;
}

/** A type as it would be written; `exprText` gives what stands inside typeof. */
export function typeText(
  type: TypeSyntax,
  exprText: (expr: Expr) => string = (expr) => inline(expressionLine(expr)),
): string {
  const inner = (of: TypeSyntax): string => typeText(of, exprText);
  switch (type.kind) {
    case 'named':
      return type.name;
    case 'tagged':
      return `${type.keyword} ${type.name}`;
    case 'pointer':
      return `${inner(type.to)} *`;
    case 'array':
      return `${inner(type.of)}[${type.length === undefined ? '' : type.length.toString()}]`;
    case 'typeof':
      return `typeof(${'type' in type.of ? inner(type.of.type) : exprText(type.of.expr)})`;
    default:
      return assertNever(type);
  }
}
