/** The wording of syntax errors between probes: sections, their order and heads, attach points, predicates. */

import { tokenMatcher, type IToken } from 'chevrotain';
import { diagnostic, type Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Section } from './build-sections.ts';
import { Target } from './section-tokens.ts';
import { describe, quoted } from './syntax-errors.ts';
import { Variable } from './tokens.ts';

// Sections -------------------------------------------------------------------------------------------------------

const sectionNames: Readonly<Record<Section['kind'], string>> = {
  definition: 'C definitions',
  config: 'The config block',
  import: 'Imports',
  macro: 'Macros',
  function: 'Functions',
  map: 'Map declarations',
  probe: 'Probes',
};

const order =
  'A script begins with C definitions; then come config and imports; then macros, functions, maps and probes.';

/** `later` is the section before which it must stand. */
export function misplacedSection(kind: Section['kind'], span: Span, later: Span): Diagnostic {
  const verb = kind === 'config' ? 'stands' : 'stand';
  const message = `${sectionNames[kind]} ${verb} further up in a script`;
  return diagnostic('error', 'misplaced-section', message, span, {
    labels: [{ span: later, text: 'it must stand before this' }],
    hints: [order],
  });
}

export function secondConfig(span: Span, first: Span): Diagnostic {
  return diagnostic('error', 'duplicate-config', 'A script has only one config block', span, {
    labels: [{ span: first, text: 'the first is here' }],
    hints: ['Put all settings into one.'],
  });
}

/** struct, union or enum, and then neither a name and a brace nor a semicolon. */
export function noDefinition(text: string, span: Span): Diagnostic {
  const message = `Expected '{' after ${quoted(text)}`;
  return diagnostic('error', 'unexpected-token', message, span, {
    hints: ['Types are defined as in C: struct point { int x; int y; };'],
  });
}

export function unendedTypedef(end: Span): Diagnostic {
  return diagnostic('error', 'missing-semicolon', "Expected ';' after the typedef", end, {
    hints: ['Types are named as in C: typedef struct { int x; } point;'],
  });
}

export function unclosedDefinition(open: Span, end: Span): Diagnostic {
  return diagnostic('error', 'unclosed-block', "This definition is never closed: '}' is missing", end, {
    labels: [{ span: open, text: 'it begins here' }],
  });
}

/** let between probes, of something else than a map. */
export function onlyMapsDeclared(token: IToken, span: Span): Diagnostic {
  const variable = tokenMatcher(token, Variable);
  const message = `Between probes only maps are declared, but found ${describe(token)}`;
  return diagnostic('error', 'unexpected-token', message, span, {
    hints: [
      variable ? 'Variables live in a block; what probes share is a map.' : 'Write let @name = hash(1024);',
    ],
  });
}

/** A macro needs its parentheses (decision 13). */
export function missingMacroParameters(name: IToken, span: Span): Diagnostic {
  return diagnostic('error', 'unexpected-token', `Expected '(' after the name of a macro`, span, {
    hints: [`A macro without parameters has empty parentheses: macro ${name.image}() { … }`],
  });
}

// Probes ---------------------------------------------------------------------------------------------------------

export function missingAttachPoint(token: IToken, span: Span): Diagnostic {
  const message = `An attach point should stand before ${describe(token)}`;
  return diagnostic('error', 'missing-attach-point', message, span, {
    hints: ['Say what to trace: kprobe:vfs_read { … }, interval:s:1 { … }, begin { … }.'],
  });
}

/** An attach point at a span of the text, and nothing to do there. */
export function missingBlock(span: Span, text: string): Diagnostic {
  const message = `${quoted(text.slice(span.start, span.end))} has no block`;
  return diagnostic('error', 'missing-block', message, span, {
    hints: ['A block in braces says what to do: { … }.'],
  });
}

/** Something between an attach point and its block. `previous` is the attach point. */
export function unexpectedInHeader(token: IToken, previous: IToken, span: Span): Diagnostic {
  const message = `Expected ',', a predicate or a block after the attach point, but found ${describe(token)}`;
  const slash = previous.tokenType === Target && previous.image.includes('/');
  const hints = [
    ...(slash ? ['A blank must stand before a predicate: kprobe:f /pid == 1/ { … }.'] : []),
    ...(!slash && token.tokenType === Target
      ? ['Attach points are separated by commas and contain no blanks.']
      : []),
  ];
  return diagnostic('error', 'unexpected-token', message, span, { hints });
}

export function strayMark(token: IToken, span: Span): Diagnostic {
  const closes = token.image === '}' || token.image === '>';
  const message = closes
    ? `'${token.image}' closes nothing here`
    : `Expected a probe, but found ${describe(token)}`;
  const hints = closes ? ['All blocks before it are closed already.'] : [];
  return diagnostic('error', 'unexpected-token', message, span, { hints });
}

export function unclosedPredicate(open: Span, span: Span): Diagnostic {
  return diagnostic('error', 'unclosed-predicate', "The predicate isn't closed before the block", span, {
    labels: [{ span: open, text: 'the predicate begins here' }],
    hints: ["Put '/' right before the block: /pid == 1/ { … }."],
  });
}
