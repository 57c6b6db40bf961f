/**
 * What stands between probes (b.1, b.4 and b.5 of the language reference), brackets that begin and end the lexer's modes, and
 * which tokens count in which mode.
 */

import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain';
import { definitionWords, scanDefinition, scanDirective } from './scan-c.ts';
import { isBlank, scanTarget, skipTrivia, wordAt } from './scan.ts';
import {
  abstractTokens,
  AssignOperator,
  BinaryOperator,
  Blanks,
  BraceClose,
  BraceOpen,
  BracketClose,
  BracketOpen,
  Colon,
  Comma,
  Comment,
  Comptime,
  Else,
  Identifier,
  If,
  matched,
  modes,
  ParenClose,
  ParenOpen,
  PrefixOperator,
  Question,
  Return,
  scanned,
  Semicolon,
  UnterminatedComment,
  Word,
  wordsAndMarks,
} from './tokens.ts';

export const Shebang = createToken({
  name: 'Shebang',
  pattern: scanned((text, offset) =>
    offset === 0 && text.startsWith('#!') ? (text + '\n').indexOf('\n') : -1,
  ),
  start_chars_hint: ['#'],
  group: Lexer.SKIPPED,
  line_breaks: false,
});

// Sections -------------------------------------------------------------------------------------------------------

/** A preprocessor line, a typedef, or the definition of a struct, union or enum: C, for libclang to read. */
export const CText = createToken({
  name: 'CText',
  pattern: scanned((text, offset) => Math.max(scanDirective(text, offset), scanDefinition(text, offset))),
  start_chars_hint: ['#', ...definitionWords.map((word) => word.charAt(0))],
  line_breaks: true,
});

/** A word that begins a section, unless it could be an attach point: with a colon behind it, it is a provider's name. */
const section = (word: string): TokenType =>
  createToken({
    name: `'${word}'`,
    pattern: scanned((text, offset) => {
      const end = offset + word.length;
      const next = text[end];
      const ends = next === undefined || isBlank(next) || '={("@$/;'.includes(next);
      return ends && wordAt(text, offset) === word ? end : -1;
    }),
    start_chars_hint: [word.charAt(0)],
    line_breaks: false,
    push_mode: modes.header,
  });
export const ConfigSection = section('config');
export const ImportSection = section('import');
export const MacroSection = section('macro');
export const FnSection = section('fn');
export const LetSection = section('let');
const sections = [ConfigSection, ImportSection, MacroSection, FnSection, LetSection];
/** What begins a section other than a probe. */
export const sectionWords: readonly TokenType[] = [CText, ...sections];

// Headers: a section from its first word to its block, or to its end -----------------------------------------------

/** The brace of the section's block; one inside typeof(…) begins a value. */
export const HeaderBraceOpen = createToken({
  name: 'HeaderBraceOpen',
  pattern: (text, offset, tokens) => (text[offset] === '{' && !inParentheses(tokens) ? matched('{') : null),
  start_chars_hint: ['{'],
  line_breaks: false,
  categories: [BraceOpen],
  pop_mode: true,
  push_mode: modes.braces,
});
export const HeaderSemicolon = createToken({
  name: 'HeaderSemicolon',
  pattern: ';',
  categories: [Semicolon],
  pop_mode: true,
});
/** The end of `let @x = hash(10)`, which needs no semicolon. */
export const DeclarationClose = createToken({
  name: 'DeclarationClose',
  pattern: (text, offset, tokens) => {
    const declares = text[offset] === ')' && tokens[tokens.length - 6]?.tokenType === LetSection;
    return declares ? matched(')') : null;
  },
  start_chars_hint: [')'],
  line_breaks: false,
  categories: [ParenClose],
  pop_mode: true,
});
/**
 * A line break that ends a header which lacks its block or semicolon: what stands before it needs nothing more, and what
 * stands behind it can't go on with the header. So a mistake in a header leaves the next probe alone.
 */
export const HeaderEnd = createToken({
  name: 'HeaderEnd',
  pattern: (text, offset, tokens) => {
    const end = skipTrivia(text, offset);
    const trivia = text.slice(offset, end);
    return trivia.includes('\n') && headerEnds(text, end, tokens) ? matched(trivia) : null;
  },
  start_chars_hint: [...' \t\r\n\f\v\ufeff/'],
  line_breaks: true,
  group: Lexer.SKIPPED,
  pop_mode: true,
});
/** All blanks and comments in a row, since looking at the row again from each of them would take quadratic time. */
export const HeaderTrivia = createToken({
  name: 'HeaderTrivia',
  pattern: scanned((text, offset) => {
    const end = skipTrivia(text, offset);
    return end > offset ? end : -1;
  }),
  start_chars_hint: [...' \t\r\n\f\v\ufeff/'],
  line_breaks: true,
  group: Lexer.SKIPPED,
});

