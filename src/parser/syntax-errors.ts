/**
 * The wording of syntax errors in blocks and expressions (those between probes: section-errors.ts). Each function makes the
 * diagnostic for one kind of mistake; the grammar decides which.
 */

import { tokenMatcher, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import { diagnostic, type Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { NoValue } from './build-block.ts';
import { AngleClose, AngleOpen, PredicateClose } from './section-tokens.ts';
import {
  BinaryOperator,
  BraceOpen,
  Colon,
  Else,
  Identifier,
  Integer,
  MapName,
  SectionKeyword,
  StringLiteral,
  TagKeyword,
  Typeof,
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

// Blocks and statements ------------------------------------------------------------------------------------------

export function unclosedBlock(open: IToken, openSpan: Span, span: Span, nextProbe?: Span): Diagnostic {
  const mark = open.tokenType === AngleOpen ? '>' : '}';
  return diagnostic('error', 'unclosed-block', `This block is never closed: '${mark}' is missing`, span, {
    labels: [
      { span: openSpan, text: 'the block begins here' },
      ...(nextProbe ? [{ span: nextProbe, text: 'this looks like the next probe' }] : []),
    ],
    hints: [
      open.tokenType === AngleOpen
        ? "The '>' that closes the block stands after ';' or '}'."
        : "Put '}' where the block ends; every '{' has one.",
    ],
  });
}

/** After if, else, a loop's head or a section's: the block that must follow. */
export function missingInnerBlock(previous: IToken, token: IToken, span: Span): Diagnostic {
  const message = `Expected a block after ${describe(previous)}, but found ${describe(token)}`;
  const unary =
    'Without parentheses, a condition or bound ends at its first operator: put parentheses around it.';
  const hints = [
    ...(previous.tokenType === Else ? ["After 'else' comes a block in braces or another 'if'."] : []),
    ...(tokenMatcher(token, BinaryOperator) ? [unary] : []),
  ];
  return diagnostic('error', 'missing-block', message, span, { hints });
}

export function wrongClosing(open: IToken, openSpan: Span, token: IToken, span: Span): Diagnostic {
  const closing = open.tokenType === AngleOpen ? '>' : '}';
  const message = `A block that begins with '${open.image}' ends with '${closing}', not with ${describe(token)}`;
  return diagnostic('error', 'unexpected-token', message, span, {
    labels: [{ span: openSpan, text: 'the block begins here' }],
  });
}

export function missingSemicolon(span: Span): Diagnostic {
  return diagnostic('error', 'missing-semicolon', "';' is missing after this statement", span, {
    hints: ["Statements end in ';'; only the last of a block may lack it."],
  });
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
  const hints = tokenMatcher(token, SectionKeyword)
    ? [`A section that begins with '${token.image}' stands between probes, not inside a block.`]
    : [];
  const message = `Expected a statement, but found ${describe(token)}`;
  return diagnostic('error', 'unexpected-token', message, span, { hints });
}

const loopHints = ['Write for $i : 0..10 { … } or for $kv : @map { … }.'];

/** Behind the variable of a for loop. */
export function missingLoopColon(token: IToken, span: Span): Diagnostic {
  return unexpected("':'", token, span, loopHints);
}

/** What stands behind the colon of a for loop. */
export function notIterable(span: Span): Diagnostic {
  const message = 'A for loop goes over a range of numbers or over a map';
  return diagnostic('error', 'not-iterable', message, span, { hints: loopHints });
}

/** A block or an if where a value is needed. */
export function noValue({ lacks, span }: NoValue): Diagnostic {
  return lacks === 'else'
    ? diagnostic('error', 'missing-else', "An 'if' whose value is used needs an 'else'", span, {
        hints: ['Say what the value is if the condition is false: if c { 1 } else { 0 }.'],
      })
    : diagnostic('error', 'missing-expression', 'This block has no value: its last item must be one', span, {
        hints: ['Put an expression without a semicolon at its end: { $x = f(); $x + 1 }.'],
      });
}

/** What may stand within its like. */
export type Nesting = 'Blocks' | 'Expressions' | 'Types';

const nestingHints: Readonly<Record<Nesting, string>> = {
  Blocks: 'Move what is within to a function of its own: fn.',
  Expressions: 'Split it with the help of variables.',
  Types: 'Name what is meant with fewer steps.',
};

export function tooDeeplyNested(what: Nesting, limit: number, span: Span): Diagnostic {
  const message = `${what} may not nest more than ${limit} levels deep`;
  return diagnostic('error', 'too-deeply-nested', message, span, { hints: [nestingHints[what]] });
}

// Expressions ----------------------------------------------------------------------------------------------------

export function missingExpression(token: IToken, previous: IToken, span: Span): Diagnostic {
  const message = `Expected an expression after ${describe(previous)}, but found ${describe(token)}`;
  const reserved = token.tokenType !== Identifier && tokenMatcher(token, Word);
  const typeHint =
    'A type is no value. It stands after a colon or in a cast, and typeof(T) as an argument of a call.';
  const reservedHint = `'${token.image}' is a reserved word; it can't name a value.`;
  const isType = token.tokenType === Typeof || tokenMatcher(token, TagKeyword);
  const anyHint =
    'A value may be a number, a text in quotes, a variable ($x), a map (@x), a builtin or a call.';
  const hints = [reserved ? (isType ? typeHint : reservedHint) : anyHint];
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

export function quoted(image: string): string {
  const line = image.split('\n', 1)[0] ?? '';
  return `'${line.length > 30 ? line.slice(0, 30) + '…' : line}'`;
}

const typeNames = new Map<TokenType, string>([
  [Identifier, 'a name'],
  [Variable, 'a variable ($x)'],
  [Integer, 'a number'],
  [Word, 'a name'],
  [BraceOpen, "'{'"],
  [MapName, 'a map (@x)'],
  [StringLiteral, 'a text in quotes'],
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
