/** The wording of syntax errors. Each function makes the diagnostic for one kind of mistake; the grammar decides which. */

import { tokenMatcher, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import { diagnostic, type Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import {
  AngleClose,
  AngleOpen,
  BinaryOperator,
  Colon,
  Else,
  Identifier,
  Integer,
  PredicateClose,
  Target,
  Variable,
  Word,
} from './tokens.ts';

/** Thrown by the grammar to leave a rule; caught where parsing can go on. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly diagnostic: Diagnostic;

  constructor(problem: Diagnostic) {
    super(problem.message);
    this.diagnostic = problem;
  }
}

/** Syntax of the whole language that this version doesn't take, by the word that begins it. */
const unsupportedWords: Readonly<Record<string, string>> = {
  for: 'for loops',
  while: 'while loops',
  break: "'break'",
  continue: "'continue'",
  comptime: 'comptime expressions',
  typeof: "'typeof'",
  typeinfo: "'typeinfo'",
  offsetof: "'offsetof'",
  import: 'imports',
  macro: 'macros',
  fn: 'functions',
  config: 'the config record',
};

const unsupportedHints: Readonly<Record<string, string>> = {
  'for loops': 'unroll (N) { … } repeats a block a fixed number of times.',
  'while loops': 'unroll (N) { … } repeats a block a fixed number of times.',
};

/** What a reserved word begins that this version lacks; undefined for all other tokens. */
export function unsupportedConstruct(token: IToken): string | undefined {
  if (token.tokenType === Identifier || !tokenMatcher(token, Word)) return undefined;
  return unsupportedWords[token.image];
}

export function unsupported(construct: string, span: Span): Diagnostic {
  const verb = construct.startsWith("'") || construct.startsWith('the ') ? "isn't" : "aren't";
  const message = `${upperFirst(construct)} ${verb} supported by this version of tstrace`;
  const hint = unsupportedHints[construct];
  return diagnostic(
    'error',
    'unsupported-syntax',
    message,
    span,
    hint === undefined ? {} : { hints: [hint] },
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Between probes -------------------------------------------------------------------------------------------------

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

/** After if, else or unroll: the block that must follow. */
export function missingInnerBlock(previous: IToken, token: IToken, span: Span): Diagnostic {
  const message = `Expected a block after ${describe(previous)}, but found ${describe(token)}`;
  const unary = 'A condition without parentheses ends at its first operator: put parentheses around it.';
  const hints = [
    ...(previous.tokenType === Else ? ["After 'else' comes a block in braces or another 'if'."] : []),
    ...(tokenMatcher(token, BinaryOperator) ? [unary] : []),
  ];
  return diagnostic('error', 'missing-block', message, span, { hints });
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

// Blocks and statements ------------------------------------------------------------------------------------------

export function unclosedBlock(open: IToken, openSpan: Span, span: Span, nextProbe?: Span): Diagnostic {
  const mark = open.tokenType === AngleOpen ? '>' : '}';
  return diagnostic('error', 'unclosed-block', `This block is never closed: '${mark}' is missing`, span, {
    labels: [
      { span: openSpan, text: 'the block begins here' },
      ...(nextProbe ? [{ span: nextProbe, text: 'this looks like the next probe' }] : []),
    ],
    hints: open.tokenType === AngleOpen ? ["The '>' that closes the block stands after ';' or '}'."] : [],
  });
}

export function wrongClosing(open: IToken, openSpan: Span, token: IToken, span: Span): Diagnostic {
  const closing = open.tokenType === AngleOpen ? '>' : '}';
  const message = `A block that begins with '${open.image}' ends with '${closing}', not with ${describe(token)}`;
  return diagnostic('error', 'unexpected-token', message, span, {
    labels: [{ span: openSpan, text: 'the block begins here' }],
  });
}

export function missingSemicolon(span: Span): Diagnostic {
  return diagnostic('error', 'missing-semicolon', "';' is missing after this statement", span);
}

/** `< … >` needs the semicolon even before its end, or the `>` would compare. */
export function missingSemicolonInAngles(span: Span): Diagnostic {
  return diagnostic(
    'error',
    'missing-semicolon',
    "';' is missing before the '>' that closes the block",
    span,
    {
      hints: ['Between angle brackets every statement ends in ; or }, since > would compare otherwise.'],
    },
  );
}

export function unexpectedStatement(token: IToken, span: Span): Diagnostic {
  if (token.tokenType === Else) {
    return diagnostic('error', 'unexpected-token', "There is no 'if' before this 'else'", span);
  }
  return diagnostic('error', 'unexpected-token', `Expected a statement, but found ${describe(token)}`, span);
}

export function tooDeeplyNested(what: string, limit: number, span: Span): Diagnostic {
  return diagnostic('error', 'too-deeply-nested', `${what} more than ${String(limit)} levels deep`, span, {
    hints: ['Split it with the help of variables.'],
  });
}

// Expressions ----------------------------------------------------------------------------------------------------

export function missingExpression(token: IToken, previous: IToken, span: Span): Diagnostic {
  const message = `Expected an expression after ${describe(previous)}, but found ${describe(token)}`;
  const reserved = token.tokenType !== Identifier && tokenMatcher(token, Word);
  const hints = reserved ? [`'${token.image}' is a reserved word; it can't name a value.`] : [];
  return diagnostic('error', 'missing-expression', message, span, { hints });
}

/** Any other token that doesn't belong where it stands. */
export function unexpected(
  expected: string,
  token: IToken,
  span: Span,
  hints: readonly string[] = [],
): Diagnostic {
  return diagnostic('error', 'unexpected-token', `Expected ${expected}, but found ${describe(token)}`, span, {
    hints,
  });
}

/** A token in a message. Long ones are cut. */
export function describe(token: IToken): string {
  return token.image === '' ? 'the end of the script' : quoted(token.image);
}

function quoted(image: string): string {
  const line = image.split('\n', 1)[0] ?? '';
  return `'${line.length > 30 ? line.slice(0, 30) + '…' : line}'`;
}

const typeNames = new Map<TokenType, string>([
  [Identifier, 'a name'],
  [Variable, 'a variable ($x)'],
  [Integer, 'a number'],
  [Word, 'a name'],
  [Colon, "':'"],
  [AngleClose, "'>'"],
  [PredicateClose, "'/'"],
]);

/** A token type in a message. */
function describeType(type: TokenType): string {
  const known = typeNames.get(type);
  if (known !== undefined) return known;
  return typeof type.PATTERN === 'string' ? `'${type.PATTERN}'` : type.name;
}

/**
 * What chevrotain is to put in its own exceptions: only the name of what it expected, from which the grammar makes a
 * diagnostic. (The default texts are not for users, and listing all alternatives takes long.)
 */
export const expectationOnly: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => describeType(expected),
  buildNotAllInputParsedMessage: () => 'the end of the script',
  buildNoViableAltMessage: () => 'something else',
  buildEarlyExitMessage: () => 'something more',
};
