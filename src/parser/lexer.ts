/** Text to tokens, in modes (section-tokens.ts), and the faults of the text. */

import { Lexer, type ILexingError, type IToken } from 'chevrotain';
import type { Report } from '../base/diagnostic.ts';
import type { SourceFile } from '../base/source-file.ts';
import { tokensByMode } from './section-tokens.ts';
import { faultGroup, modes, MultilineString, UnterminatedComment, UnterminatedString } from './tokens.ts';

/** Builds the lexer: slow (some 20 ms), so once per process. `validate` has chevrotain check our definitions; for tests. */
export function createLexer(validate: boolean): Lexer {
  return new Lexer(
    { modes: tokensByMode, defaultMode: modes.target },
    { positionTracking: 'onlyOffset', skipValidations: !validate, ensureOptimizations: true },
  );
}

/** The tokens of a script. What no token matches is reported and left out. */
export function tokenize(lexer: Lexer, source: SourceFile, report: Report): readonly IToken[] {
  const { tokens, errors, groups } = lexer.tokenize(source.text);
  for (const fault of groups[faultGroup] ?? []) reportFault(source, fault, report);
  for (const error of errors) reportUnmatched(source, error, report);
  for (const token of tokens) {
    if (token.tokenType === UnterminatedString) reportUnterminatedString(source, token, report);
    if (token.tokenType === MultilineString) reportMultilineString(source, token, report);
  }
  return tokens;
}

function reportFault(source: SourceFile, fault: IToken, report: Report): void {
  const start = fault.startOffset;
  if (fault.tokenType === UnterminatedComment) {
    // The opening is to blame; the rest of the script would be underlined otherwise.
    const span = { file: source.name, start, end: start + 2 };
    report.error('unterminated-comment', 'This comment is never closed', span, {
      hints: ["Close it with '*/'."],
    });
    return;
  }
  reportCharacters(source, start, fault.image, report);
}

/** Chevrotain's own errors: nothing matches. The modes are complete, so this is for the unforeseen. */
function reportUnmatched(source: SourceFile, error: ILexingError, report: Report): void {
  const image = source.text.slice(error.offset, error.offset + error.length);
  reportCharacters(source, error.offset, image, report);
}

function reportCharacters(source: SourceFile, start: number, image: string, report: Report): void {
  const span = { file: source.name, start, end: start + image.length };
  const many = image.length > 1 && [...image].length > 1;
  const message = `${many ? 'These characters have' : 'This character has'} no meaning here: ${printable(image)}`;
  const hints = /['‘’“”]/.test(image) ? ['Strings stand in plain double quotes: "text".'] : [];
  report.error('unexpected-character', message, span, { hints });
}

/** Visible characters as they are, the others by number. */
function printable(image: string): string {
  const shown = [...image].slice(0, 10).map((char) => (/[\p{C}\p{Z}]/u.test(char) ? codePoint(char) : char));
  return shown.join('') + ([...image].length > 10 ? '…' : '');
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function reportUnterminatedString(source: SourceFile, token: IToken, report: Report): void {
  const span = {
    file: source.name,
    start: token.startOffset,
    end: token.startOffset + token.image.trimEnd().length,
  };
  const hints = [String.raw`Close it with '"' on the same line; a line break inside is written \n.`];
  report.error('unterminated-string', 'This string is not closed before its line ends', span, { hints });
}

function reportMultilineString(source: SourceFile, token: IToken, report: Report): void {
  const span = { file: source.name, start: token.startOffset, end: token.startOffset + token.image.length };
  report.error('newline-in-string', 'A string must end on the line on which it begins', span, {
    hints: [String.raw`Write \n for the line break.`],
  });
}
