/** Surface trees in one line, for tests: (+ a (* b 2)). */

import { assertNever } from '../../src/base/assert.ts';
import { hasErrors } from '../../src/base/outcome.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import type { Block, Expr, Macro, Program, Statement, TypeOrExpr, TypeSyntax } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import { typeText as typeTextWith } from '../../src/parser/print-ast.ts';

/** The tree of a script that must be free of errors. */
export function parsed(text: string, parameters: readonly string[] = []): Program {
  const { value, diagnostics } = parse(sourceFile('test', text), { parameters });
  if (hasErrors(diagnostics))
    throw new Error(diagnostics.map(({ message }) => message).join('\n') + '\n' + text);
  return value;
}

/** The statements of `begin { … }`. */
export function statementsText(body: string): string {
  return parsed(`begin { ${body} }`)
    .probes.map((probe) => blockText(probe.body))
    .join(' ');
}

/** The expression of `begin { _ = …; }`. */
export function expressionOf(text: string): Expr {
  const statement = parsed(`begin { _ = ${text}; }`).probes[0]?.body.statements[0];
  if (statement?.kind !== 'discard') throw new Error(`no expression: ${text}`);
  return statement.value;
}

export function expressionText(text: string): string {
  return exprText(expressionOf(text));
}

/** All sections of a script, by kind. */
export function sectionsText(script: string): string {
  const { definitions, config, imports, macros, functions, maps, probes } = parsed(script);
  const entries = (config?.entries ?? []).map(({ key, value }) => `${key.text}=${exprText(value)}`);
  return [
    ...definitions.map(({ text }) => form('C', text)),
    ...(config ? [form('config', ...entries)] : []),
    ...imports.map(({ path }) => form('import', JSON.stringify(path.text))),
    ...macros.map(macroText),
    ...functions.map(({ name, parameters, returns, body }) =>
      form(
        'fn',
        name.text,
        ...parameters.map((parameter) => `$${parameter.name.text}:${typeText(parameter.type)}`),
        `:${typeText(returns)}`,
        blockText(body),
      ),
    ),
    ...maps.map(({ name, mapKind, entries: { value } }) =>
      form('map', `@${name.text}`, mapKind.text, String(value)),
    ),
    ...probes.map(({ attachPoints, body }) =>
      form('probe', attachPoints[0]?.provider.text ?? '', blockText(body)),
    ),
  ].join(' ');
}

function macroText({ name, parameters, body }: Macro): string {
  const marks = { variable: '$', map: '@', expression: '' };
  const names = parameters.map((parameter) => marks[parameter.kind] + parameter.name.text);
  const result = body.result ? `=> ${exprText(body.result)}` : '';
  return form('macro', name.text, ...names, blockText(body), result);
}

export function blockText(block: Block): string {
  return `{${block.statements.map(statementText).join(' ')}}`;
}

function form(...parts: readonly string[]): string {
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}

export function statementText(statement: Statement): string {
  switch (statement.kind) {
    case 'let':
      return form(
        'let',
        `$${statement.variable.text}`,
        statement.type ? `:${typeText(statement.type)}` : '',
        statement.value ? exprText(statement.value) : '',
      );
    case 'assign':
      return form(statement.op, exprText(statement.target), exprText(statement.value));
    case 'discard':
      return form('discard', exprText(statement.value));
    case 'expression':
      return exprText(statement.value);
    case 'if': {
      const otherwise = statement.else ? blockText(statement.else) : '';
      return form('if', exprText(statement.condition), blockText(statement.then), otherwise);
    }
    case 'unroll':
      return form('unroll', exprText(statement.count), blockText(statement.body));
    case 'for': {
      const { over, variable, body } = statement;
      const of =
        over.kind === 'map' ? exprText(over.map) : form('..', exprText(over.from), exprText(over.to));
      return form('for', `$${variable.text}`, of, blockText(body));
    }
    case 'while':
      return form('while', exprText(statement.condition), blockText(statement.body));
    case 'break':
    case 'continue':
      return form(statement.kind);
    case 'import':
      return form('import', JSON.stringify(statement.path.text));
    case 'return':
      return form('return', statement.value ? exprText(statement.value) : '');
    case 'block':
      return blockText(statement.body);
    default:
      return assertNever(statement);
  }
}

export function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'int':
    case 'bool':
      return String(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'identifier':
      return expr.name;
    case 'variable':
      return `$${expr.name}`;
    case 'map':
      return `@${expr.name}${expr.keys ? `[${expr.keys.map(exprText).join(', ')}]` : ''}`;
    case 'parameter':
      return `$${expr.index === 0 ? '#' : String(expr.index)}`;
    case 'unary':
      return form(expr.op, exprText(expr.operand));
    case 'step':
      return expr.prefix
        ? form(`${expr.op}_`, exprText(expr.target))
        : form(`_${expr.op}`, exprText(expr.target));
    case 'binary':
      return form(expr.op, exprText(expr.left), exprText(expr.right));
    case 'conditional':
      return form('?', exprText(expr.condition), expr.then ? exprText(expr.then) : '', exprText(expr.else));
    case 'cast':
      return form('cast', typeText(expr.type), exprText(expr.operand));
    case 'field':
      return form(`.${expr.name.text}`, exprText(expr.object));
    case 'index':
      return form('index', exprText(expr.object), exprText(expr.index));
    case 'call':
      return form('call', expr.callee.text, ...expr.args.map(exprText));
    case 'tuple':
      return form('tuple', ...expr.elements.map(exprText));
    case 'record':
      return form('record', ...expr.fields.map(({ name, value }) => `${name.text}=${exprText(value)}`));
    case 'block':
      return `{${[...expr.statements.map(statementText), `=> ${exprText(expr.result)}`].join(' ')}}`;
    case 'if':
      return form('if', exprText(expr.condition), exprText(expr.then), exprText(expr.else));
    case 'comptime':
      return form('comptime', exprText(expr.operand));
    case 'sizeof':
    case 'typeinfo':
      return form(expr.kind, operandText(expr.of));
    case 'offsetof':
      return form('offsetof', operandText(expr.of), expr.path.map(({ text }) => text).join('.'));
    case 'type':
      return form('type', typeText(expr.type));
    case 'error':
      return '(error)';
    default:
      return assertNever(expr);
  }
}

function operandText(of: TypeOrExpr): string {
  return 'type' in of ? typeText(of.type) : exprText(of.expr);
}

function typeText(type: TypeSyntax): string {
  return typeTextWith(type, exprText);
}
