/**
 * The words and marks of blocks, in the order in which the lexer tries them. Sections b.3 and b.9 of the language reference
 * are the source. What stands between probes, and which tokens count where, is section-tokens.ts's matter.
 */

import { createToken, Lexer, type CustomPatternMatcherFunc, type TokenType } from 'chevrotain';
import { scanComment, scanMultilineString, scanString, scanUnterminatedString } from './scan.ts';

/** Names of the lexer's modes: what the text at hand can be. */
export const modes = {
  /** Between probes. */
  target: 'target',
  /** From the word that begins a section to its block or end: macro f($x) */
  header: 'header',
  predicate: 'predicate',
  braces: 'braces',
  angles: 'angles',
} as const;

// Kinds of tokens that the grammar takes as one. They match no text themselves.
const kind = (name: string): TokenType => createToken({ name, pattern: Lexer.NA });
export const BinaryOperator = kind('BinaryOperator');
export const PrefixOperator = kind('PrefixOperator');
export const StepOperator = kind('StepOperator');
export const AssignOperator = kind('AssignOperator');
/** Whatever may stand after a dot: reserved words are common names of C fields. */
export const Word = kind('Word');
export const BooleanLiteral = kind('BooleanLiteral');
export const TagKeyword = kind('TagKeyword');

/** A pattern from a scanning function. */
export function scanned(scan: (text: string, offset: number) => number): CustomPatternMatcherFunc {
  return (text, offset) => {
    const end = scan(text, offset);
    return end < 0 ? null : matched(text.slice(offset, end));
  };
}

/** Chevrotain reads nothing but the first element, but its type asks for the whole of a regular expression's result. */
export function matched(image: string): RegExpExecArray {
  return Object.assign([image] as [string], { index: 0, input: image });
}

// Blanks and comments --------------------------------------------------------------------------------------------

