/**
 * What the grammar stands on: looking ahead, spans, reporting, and going on after a mistake.
 *
 * Chevrotain's own recovery is off: it guesses, and one mistake makes several errors. Instead, a rule that fails throws;
 * the statement list or probe around it reports the problem, skips to the end of the statement or to the block, and goes on.
 *
 * Chevrotain learns the grammar by running every rule once with nothing to parse (its recording phase). So nodes are
 * made inside ACTION, checks of ours do nothing then, and `parsing` tells our own loops if there are tokens to look at.
 */

import { EmbeddedActionsParser, EOF, isRecognitionException, tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import { Report, type Diagnostic } from '../base/diagnostic.ts';
import { sourceFile, type SourceFile } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { AttachPoint, Expr, Program } from './ast.ts';
import { readAttachPoint } from './attach-point.ts';
import { spanOf, type BuildContext } from './build-ast.ts';
import type { LookAhead } from './cast.ts';
import { sectionNames, skipTrivia } from './scan.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';
import { expressionDepth } from './tree-depth.ts';

/** How deep blocks, parentheses, calls and keys may nest: each level takes some KiB of the stack, which has 984. */
export const nestingMax = 100;
/** How deep a tree may be through long chains (a + b + …, else if …), which take no stack here but do in later passes. */
export const treeDepthMax = 400;

export const blockOpeners: readonly TokenType[] = [t.BraceOpen, t.AngleOpen];
export const expressionStarts: readonly TokenType[] = [
  ...[t.Identifier, t.MapName, t.Variable, t.Integer, t.StringLiteral, t.ParenOpen, t.Parameter, t.Boolean, t.Sizeof],
  ...[t.PrefixOperator, t.StepOperator],
];
export const statementStarts: readonly TokenType[] = [
  ...[t.Let, t.If, t.Unroll, t.Return, t.Discard, t.BraceOpen, t.Semicolon],
  ...expressionStarts,
];

export interface Parsed {
  readonly program: Program;
  readonly problems: readonly Diagnostic[];
}

/** A failed statement that looks like the head of a probe: the block before it was to be closed. */
interface Suspect {
  readonly span: Span;
  readonly previous: IToken;
  readonly problemsBefore: number;
}

/** What belongs to one run of the parser. */
interface State {
  readonly source: SourceFile;
  readonly context: BuildContext;
  readonly problems: Diagnostic[];
  /** Constructs refused already: one error each is enough. */
  readonly refused: Set<string>;
  /** Some string or comment has no end: what it swallowed may have closed blocks. */
  readonly textBroken: boolean;
  nesting: number;
  treeDepth: number;
  /** How many expressions enclose the place; 0 outside of all. */
  expressions: number;
  /** In the outermost statements of a block in angle brackets. */
  inAngles: boolean;
  /** Such a block had an error: its end may have been taken for a comparison. */
  anglesBroken: boolean;
  unclosedReported: boolean;
  suspect: Suspect | undefined;
}

function newState(source: SourceFile, tokens: readonly IToken[], context: BuildContext): State {
  return {
    source,
    context,
    problems: [],
    refused: new Set(),
    textBroken: tokens.some((token) => token.tokenType === t.UnterminatedString),
    nesting: 0,
    treeDepth: 0,
    expressions: 0,
    inAngles: false,
    anglesBroken: false,
    unclosedReported: false,
    suspect: undefined,
  };
}

export class RecoveringParser extends EmbeddedActionsParser {
  protected state: State = newState(sourceFile('', ''), [], { file: '', report: new Report(), parameters: [] });

  protected constructor(validate: boolean) {
    super([...t.allTokens], {
      maxLookahead: 1,
      skipValidations: !validate,
      errorMessageProvider: errors.expectationOnly,
    });
  }

  protected begin(source: SourceFile, tokens: readonly IToken[], context: BuildContext): void {
    this.state = newState(source, tokens, context);
    this.input = [...tokens];
  }

  // Looking ahead ------------------------------------------------------------------------------------------------

  protected get parsing(): boolean {
    return !this.RECORDING_PHASE;
  }

  protected readonly ahead: LookAhead = (distance) => this.LA(distance);

  protected readonly sameLine = (before: IToken, after: IToken): boolean => {
    if (after.tokenType === EOF) return false;
    return !this.state.source.text.slice(before.startOffset, after.startOffset).includes('\n');
  };

  protected at(type: TokenType): boolean {
    return tokenMatcher(this.LA(1), type);
  }

  protected atAny(types: readonly TokenType[]): boolean {
    const token = this.LA(1);
    return types.some((type) => tokenMatcher(token, type));
  }

  // Spans --------------------------------------------------------------------------------------------------------

  protected spanOf(token: IToken): Span {
    return spanOf(this.state.context, token);
  }

  /** The next token; where there is none, the place after the last. */
  protected here(): Span {
    const next = this.LA(1);
    return next.tokenType === EOF ? this.after(this.LA(0)) : this.spanOf(next);
  }

  /** The empty span right behind a token: where something is missing. */
  protected after(token: IToken): Span {
    const end = token.tokenType === EOF ? 0 : token.startOffset + token.image.length;
    return { file: this.state.source.name, start: end, end };
  }

  /** From a token through the one consumed last. */
  protected spanFrom(first: IToken): Span {
    return this.between(first, this.LA(0));
  }

  protected between(first: IToken, last: IToken): Span {
    return { file: this.state.source.name, start: first.startOffset, end: last.startOffset + last.image.length };
  }

  protected until(start: Span, last: IToken): Span {
    return { file: start.file, start: start.start, end: last.startOffset + last.image.length };
  }

  // Building -----------------------------------------------------------------------------------------------------

  /** A node from one token. */
  protected make<T>(builder: (context: BuildContext, token: IToken) => T, token: IToken): T {
    return this.ACTION(() => builder(this.state.context, token));
  }

  protected attachPoint(target: IToken): AttachPoint {
    const { parameters, report } = this.state.context;
    const point = readAttachPoint(target.image, this.spanOf(target), parameters, report);
    // `name=kprobe:f` names the probe in the whole language.
    if (/^[A-Za-z_]\w*=/.test(point.provider.text)) this.refuse('names for probes', point.provider.span);
    return point;
  }

  /** An outermost expression, unless its tree is too deep for later passes. A tree is never deeper than its text is long. */
  protected shallow(expr: Expr): Expr {
    const { start, end } = expr.span;
    if (this.state.expressions > 0 || end - start <= treeDepthMax || expressionDepth(expr) <= treeDepthMax) return expr;
    this.report(errors.tooDeeplyNested('Expressions may not nest', treeDepthMax, expr.span));
    return { kind: 'error', span: expr.span };
  }

  protected descend(what: string): void {
    const { state } = this;
    if (this.parsing && state.nesting >= nestingMax) this.fail(errors.tooDeeplyNested(what, nestingMax, this.here()));
    if (this.parsing && state.treeDepth >= treeDepthMax) {
      this.fail(errors.tooDeeplyNested(what, treeDepthMax, this.here()));
    }
    state.nesting++;
    state.treeDepth++;
  }

  protected ascend(): void {
    this.state.nesting--;
    this.state.treeDepth--;
  }

  // Failing ------------------------------------------------------------------------------------------------------

  /** Leave the rule. Does nothing while chevrotain records the grammar. */
  protected fail(problem: Diagnostic): void {
    if (this.parsing) throw new errors.SyntaxProblem(problem);
  }

  protected failUnsupported(construct: string): void {
    this.fail(errors.unsupported(construct, this.here()));
  }

  protected failExpecting(what: string): void {
    this.fail(errors.unexpected(what, this.LA(1), this.here()));
  }

  protected failAtStatement(): void {
    this.fail(errors.unexpectedStatement(this.LA(1), this.here()));
  }

  protected failAtExpression(): void {
    const previous = this.LA(0);
    const next = this.LA(1);
    const takesValue = tokenMatcher(previous, t.AssignOperator) || previous.tokenType === t.Return;
    if (next.tokenType === t.If) this.failUnsupported('if expressions');
    if (tokenMatcher(next, t.BraceOpen) && takesValue) this.failUnsupported('block expressions');
    if (this.state.inAngles && previous.tokenType === t.Greater) {
      this.fail(errors.missingSemicolonInAngles(this.after(this.LA(-1))));
    }
    this.fail(errors.missingExpression(next, previous, this.here()));
  }

  /** After a statement: its semicolon, or the brace that makes it needless. */
  protected endStatement(): void {
    const next = this.LA(1);
    if (!this.parsing || next.tokenType === t.Semicolon) {
      this.CONSUME(t.Semicolon);
      return;
    }
    if (this.atAny([t.BraceClose, EOF])) return;
    const previous = this.LA(0);
    const wordAhead = tokenMatcher(next, t.Word) && next.tokenType !== t.Else;
    if (!this.atAny(statementStarts) && !wordAhead) this.fail(errors.unexpected("';'", next, this.here()));
    const problem = errors.missingSemicolon(this.after(previous));
    // On a line of its own, the next statement is surely meant as one.
    if (this.sameLine(previous, next)) this.fail(problem);
    this.report(problem);
  }

  // Reporting ----------------------------------------------------------------------------------------------------

  protected report(problem: Diagnostic): void {
    const { state } = this;
    if (state.inAngles) state.anglesBroken = true;
    if (!this.followsBrokenText()) state.problems.push(problem);
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

  /** A construct of the whole language that isn't taken: said once for each kind. */
  protected refuse(construct: string, span: Span): void {
    if (this.state.refused.has(construct)) return;
    this.state.refused.add(construct);
    this.state.problems.push(errors.unsupported(construct, span));
  }

  protected refuseSection(section: IToken): undefined {
    if (!this.parsing) return undefined;
    const word = /^\w+/.exec(section.image)?.[0] ?? '#';
    const firstLineLength = section.image.split('\n', 1)[0]?.trimEnd().length ?? 0;
    const span = { ...this.spanOf(section), end: section.startOffset + firstLineLength };
    this.refuse(sectionNames[word] ?? 'preprocessor directives', span);
    return undefined;
  }

  /** Marks that begin nothing: the first of a row is reported. */
  protected refuseMarks(mark: IToken): undefined {
    if (!this.parsing) return undefined;
    this.state.problems.push(errors.strayMark(mark, this.spanOf(mark)));
    while (this.at(t.StrayMark)) this.SKIP_TOKEN();
    return undefined;
  }

  /** After a probe's head: complain if its block isn't next, and go to the block if there is one. */
  protected requireBlock(lastPoint: AttachPoint | undefined): void {
    if (!this.parsing || this.atAny(blockOpeners)) return;
    const previous = this.LA(0);
    const next = this.LA(1);
    const headEnds = this.atAny([EOF, t.Section, t.StrayMark]) || (this.at(t.Target) && !this.sameLine(previous, next));
    if (headEnds) {
      this.report(errors.missingBlock(lastPoint?.span ?? this.here(), this.state.source.text));
      return;
    }
    this.report(errors.unexpectedInHeader(next, previous, this.here()));
    this.skipToBlock();
  }

  protected reportUnclosed(open: IToken): void {
    const { state } = this;
    if (state.unclosedReported || state.textBroken || (open.tokenType === t.AngleOpen && state.anglesBroken)) return;
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
      const problem = this.problemOf(error);
      Object.assign(this.state, { nesting, treeDepth, expressions, inAngles });
      const construct = errors.unsupportedConstruct(this.LA(1));
      if (construct === undefined) this.report(problem);
      else this.refuse(construct, this.here());
      skip();
      return undefined;
    }
  }

  /** What went wrong, in our words. Anything that isn't about syntax is thrown on. */
  private problemOf(error: unknown): Diagnostic {
    if (error instanceof errors.SyntaxProblem) return error.diagnostic;
    if (!(error instanceof Error && isRecognitionException(error))) throw error;
    const previous = this.LA(0);
    // The closing bracket was expected only because the list could have ended there.
    const opened = [t.ParenOpen, t.BracketOpen, t.Comma].includes(previous.tokenType);
    if (opened && /^'[)\]]'$/.test(error.message)) return errors.missingExpression(this.LA(1), previous, this.here());
    return errors.unexpected(error.message, this.LA(1), this.here());
  }

  /** To the block of the probe whose head failed. */
  protected skipToBlock(): void {
    while (!this.atAny([...blockOpeners, t.Section, EOF])) this.SKIP_TOKEN();
  }

  /** Past the end of a statement that failed, with all blocks that it has. */
  protected skipStatement(): void {
    while (!this.atAny([t.BraceClose, t.AngleClose, EOF])) {
      if (this.at(t.Semicolon)) {
        this.SKIP_TOKEN();
        return;
      }
      if (!this.at(t.BraceOpen)) {
        this.SKIP_TOKEN();
        continue;
      }
      this.skipBraces();
      if (!this.at(t.Else)) return;
    }
  }

  /** From an opening brace past its partner. */
  private skipBraces(): void {
    let depth = 0;
    do {
      if (this.at(t.BraceOpen)) depth++;
      if (this.at(t.BraceClose)) depth--;
      this.SKIP_TOKEN();
    } while (depth > 0 && !this.at(EOF));
  }

  /** Remember the first failed statement of a block that looks like a probe's head: word:…, or word before a block. */
  protected noteSuspect(first: IToken, previous: IToken, problemsBefore: number): void {
    const { state } = this;
    if (state.suspect || this.sameLine(previous, first)) return;
    const { text } = state.source;
    const head = /[A-Za-z_]\w*(?::[^\s:;]+|(?=[ \t]*[{</]))/y;
    head.lastIndex = first.startOffset;
    const image = head.exec(text)?.[0];
    if (image === undefined || errors.unsupportedConstruct(first) !== undefined) return;
    const span = { ...this.spanOf(first), end: first.startOffset + image.length };
    state.suspect = { span, previous, problemsBefore };
  }
}
