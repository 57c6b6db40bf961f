/** The typed tree as text, for -d types: every expression with its type, every conversion visible. */

import { typeName } from '../types/type-name.ts';
import type {
  TypedArgument,
  TypedExpr,
  TypedFunction,
  TypedProgram,
  TypedStatement,
  TypedTarget,
} from './typed-tree.ts';

export function printTypes(program: TypedProgram): string {
  const maps = program.maps.map(
    (map) =>
      `${map.name}[${map.key.map(typeName).join(', ')}] ${typeName(map.value)} ${map.type} ${map.entriesMax}\n`,
  );
  const probes = program.probes.map(
    ({ name, info, predicate, body, functions }) =>
      `${name} (${info.name})\n${predicate ? `  predicate ${printExpr(predicate)}\n` : ''}${printStatements(body, '  ')}${functions.map(printFunction).join('')}`,
  );
  return [...maps, ...probes].join('');
}

function printFunction({ name, parameters, returns, body }: TypedFunction): string {
  const given = parameters.map((parameter) => `$${parameter.name}: ${typeName(parameter.type)}`).join(', ');
  return `  fn ${name}(${given}): ${typeName(returns)}\n${printStatements(body, '    ')}`;
}

const printStatements = (statements: readonly TypedStatement[], indent: string): string =>
  statements.map((statement) => printStatement(statement, indent)).join('');

function printStatement(statement: TypedStatement, indent: string): string {
  const inner = `${indent}  `;
  switch (statement.kind) {
    case 'declare':
      return `${indent}let $${statement.variable.name}: ${typeName(statement.variable.type)}\n`;
    case 'assign':
      return `${indent}${printTarget(statement.target)} = ${printExpr(statement.value)}\n`;
    case 'update':
      return `${indent}${printTarget(statement.target)} ${statement.op}= ${printExpr(statement.value)}${statement.signed ? '' : ' unsigned'}\n`;
    case 'aggregate':
      return `${indent}${printPlace(statement.map.name, statement.key)} = ${statement.definition.name}(${printArgs(statement.args)})\n`;
    case 'evaluate':
      return `${indent}${printExpr(statement.value)}\n`;
    case 'if':
      return [
        `${indent}if ${printExpr(statement.condition)}\n`,
        printStatements(statement.then, inner),
        statement.else.length > 0 ? `${indent}else\n${printStatements(statement.else, inner)}` : '',
      ].join('');
    case 'block':
      return `${indent}block\n${printStatements(statement.body, inner)}`;
    case 'unroll':
      return `${indent}unroll ${statement.times}\n${printStatements(statement.body, inner)}`;
    case 'for-range':
      return `${indent}for $${statement.variable.name}: ${printExpr(statement.from)} .. ${printExpr(statement.to)}\n${printStatements(statement.body, inner)}`;
    case 'for-map':
      return `${indent}for $${statement.variable.name}: ${typeName(statement.variable.type)} of ${statement.map.name}\n${printStatements(statement.body, inner)}`;
    case 'while':
      return `${indent}while ${printExpr(statement.condition)}\n${printStatements(statement.body, inner)}`;
    case 'break':
    case 'continue':
      return `${indent}${statement.kind}\n`;
    case 'return':
      return `${indent}return${statement.value ? ` ${printExpr(statement.value)}` : ''}\n`;
  }
}

const printTarget = (target: TypedTarget): string =>
  target.kind === 'variable' ? `$${target.variable.name}` : printPlace(target.map.name, target.key);

const printPlace = (name: string, key: TypedExpr | undefined): string =>
  key ? `${name}[${printExpr(key)}]` : name;

const printArgs = (args: readonly TypedArgument[]): string => args.map(printArg).join(', ');

function printArg({ expr, keyword, map }: TypedArgument): string {
  if (expr) return printExpr(expr);
  const element: TypedArgument | undefined = map?.element;
  return map ? printPlace(map.name, element?.expr) : (keyword ?? '');
}

/** value:type; what is made of others in parentheses. */
export function printExpr(expr: TypedExpr): string {
  return `${printBare(expr)}:${typeName(expr.type)}`;
}

const printElement = (element: TypedExpr, name: string | undefined): string =>
  name === undefined ? printExpr(element) : `${name}=${printExpr(element)}`;

const printBits = (bits: Extract<TypedExpr, { kind: 'load' }>['bits']): string =>
  bits ? ` bits ${bits.start}+${bits.width}` : '';

function printBare(expr: TypedExpr): string {
  switch (expr.kind) {
    case 'constant':
      return String(expr.value);
    case 'text':
      return JSON.stringify(expr.value);
    case 'variable':
      return `$${expr.variable.name}`;
    case 'variable-address':
      return `(&$${expr.variable.name})`;
    case 'map-address':
      return `(&${expr.map.name})`;
    case 'map-get':
    case 'aggregate-get':
      return printPlace(expr.map.name, expr.key);
    case 'unary':
      return `(${expr.op}${printExpr(expr.operand)})`;
    case 'not':
      return `(!${printExpr(expr.operand)})`;
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return `(${printExpr(expr.left)} ${expr.op} ${printExpr(expr.right)})`;
    case 'conditional':
      return `(${printExpr(expr.condition)} ? ${printExpr(expr.then)} : ${printExpr(expr.else)})`;
    case 'elvis':
      return `(${printExpr(expr.value)} ?: ${printExpr(expr.else)})`;
    case 'tuple':
      return `(${expr.elements.map((element, index) => printElement(element, expr.type.names?.[index])).join(', ')})`;
    case 'element':
      return `${printExpr(expr.tuple)}.${expr.index}`;
    case 'part':
      return `part(${printExpr(expr.whole)} + ${expr.offset}${printBits(expr.bits)})`;
    case 'array-element':
      return `${printExpr(expr.array)}[${printExpr(expr.index)}]`;
    case 'load':
      return `load(${printExpr(expr.pointer)} + ${expr.offset}${printBits(expr.bits)})`;
    case 'advance':
      return `(${printExpr(expr.pointer)} + ${printExpr(expr.count)} * ${expr.stride})`;
    case 'convert':
      return `convert(${printExpr(expr.operand)})`;
    case 'step':
      return expr.prefix
        ? `(${expr.delta > 0 ? '++' : '--'}${printTarget(expr.target)})`
        : `(${printTarget(expr.target)}${expr.delta > 0 ? '++' : '--'})`;
    case 'builtin':
      return expr.definition.name;
    case 'call':
      return `${expr.definition.name}(${printArgs(expr.args)})`;
    case 'invoke':
      return `${expr.function}(${expr.args.map(printExpr).join(', ')})`;
    case 'external':
      return `${expr.function.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'block':
      return `{\n${printStatements(expr.body, '    ')}    ${printExpr(expr.result)} }`;
  }
}