export const Blanks = createToken({
  name: 'Blanks',
  pattern: /[ \t\r\n\f\v\ufeff]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
export const Comment = createToken({
  name: 'Comment',
  pattern: scanned(scanComment),
  start_chars_hint: ['/'],
  group: Lexer.SKIPPED,
  line_breaks: true,
});

/** Faults of the text: kept out of the token stream, so that the parser sees the script without them. */
export const faultGroup = 'faults';
export const UnterminatedComment = createToken({
  name: 'UnterminatedComment',
  pattern: /\/\*[^]*/,
  start_chars_hint: ['/'],
  group: faultGroup,
  line_breaks: true,
});
export const StrayCharacters = createToken({
  name: 'StrayCharacters',
  // eslint-disable-next-line no-control-regex -- control characters are among those that have no meaning here
  pattern: /[\x00-\x08\x0e-\x1f#$'\\`\x7f-\ufefe\uff00-\uffff]+/,
  group: faultGroup,
});

// Brackets -------------------------------------------------------------------------------------------------------

/** Regular expressions here and there, since chevrotain's check would find a plain text hidden by tokens that look behind. */
export const BraceOpen = createToken({ name: 'BraceOpen', pattern: /\{/, push_mode: modes.braces });
export const BraceClose = createToken({ name: 'BraceClose', pattern: '}', pop_mode: true });
export const ParenOpen = createToken({ name: 'ParenOpen', pattern: '(' });
export const ParenClose = createToken({ name: 'ParenClose', pattern: ')' });
export const BracketOpen = createToken({ name: 'BracketOpen', pattern: '[' });
export const BracketClose = createToken({ name: 'BracketClose', pattern: ']' });

// Marks and operators --------------------------------------------------------------------------------------------

export const Comma = createToken({ name: 'Comma', pattern: ',' });
export const Semicolon = createToken({ name: 'Semicolon', pattern: ';' });
export const Colon = createToken({ name: 'Colon', pattern: ':' });
export const Question = createToken({ name: 'Question', pattern: '?' });
export const Dot = createToken({ name: 'Dot', pattern: '.' });
export const DotDot = createToken({ name: 'DotDot', pattern: '..' });
export const Arrow = createToken({ name: 'Arrow', pattern: '->' });
export const Assign = createToken({ name: 'Assign', pattern: '=', categories: [AssignOperator] });

const operator = (pattern: string, ...categories: TokenType[]): TokenType =>
  createToken({ name: `'${pattern}'`, pattern, categories });
const stepOperators = ['++', '--'].map((pattern) => operator(pattern, StepOperator));
const compoundAssignments = ['<<=', '>>=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='].map((pattern) =>
  operator(pattern, AssignOperator),
);
const longOperators = ['<<', '>>', '&&', '||', '==', '!=', '<=', '>='].map((pattern) =>
  operator(pattern, BinaryOperator),
);
export const Star = operator('*', BinaryOperator, PrefixOperator);
export const Greater = operator('>', BinaryOperator);
const shortOperators = [
  Star,
  Greater,
  operator('-', BinaryOperator, PrefixOperator),
  operator('&', BinaryOperator, PrefixOperator),
  ...['|', '^', '<', '+', '%'].map((pattern) => operator(pattern, BinaryOperator)),
  createToken({ name: "'/'", pattern: /\//, categories: [BinaryOperator] }),
  ...['!', '~'].map((pattern) => operator(pattern, PrefixOperator)),
];

// Names and literals ---------------------------------------------------------------------------------------------

export const Identifier = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Word],
});
/** $x. */
export const Variable = createToken({ name: 'Variable', pattern: /\$[A-Za-z_][A-Za-z0-9_]*/ });
/** $1, $#. */
export const Parameter = createToken({ name: 'Parameter', pattern: /\$(?:[0-9]+|#)/ });
/** @x; a bare @ is the map without a name. */
export const MapName = createToken({ name: 'MapName', pattern: /@(?:[A-Za-z_][A-Za-z0-9_]*)?/ });
/** Whatever begins with a digit; integer.ts says if it is a number. */
export const Integer = createToken({ name: 'Integer', pattern: /[0-9][A-Za-z0-9_]*/ });
export const StringLiteral = createToken({
  name: 'StringLiteral',
  pattern: scanned(scanString),
  start_chars_hint: ['"'],
  line_breaks: false,
});
/** Strings that the lexer reports, and the grammar takes as such. */
export const MultilineString = createToken({
  name: 'MultilineString',
  pattern: scanned(scanMultilineString),
  start_chars_hint: ['"'],
  categories: [StringLiteral],
  line_breaks: true,
});
export const UnterminatedString = createToken({
  name: 'UnterminatedString',
  pattern: scanned(scanUnterminatedString),
  start_chars_hint: ['"'],
  categories: [StringLiteral],
  line_breaks: false,
});
const brokenStrings = [MultilineString, UnterminatedString];

// Reserved words -------------------------------------------------------------------------------------------------

const keyword = (word: string, ...categories: TokenType[]): TokenType =>
  createToken({
    name: `'${word}'`,
    pattern: word,
    longer_alt: Identifier,
    categories: [Word, ...categories],
  });
export const Let = keyword('let');
export const If = keyword('if');
export const Else = keyword('else');
export const For = keyword('for');
export const While = keyword('while');
export const Unroll = keyword('unroll');
export const Break = keyword('break');
export const Continue = keyword('continue');
export const Return = keyword('return');
export const Import = keyword('import');
export const Comptime = keyword('comptime');
export const Sizeof = keyword('sizeof');
export const Offsetof = keyword('offsetof');
export const Typeof = keyword('typeof');
export const Typeinfo = keyword('typeinfo');
/** `_`, which takes values that nobody wants. */
export const Discard = keyword('_');
/** Words that begin a section of the script, and so name nothing inside a block. */
export const SectionKeyword = kind('SectionKeyword');
const tagKeywords = ['struct', 'union', 'enum'].map((word) => keyword(word, TagKeyword));
const booleans = ['true', 'false'].map((word) => keyword(word, BooleanLiteral));
/** `config` is also a value: the settings in effect. */
const sectionKeywords = [
  keyword('config', SectionKeyword, Identifier),
  ...['fn', 'macro'].map((word) => keyword(word, SectionKeyword)),
];

// chevrotain tries them in this order; each gives way to a longer name.
const keywords = [
  ...[Let, If, Else, For, While, Unroll, Break, Continue, Return, Import, Comptime],
  ...[Sizeof, Offsetof, Typeof, Typeinfo, Discard],
  ...tagKeywords,
  ...booleans,
  ...sectionKeywords,
];

/** What may stand in a block but for blanks, comments and the brackets that mode by mode mean different things. */
export const wordsAndMarks: readonly TokenType[] = [
  ...keywords,
  Identifier,
  Variable,
  Parameter,
  MapName,
  Integer,
  StringLiteral,
  ...brokenStrings,
  ...compoundAssignments,
  ...stepOperators,
  Arrow,
  ...longOperators,
  Assign,
  ...shortOperators,
  ...[ParenOpen, ParenClose, BracketOpen, BracketClose, BraceClose],
  ...[Comma, Semicolon, Colon, Question, DotDot, Dot],
  StrayCharacters,
];

/** Kinds that match no text themselves. */
export const abstractTokens: readonly TokenType[] = [
  ...[BinaryOperator, PrefixOperator, StepOperator, AssignOperator, Word, BooleanLiteral, TagKeyword],
];
