/**
 * The upper half of what the grammar stands on: reporting mistakes, and going on after them.
 *
 * Chevrotain's own recovery is off: it guesses, and one mistake makes several errors. Instead, a rule that fails throws;
 * the statement list or probe around it reports the problem, skips to the end of the statement or to the block, and goes on.
 *
 * Chevrotain learns the grammar by running every rule once with nothing to parse (its recording phase). So nodes are
 * made inside ACTION, checks of ours do nothing then, and `parsing` tells our own loops if there are tokens to look at.
 */

import { EOF, isRecognitionException, tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AttachPoint, Expr, Program } from './ast.ts';
import { readAttachPoint } from './attach-point.ts';
import type { BuildContext } from './build-ast.ts';
import { LookingParser } from './looking-parser.ts';
import { skipTrivia } from './scan.ts';
import * as sectionErrors from './section-errors.ts';
import * as s from './section-tokens.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';
import { expressionDepth } from './tree-depth.ts';

/** How deep blocks, parentheses, calls and keys may nest: each level takes some KiB of the stack, which has 984. */
export const nestingMax = 100;
/** How deep a tree may be through long chains (a + b + …, else if …), which take no stack here but do in later passes. */
export const treeDepthMax = 400;

/** After so many failed statements and heads the rest isn't looked at: nobody reads more, and each costs some 50 µs. */
export const failuresMax = 500;

export const blockOpeners: readonly TokenType[] = [t.BraceOpen, s.AngleOpen];
export const expressionStarts: readonly TokenType[] = [
  ...[
    t.Identifier,
    t.MapName,
    t.Variable,
    t.Integer,
    t.StringLiteral,
    t.ParenOpen,
    t.Parameter,
    t.BooleanLiteral,
    t.Sizeof,
    t.Offsetof,
    t.Typeinfo,
    t.If,
    t.BraceOpen,
  ],
  ...[t.PrefixOperator, t.StepOperator, t.Comptime],
];
export const statementStarts: readonly TokenType[] = [
  ...[t.Let, t.For, t.While, t.Unroll, t.Break, t.Continue, t.Return, t.Import, t.Discard, t.Semicolon],
  ...expressionStarts,
];

export interface Parsed {
  readonly program: Program;
  readonly problems: readonly Diagnostic[];
}

export class RecoveringParser extends LookingParser {
  // Building -----------------------------------------------------------------------------------------------------

  /** A node from one token. */
  protected make<T>(builder: (context: BuildContext, token: IToken) => T, token: IToken): T {
    return this.ACTION(() => builder(this.state.context, token));
  }

  protected attachPoint(target: IToken): AttachPoint {
    const { parameters, report } = this.state.context;
    return readAttachPoint(target.image, this.spanOf(target), parameters, report);
  }

  /** An outermost expression, unless its tree is too deep for later passes. A tree is never deeper than its text is long. */
  protected shallow(expr: Expr): Expr {
    const { start, end } = expr.span;
    if (this.state.expressions > 0 || end - start <= treeDepthMax || expressionDepth(expr) <= treeDepthMax)
      return expr;
    this.report(errors.tooDeeplyNested('Expressions', treeDepthMax, expr.span));
    return { kind: 'error', span: expr.span };
  }

  /** Into a block, an expression or a type. Only blocks count for the tree: an expression's own depth is measured when it is whole. */
  protected descend(what: errors.Nesting): void {
    const { state } = this;
    if (state.nesting >= nestingMax) {
      // The condition of the last block of many is not to blame for them.
      const isOfBlocks = state.treeDepth * 2 > state.nesting;
      this.fail(errors.tooDeeplyNested(isOfBlocks ? 'Blocks' : what, nestingMax, this.here()));
    }
    state.nesting++;
    if (what !== 'Blocks') return;
    if (state.treeDepth >= treeDepthMax) this.fail(errors.tooDeeplyNested(what, treeDepthMax, this.here()));
    state.treeDepth++;
  }

  protected ascend(what: errors.Nesting): void {
    this.state.nesting--;
    if (what === 'Blocks') this.state.treeDepth--;
  }

  // Failing ------------------------------------------------------------------------------------------------------

  /** Leave the rule. Does nothing while chevrotain records the grammar. */
  protected fail(problem: Diagnostic): void {
    if (this.parsing) throw new errors.SyntaxProblem(problem);
  }

  protected failExpecting(what: string): void {
    this.fail(errors.unexpected(what, this.LA(1), this.here()));
  }

  protected failAtStatement(): void {
    this.fail(errors.unexpectedStatement(this.LA(1), this.here()));
  }

  protected failAtExpression(): void {
    this.fail(errors.missingExpression(this.LA(1), this.LA(0), this.here()));
  }

