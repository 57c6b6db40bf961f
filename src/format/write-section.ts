/** Sections of a script, in the order of the text: C as it is, the rest laid out anew. */

import type {
  AttachPoint,
  Config,
  FunctionDeclaration,
  Import,
  Macro,
  MacroParameter,
  MapDeclaration,
  Probe,
  Program,
} from '../parser/ast.ts';
import { group, line, separated, verbatim, type Doc } from './doc.ts';
import { resultItem } from './write-block-expression.ts';
import { apart, writeBlock, type Item } from './write-list.ts';
import { writePath, writeStatementBlock } from './write-statement.ts';
import { enclosed, type Writer } from './writer.ts';

export function sectionItems(writer: Writer, program: Program): readonly Item[] {
  const { definitions, config, imports, macros, functions, maps, probes } = program;
  const item = (kind: string, { span }: Pick<Program, 'span'>, write: () => Doc): Item => ({
    start: span.start,
    end: kind === 'C' ? span.end : writer.script.semicolonEnd(span.end),
    kind,
    write,
  });
  return [
    ...definitions.map((node) => item('C', node, () => verbatim(node.text))),
    ...(config ? [item(apart, config, () => writeConfig(writer, config))] : []),
    ...imports.map((node) => item('import', node, () => writeImport(writer, node))),
    ...macros.map((node) => item(apart, node, () => writeMacro(writer, node))),
    ...functions.map((node) => item(apart, node, () => writeFunction(writer, node))),
    ...maps.map((node) => item('map', node, () => writeMap(writer, node))),
    ...probes.map((node) => item(apart, node, () => writeProbe(writer, node))),
  ].sort((a, b) => a.start - b.start);
}

function writeConfig({ script, expr }: Writer, { entries, span }: Config): Doc {
  const items = entries.map(({ key, value }) => ({
    start: key.span.start,
    end: script.semicolonEnd(value.span.end),
    kind: 'entry',
    write: () => [key.text, ' = ', expr(value), ';'],
  }));
  const start = script.skip(script.skip(span.start + 'config'.length) + 1);
  return ['config = ', writeBlock(script, items, { start, end: span.end })];
}

function writeImport(writer: Writer, { path }: Import): Doc {
  return ['import ', writePath(writer, path), ';'];
}

const marks: Readonly<Record<MacroParameter['kind'], string>> = { variable: '$', map: '@', expression: '' };

function writeMacro(writer: Writer, { name, parameters, body }: Macro): Doc {
  const { script, item } = writer;
  const head: Doc = ['macro ', script.lead(name.span.start), name.text];
  const list = enclosed(
    script,
    '(',
    parameters.map((parameter) => [
      script.lead(parameter.name.span.start),
      marks[parameter.kind] + parameter.name.text,
    ]),
    script.closing((parameters.at(-1)?.name ?? name).span.end),
  );
  const items = [...body.statements.map(item), ...(body.result ? [resultItem(writer, body.result)] : [])];
  return [head, list, ' ', writeBlock(script, items, body.span)];
}

function writeFunction(writer: Writer, { name, parameters, returns, body }: FunctionDeclaration): Doc {
  const { script, type } = writer;
  const head: Doc = ['fn ', script.lead(name.span.start), name.text];
  const list = enclosed(
    script,
    '(',
    parameters.map((parameter) => [
      script.lead(parameter.name.span.start),
      `$${parameter.name.text}: `,
      type(parameter.type),
    ]),
    script.closing((parameters.at(-1)?.type ?? name).span.end),
  );
  return [head, list, ': ', type(returns), ' ', writeStatementBlock(writer, body)];
}

function writeMap({ script }: Writer, { name, mapKind, entries }: MapDeclaration): Doc {
  const lead = [name, mapKind, entries].map(({ span }) => script.lead(span.start));
  const number = script.slice(entries.span);
  return [
    'let ',
    lead[0] ?? '',
    `@${name.text} = `,
    lead[1] ?? '',
    `${mapKind.text}(`,
    lead[2] ?? '',
    number,
    ');',
  ];
}

/** On one line if it fits; else each attach point, the predicate and the brace have lines of their own. */
function writeProbe(writer: Writer, { attachPoints, predicate, body }: Probe): Doc {
  const points = attachPoints.map((point) => writeAttachPoint(writer, point));
  const condition = predicate ? [line, ...writePredicate(writer, predicate)] : [];
  return [group(separated([',', line], points), condition, line), writeStatementBlock(writer, body)];
}

function writeAttachPoint({ script }: Writer, { span }: AttachPoint): Doc {
  return [script.lead(span.start), script.slice(span)];
}

/** A slash and a star, or two slashes, would begin a comment. */
function writePredicate(
  { script, expr }: Writer,
  predicate: NonNullable<Probe['predicate']>,
): readonly Doc[] {
  const { start } = predicate.span;
  const space = script.hasCommentBefore(start) || script.text[start] === '*' ? ' ' : '';
  return ['/', space, expr(predicate), '/'];
}
