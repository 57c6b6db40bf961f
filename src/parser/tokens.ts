/**
 * The words of the language, in the order in which the lexer tries them. Sections b.3, b.5 and b.9 of the language
 * reference are the source; which of them count where is lexer.ts's matter (modes).
 */

import { createToken, Lexer, type CustomPatternMatcherFunc, type TokenType } from 'chevrotain';
import {
  scanComment,
  scanSection,
  scanString,
  scanTarget,
  scanUnterminatedString,
  sectionNames,
  skipTrivia,
} from './scan.ts';

/** Names of the lexer's modes: what the text at hand can be. */
export const modes = {
  target: 'target',
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

/** A pattern from one of scan.ts's functions. */
function scanned(scan: (text: string, offset: number) => number): CustomPatternMatcherFunc {
  return (text, offset) => {
    const end = scan(text, offset);
    return end < 0 ? null : matched(text.slice(offset, end));
  };
}

/** Chevrotain reads nothing but the first element, but its type asks for the whole of a regular expression's result. */
function matched(image: string): RegExpExecArray {
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

// Between probes -------------------------------------------------------------------------------------------------

export const Shebang = createToken({
  name: 'Shebang',
  pattern: scanned((text, offset) =>
    offset === 0 && text.startsWith('#!') ? (text + '\n').indexOf('\n') : -1,
  ),
  start_chars_hint: ['#'],
  group: Lexer.SKIPPED,
  line_breaks: false,
});
/** Config, macros, C definitions …: a whole section that this version doesn't take. */
export const Section = createToken({
  name: 'Section',
  pattern: scanned(scanSection),
  start_chars_hint: ['#', ...new Set(Object.keys(sectionNames).map((word) => word.charAt(0)))],
  line_breaks: true,
});
export const Target = createToken({
  name: 'Target',
  pattern: scanned(scanTarget),
  // Every character but those that end a target; beyond Latin-1, one per bucket of chevrotain's table (lexer_public.ts).
  start_chars_hint: targetStarts(),
  line_breaks: false,
});
/** What can start no attach point: a brace too many, as a rule. */
export const StrayMark = createToken({ name: 'StrayMark', pattern: /[}>;()[\]=|&]/ });
export const PredicateOpen = createToken({ name: 'PredicateOpen', pattern: '/', push_mode: modes.predicate });

function targetStarts(): number[] {
  const starts = [];
  for (let code = 0; code <= 0xffff; code += code < 256 ? 1 : 64) {
    if (scanTarget(String.fromCharCode(code), 0) > 0) starts.push(code);
  }
  return starts;
}

// Brackets -------------------------------------------------------------------------------------------------------

export const BraceOpen = createToken({ name: 'BraceOpen', pattern: '{', push_mode: modes.braces });
export const BraceClose = createToken({ name: 'BraceClose', pattern: '}', pop_mode: true });
/** A block's brace where the predicate before it wasn't closed; leaves the predicate, so that the rest is read well. */
export const PredicateBraceOpen = createToken({
  name: 'PredicateBraceOpen',
  pattern: '{',
  categories: [BraceOpen],
  pop_mode: true,
  push_mode: modes.braces,
});
/** The slash directly before a block (or before the end, where the block is missing). Any other slash divides. */
export const PredicateClose = createToken({
  name: 'PredicateClose',
  pattern: (text, offset) => {
    if (text[offset] !== '/') return null;
    const next = text[skipTrivia(text, offset + 1)];
    return next === '{' || next === '<' || next === undefined ? matched('/') : null;
  },
  start_chars_hint: ['/'],
  line_breaks: false,
  pop_mode: true,
});
export const AngleOpen = createToken({ name: 'AngleOpen', pattern: '<', push_mode: modes.angles });
/** Only where a statement would begin; everywhere else `>` compares. */
export const AngleClose = createToken({
  name: 'AngleClose',
  pattern: (text, offset, tokens) => {
    const previous = tokens[tokens.length - 1]?.tokenType;
    const statementBegins = previous === AngleOpen || previous === BraceClose || previous === Semicolon;
    return statementBegins && text[offset] === '>' ? matched('>') : null;
  },
  start_chars_hint: ['>'],
  line_breaks: false,
  pop_mode: true,
});
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
  // A regular expression, since chevrotain's check would find a plain text hidden by PredicateClose, which looks ahead.
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
/** Reported by the lexer, then taken as a string. */
export const UnterminatedString = createToken({
  name: 'UnterminatedString',
  pattern: scanned(scanUnterminatedString),
  start_chars_hint: ['"'],
  categories: [StringLiteral],
  line_breaks: false,
});

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
export const Unroll = keyword('unroll');
export const Return = keyword('return');
export const Sizeof = keyword('sizeof');
/** `_`, which takes values that nobody wants. */
export const Discard = keyword('_');
const tagKeywords = ['struct', 'union', 'enum'].map((word) => keyword(word, TagKeyword));
const booleans = ['true', 'false'].map((word) => keyword(word, BooleanLiteral));
export const For = keyword('for');
export const While = keyword('while');
export const Comptime = keyword('comptime');
const otherReserved = [
  'break',
  'continue',
  'config',
  'fn',
  'import',
  'macro',
  'offsetof',
  'typeof',
  'typeinfo',
].map((word) => keyword(word));

const keywords = [
  ...[Let, If, Else, Unroll, Return, Sizeof, For, While, Comptime, Discard],
  ...tagKeywords,
  ...booleans,
  ...otherReserved,
];

/** What may stand in a block, but for brackets that mode by mode mean different things. Longer words come first. */
export const bodyTokens: readonly TokenType[] = [
  Blanks,
  Comment,
  UnterminatedComment,
  ...keywords,
  Identifier,
  Variable,
  Parameter,
  MapName,
  Integer,
  StringLiteral,
  UnterminatedString,
  ...compoundAssignments,
  ...stepOperators,
  Arrow,
  ...longOperators,
  Assign,
  ...shortOperators,
  ...[ParenOpen, ParenClose, BracketOpen, BracketClose, BraceClose],
  ...[Comma, Semicolon, Colon, Question, Dot],
  StrayCharacters,
];

/** What may stand between probes. */
export const targetTokens: readonly TokenType[] = [
  ...[Blanks, Comment, UnterminatedComment, Shebang, Section],
  ...[PredicateOpen, BraceOpen, AngleOpen, Comma],
  ...[StrayMark, Target],
];

/** Every token type that the grammar may name, the abstract ones included. */
export const allTokens: readonly TokenType[] = [
  ...new Set([
    ...[BinaryOperator, PrefixOperator, StepOperator, AssignOperator, Word, BooleanLiteral, TagKeyword],
    ...targetTokens,
    ...bodyTokens,
    ...[PredicateClose, PredicateBraceOpen, AngleClose],
  ]),
];