  /** After a statement: its semicolon, or the brace that makes it needless. False if there is none. */
  protected endStatement(): boolean {
    const next = this.LA(1);
    if (!this.parsing || this.at(t.Semicolon)) {
      this.CONSUME(t.Semicolon);
      return true;
    }
    if (this.atAny([t.BraceClose, EOF])) return false;
    const wordAhead = tokenMatcher(next, t.Word) && next.tokenType !== t.Else;
    if (!this.atAny(statementStarts) && !wordAhead) this.fail(errors.unexpected("';'", next, this.here()));
    this.missesSemicolon();
    return true;
  }

  /** Go on as if it were there, unless the next token is on the same line: on a line of its own, it is surely meant to begin something. */
  protected missesSemicolon(): void {
    const previous = this.LA(0);
    const problem = errors.missingSemicolon(this.after(previous));
    if (this.sameLine(previous, this.LA(1)) || ++this.state.failures >= failuresMax) this.fail(problem);
    this.report(problem);
  }

  // Reporting ----------------------------------------------------------------------------------------------------

  protected get problemCount(): number {
    return this.state.problems.length;
  }

  protected report(problem: Diagnostic): void {
    const { state } = this;
    if (state.inAngles) state.anglesBroken = true;
    // What is too deep is so at many places.
    const repeats =
      problem.code === 'too-deeply-nested' && state.problems.some(({ code }) => code === problem.code);
    if (!repeats && !this.followsBrokenText()) state.problems.push(problem);
  }

  /** Whether a fault of the text, reported already, stands right before the next token. */
  private followsBrokenText(): boolean {
    const previous = this.LA(0);
    if (previous.tokenType === t.UnterminatedString) return true;
    const { text } = this.state.source;
    const next = this.LA(1);
    const nextStart = next.tokenType === EOF ? text.length : next.startOffset;
    const trivia = skipTrivia(text, this.after(previous).end);
    return trivia < nextStart && !text.startsWith('#!', trivia);
  }

  /** Marks that begin nothing: the first of a row is reported. */
  protected refuseMarks(mark: IToken): undefined {
    if (!this.parsing) return undefined;
    this.state.problems.push(sectionErrors.strayMark(mark, this.spanOf(mark)));
    while (this.atAny([s.StrayMark, t.Semicolon])) this.SKIP_TOKEN();
    return undefined;
  }

  /** After a probe's head: complain if its block isn't next, and go to the block if there is one. */
  protected requireBlock(lastPoint: AttachPoint | undefined): void {
    if (this.atAny(blockOpeners)) return;
    const previous = this.LA(0);
    const next = this.LA(1);
    const headEnds =
      this.atAny([...s.sectionWords, EOF]) || next.image === '}' || !this.sameLine(previous, next);
    if (headEnds) {
      this.report(sectionErrors.missingBlock(lastPoint?.span ?? this.here(), this.state.source.text));
      return;
    }
    this.report(sectionErrors.unexpectedInHeader(next, previous, this.here()));
    this.skipToBlock();
  }

  protected reportUnclosed(open: IToken): void {
    const { state } = this;
    if (state.unclosedReported || state.textBroken || (open.tokenType === s.AngleOpen && state.anglesBroken))
      return;
    state.unclosedReported = true;
    const { suspect } = state;
    // What followed the missing brace was read as statements: its errors are none.
    if (suspect) state.problems.length = suspect.problemsBefore;
    const place = suspect ? this.after(suspect.previous) : this.here();
    this.report(errors.unclosedBlock(open, this.spanOf(open), place, suspect?.span));
  }

  // Recovering ---------------------------------------------------------------------------------------------------

  /** Run a rule; if it fails, report why and skip. */
  protected orRecover<T>(rule: () => T, skip: () => void): T | undefined {
    if (!this.parsing) return rule();
    const { nesting, treeDepth, expressions, inAngles } = this.state;
    try {
      return rule();
    } catch (error) {
      const told = this.problemOf(error);
      Object.assign(this.state, { nesting, treeDepth, expressions, inAngles });
      this.report(this.missedAngle() ?? told);
      if (++this.state.failures < failuresMax) skip();
      else this.giveUp();
      return undefined;
    }
  }

  /** In a failed statement between angle brackets, a '>' at a line's end was to close the block and was read as a comparison. */
  private missedAngle(): Diagnostic | undefined {
    if (!this.state.inAngles) return undefined;
    for (let back = 0; ; back--) {
      const token = this.LA(back);
      if ([EOF, t.Semicolon, s.AngleOpen, t.BraceClose].includes(token.tokenType)) return undefined;
      if (token.tokenType === t.Greater && !this.sameLine(token, this.LA(back + 1))) {
        return errors.missingSemicolonInAngles(this.after(this.LA(back - 1)));
      }
    }
  }

