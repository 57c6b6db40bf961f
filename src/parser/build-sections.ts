/** Sections of a script (C, config, imports, macros, functions, maps, probes) to a program, and what is wrong with their order. */

import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type {
  CDefinition,
  Config,
  FunctionDeclaration,
  Import,
  Macro,
  MacroParameter,
  MapDeclaration,
  Probe,
  Program,
} from './ast.ts';
import { integerOf, nameOf, spanOf, unmarkedName, type BuildContext } from './build-ast.ts';
import { definitionBrace, scanBraces } from './scan-c.ts';
import * as errors from './section-errors.ts';
import { Identifier, Variable } from './tokens.ts';

/** What a script is made of, in the order of the text. */
export type Section =
  | { readonly kind: 'definition'; readonly node: CDefinition }
  | { readonly kind: 'config'; readonly node: Config }
  | { readonly kind: 'import'; readonly node: Import }
  | { readonly kind: 'macro'; readonly node: Macro }
  | { readonly kind: 'function'; readonly node: FunctionDeclaration }
  | { readonly kind: 'map'; readonly node: MapDeclaration }
  | { readonly kind: 'probe'; readonly node: Probe };

/** Sections by kind. Of several config blocks the first counts. */
export function programOf(
  sections: readonly Section[],
  innerImports: readonly Import[],
  span: Span,
): Program {
  const config = sections.find((section) => section.kind === 'config')?.node;
  return {
    definitions: sections.flatMap((section) => (section.kind === 'definition' ? section.node : [])),
    ...(config && { config }),
    imports: sections.flatMap((section) => (section.kind === 'import' ? section.node : [])),
    innerImports,
    macros: sections.flatMap((section) => (section.kind === 'macro' ? section.node : [])),
    functions: sections.flatMap((section) => (section.kind === 'function' ? section.node : [])),
    maps: sections.flatMap((section) => (section.kind === 'map' ? section.node : [])),
    probes: sections.flatMap((section) => (section.kind === 'probe' ? section.node : [])),
    span,
  };
}

/** C definitions come first, then the config block and imports, then all else (b.1). */
const stages: Readonly<Record<Section['kind'], number>> = {
  definition: 0,
  config: 1,
  import: 1,
  macro: 2,
  function: 2,
  map: 2,
  probe: 2,
};

/** The first section of each kind that stands behind one that it must precede, and each config block after the first. */
export function orderProblems(sections: readonly Section[]): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const told = new Set<Section['kind']>();
  const [firstConfig] = sections.filter(({ kind }) => kind === 'config');
  const first: (Section | undefined)[] = [];
  for (const section of sections) {
    const { kind } = section;
    const stage = stages[kind];
    const later = first.slice(stage + 1).find((other) => other !== undefined);
    if (firstConfig && kind === 'config' && section !== firstConfig) {
      problems.push(errors.secondConfig(headOf(section), headOf(firstConfig)));
    } else if (later && !told.has(kind)) {
      told.add(kind);
      problems.push(errors.misplacedSection(kind, headOf(section), headOf(later)));
    }
    first[stage] ??= section;
  }
  return problems;
}

/** The part that an error points at: a line at most. */
function headOf({ kind, node }: Section): Span {
  const { span } = node;
  switch (kind) {
    case 'definition':
      return { ...span, end: span.start + (node.text.split('\n', 1)[0] ?? '').length };
    case 'config':
      return { ...span, end: span.start + 'config'.length };
    case 'import':
      return span;
    case 'macro':
    case 'function':
    case 'map':
      return node.name.span;
    case 'probe':
      return node.attachPoints[0]?.span ?? span;
  }
}

// Parts of sections ----------------------------------------------------------------------------------------------

/** A preprocessor line or a definition. What isn't closed reaches to the end of the text. */
export function cDefinition(context: BuildContext, token: IToken): CDefinition {
  const text = token.image.trimEnd();
  const span = { ...spanOf(context, token), end: token.startOffset + text.length };
  if (!text.startsWith('#')) checkDefinition(context, text, span);
  return { text, span };
}

function checkDefinition({ report }: BuildContext, text: string, span: Span): void {
  const brace = definitionBrace(text);
  if (brace !== undefined && !scanBraces(text, brace).closed) {
    const start = span.start + brace;
    report.add([errors.unclosedDefinition({ ...span, start, end: start + 1 }, { ...span, start: span.end })]);
  } else if (!text.endsWith(';')) {
    if (text.startsWith('typedef')) report.add([errors.unendedTypedef({ ...span, start: span.end })]);
    else if (brace === undefined) report.add([errors.noDefinition(text, span)]);
  }
}

/** $v, @m, name. */
export function macroParameter(context: BuildContext, token: IToken): MacroParameter {
  if (token.tokenType === Identifier) return { kind: 'expression', name: nameOf(context, token) };
  const kind = token.tokenType === Variable ? 'variable' : 'map';
  return { kind, name: unmarkedName(context, token) };
}

/** The number of entries in let @x = hash(10). */
export function entries(context: BuildContext, token: IToken): MapDeclaration['entries'] | undefined {
  const value = integerOf(context, token);
  const span = spanOf(context, token);
  if (value === undefined || value > 0n) return value === undefined ? undefined : { value, span };
  context.report.error('bad-number', 'A map has at least one entry', span, {
    hints: ['Write how many keys it may hold: let @x = hash(1024);'],
  });
  return undefined;
}