/** Only a word or a directive can begin the next section; within parentheses, only what looks like nothing else. */
function headerEnds(text: string, next: number, tokens: readonly IToken[]): boolean {
  const previous = tokens[tokens.length - 1];
  if (!previous || !/[A-Za-z_#]/.test(text[next] ?? '')) return false;
  const { tokenType } = previous;
  const isKeyword = tokenType !== Identifier && typesOf(previous).includes(Word);
  if (isKeyword || sections.includes(tokenType) || wantsValue(previous)) return false;
  if (!inParentheses(tokens)) return true;
  const head = /(?!else\b|if\b)(?:(?:macro|fn|let|import) |\w+:\S|\w+\s*\{)/y;
  head.lastIndex = next;
  return head.test(text);
}

/** A header with more tokens than this has a mistake. (The bound keeps a text full of braces linear in time.) */
const headerTokensMax = 200;

function inParentheses(tokens: readonly IToken[]): boolean {
  let depth = 0;
  for (const token of tokens.slice(-headerTokensMax).reverse()) {
    if (sections.includes(token.tokenType)) break;
    if (token.tokenType === ParenOpen) depth++;
    if (token.tokenType === ParenClose) depth--;
  }
  return depth > 0;
}

// Probes ---------------------------------------------------------------------------------------------------------

export const Target = createToken({
  name: 'Target',
  pattern: scanned(scanTarget),
  // Every character but those that end a target; beyond Latin-1, one per bucket of chevrotain's table (lexer_public.ts).
  start_chars_hint: targetStarts(),
  line_breaks: false,
});
export const sectionStarts: readonly TokenType[] = [...sectionWords, Target];
/** What can start no attach point: a brace too many, as a rule. */
export const StrayMark = createToken({ name: 'StrayMark', pattern: /[}>()[\]=|&]/ });
export const PredicateOpen = createToken({ name: 'PredicateOpen', pattern: '/', push_mode: modes.predicate });
/** A block's brace where the predicate before it wasn't closed; leaves the predicate, so that the rest is read well. */
export const PredicateBraceOpen = createToken({
  name: 'PredicateBraceOpen',
  pattern: (text, offset, tokens) => (text[offset] === '{' && !beginsValue(tokens) ? matched('{') : null),
  start_chars_hint: ['{'],
  line_breaks: false,
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
    if (text[offset] !== '>') return null;
    const previous = tokens[tokens.length - 1]?.tokenType;
    if (previous === BraceClose) return endsStatement(tokens) ? matched('>') : null;
    return previous === AngleOpen || previous === Semicolon ? matched('>') : null;
  },
  start_chars_hint: ['>'],
  line_breaks: false,
  pop_mode: true,
});

const valueWanters: readonly TokenType[] = [
  ...[AssignOperator, BinaryOperator, PrefixOperator, ParenOpen, BracketOpen],
  ...[Comma, Question, Colon, Return, Comptime],
];

/** Whether the block that the last token closes is a statement: one that is a value stands behind what wants a value. */
function endsStatement(tokens: readonly IToken[]): boolean {
  let depth = 0;
  for (let at = tokens.length - 1; at > 0; at--) {
    const token = tokens[at];
    if (token?.tokenType === BraceClose) depth++;
    if (token?.tokenType === BraceOpen && --depth === 0) return !wantsValue(tokens[at - 1]);
  }
  return true;
}

/** Whether a block that comes next is a value or a branch of one: behind what wants a value, else, or the head of an if. */
function beginsValue(tokens: readonly IToken[]): boolean {
  const previous = tokens[tokens.length - 1];
  if (wantsValue(previous) || previous?.tokenType === Else) return true;
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0 && depth >= 0; at--) {
    const type = tokens[at]?.tokenType;
    if (depth === 0 && type === If) return true;
    if (depth === 0 && (type === BraceClose || type === PredicateOpen)) return false;
    if (type === ParenClose || type === BracketClose) depth++;
    if (type === ParenOpen || type === BracketOpen) depth--;
  }
  return false;
}

function wantsValue(token: IToken | undefined): boolean {
  return token !== undefined && typesOf(token).some((type) => valueWanters.includes(type));
}

function typesOf({ tokenType }: IToken): readonly TokenType[] {
  return [tokenType, ...(tokenType.CATEGORIES ?? [])];
}

function targetStarts(): number[] {
  const starts = [];
  for (let code = 0; code <= 0xffff; code += code < 256 ? 1 : 64) {
    if (scanTarget(String.fromCharCode(code), 0) > 0) starts.push(code);
  }
  return starts;
}

// Modes ----------------------------------------------------------------------------------------------------------

const trivia = [Blanks, Comment, UnterminatedComment];

/** The tokens of each mode, in the order in which they are tried. */
export const tokensByMode = {
  [modes.target]: [
    ...trivia,
    Shebang,
    CText,
    ...sections,
    ...[PredicateOpen, BraceOpen, AngleOpen, Comma, Semicolon],
    ...[StrayMark, Target],
  ],
  [modes.header]: [
    ...[HeaderEnd, HeaderTrivia, UnterminatedComment],
    ...[HeaderBraceOpen, BraceOpen, HeaderSemicolon, DeclarationClose],
    ...wordsAndMarks.filter((type) => type !== Semicolon),
  ],
  [modes.predicate]: [PredicateClose, PredicateBraceOpen, BraceOpen, ...trivia, ...wordsAndMarks],
  [modes.braces]: [BraceOpen, ...trivia, ...wordsAndMarks],
  [modes.angles]: [AngleClose, BraceOpen, ...trivia, ...wordsAndMarks],
} satisfies Record<string, TokenType[]>;

/** Every token type that the grammar may name, the abstract ones included. */
export const allTokens: readonly TokenType[] = [
  ...new Set([...abstractTokens, ...Object.values(tokensByMode).flat()]),
];