  /** What went wrong, in our words. Anything that isn't about syntax is thrown on. */
  private problemOf(error: unknown): Diagnostic {
    if (error instanceof errors.SyntaxProblem) return error.diagnostic;
    if (!(error instanceof Error && isRecognitionException(error))) throw error;
    const previous = this.LA(0);
    // The closing bracket was expected only because the list could have ended there.
    const opened =
      [t.ParenOpen, t.BracketOpen, t.Comma].includes(previous.tokenType) && !this.atAny(expressionStarts);
    if (opened && /^'[)\]]'$/.test(error.message))
      return errors.missingExpression(this.LA(1), previous, this.here());
    return errors.unexpected(error.message, this.LA(1), this.here());
  }

  private giveUp(): void {
    this.state.unclosedReported = true;
    while (!this.at(EOF)) this.SKIP_TOKEN();
  }

  /** To the block of the probe whose head failed. */
  protected skipToBlock(): void {
    while (!this.atAny([...blockOpeners, ...s.sectionWords, EOF])) this.SKIP_TOKEN();
  }

  /** What stands between a section's first word and its block. If it fails, on to the block, so that the block is read too. */
  protected beforeBlock<T>(head: () => T): T | undefined {
    return this.orRecover(
      () => {
        const result = head();
        if (!this.at(t.BraceOpen)) this.fail(errors.missingInnerBlock(this.LA(0), this.LA(1), this.here()));
        return result;
      },
      () => {
        this.skipHeader();
      },
    );
  }

  /** To the block of a section, or past its semicolon, or to the next section. */
  private skipHeader(): void {
    while (!this.atAny([...blockOpeners, ...s.sectionStarts, s.StrayMark, EOF])) {
      const ends = this.at(t.Semicolon);
      this.SKIP_TOKEN();
      if (ends) return;
    }
  }

  /** Past what is left of a section that failed, with its block. */
  protected skipSection(): void {
    this.skipHeader();
    if (!this.at(t.BraceOpen)) return;
    this.skipBraces();
    while (this.at(t.Semicolon)) this.SKIP_TOKEN();
  }

  /** Past the end of a statement that failed, with all blocks that it has. */
  protected skipStatement(first: IToken): void {
    // for (…; …; …) of C, which this language lacks.
    if (first.tokenType === t.For && this.parenthesesSince(first) > 0)
      while (!this.atAny([t.BraceOpen, t.BraceClose, EOF])) this.SKIP_TOKEN();
    while (!this.atAny([t.BraceClose, s.AngleClose, EOF])) {
      const ends = this.atAny([t.Semicolon, t.BraceOpen]);
      if (this.at(t.BraceOpen)) this.skipBraces();
      else this.SKIP_TOKEN();
      if (ends && !this.at(t.Else)) return;
    }
  }

  /** How many parentheses are open between a token and the place reached. */
  private parenthesesSince(first: IToken): number {
    let open = 0;
    for (let back = 0; this.LA(back) !== first && this.LA(back).tokenType !== EOF; back--) {
      if (this.LA(back).tokenType === t.ParenOpen) open++;
      if (this.LA(back).tokenType === t.ParenClose) open--;
    }
    return open;
  }

  /** From an opening brace past its partner. */
  protected skipBraces(): void {
    let depth = 0;
    do {
      if (this.at(t.BraceOpen)) depth++;
      if (this.at(t.BraceClose)) depth--;
      this.SKIP_TOKEN();
    } while (depth > 0 && !this.at(EOF));
  }

  /** Remember the first failed statement of a block that looks like the next section's head: word:…, word before a block, macro … */
  protected noteSuspect(first: IToken, previous: IToken, problemsBefore: number): void {
    const { state } = this;
    if (state.suspect || this.sameLine(previous, first)) return;
    const { text } = state.source;
    if (tokenMatcher(first, t.Word) && first.tokenType !== t.Identifier && !isSectionWord(first)) return;
    const head = /(?:macro|fn|let)(?= [A-Za-z_@])|(?:\w+=)?[A-Za-z_]\w*(?::[^\s:;]+|(?=[ \t]*[{</]))/y;
    head.lastIndex = first.startOffset;
    const image = head.exec(text)?.[0];
    if (image === undefined) return;
    const span = { ...this.spanOf(first), end: first.startOffset + image.length };
    state.suspect = { span, previous, problemsBefore };
  }
}

function isSectionWord(token: IToken): boolean {
  return tokenMatcher(token, t.SectionKeyword) || token.tokenType === t.Let;
}
