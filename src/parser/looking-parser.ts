/** The lower half of what the grammar stands on: the state of one run, looking ahead, and spans. */

import { EmbeddedActionsParser, EOF, tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import { Report, type Diagnostic } from '../base/diagnostic.ts';
import { sourceFile, type SourceFile } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import { spanOf, type BuildContext } from './build-ast.ts';
import type { LookAhead } from './cast.ts';
import { expectationOnly } from './syntax-errors.ts';
import { UnterminatedString } from './tokens.ts';
import { allTokens, sectionStarts } from './section-tokens.ts';

/** A failed statement that looks like the head of a probe: the block before it was to be closed. */
export interface Suspect {
  readonly span: Span;
  readonly previous: IToken;
  readonly problemsBefore: number;
}

/** What belongs to one run of the parser. */
export interface State {
  readonly source: SourceFile;
  readonly context: BuildContext;
  readonly problems: Diagnostic[];
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
  /** How many statements and heads have failed or lacked their end. */
  failures: number;
  unclosedReported: boolean;
  suspect: Suspect | undefined;
}

function newState(source: SourceFile, tokens: readonly IToken[], context: BuildContext): State {
  return {
    source,
    context,
    problems: [],
    textBroken: tokens.some((token) => token.tokenType === UnterminatedString),
    nesting: 0,
    treeDepth: 0,
    expressions: 0,
    inAngles: false,
    anglesBroken: false,
    failures: 0,
    unclosedReported: false,
    suspect: undefined,
  };
}

export class LookingParser extends EmbeddedActionsParser {
  protected state: State = newState(sourceFile('', ''), [], {
    file: '',
    report: new Report(),
    parameters: [],
    innerImports: [],
  });

  protected constructor(validate: boolean) {
    super([...allTokens], {
      maxLookahead: 1,
      skipValidations: !validate,
      errorMessageProvider: expectationOnly,
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

  /** The next token; where there is none, or the next section begins on another line, the place after the last. */
  protected here(): Span {
    const next = this.LA(1);
    const previous = this.LA(0);
    const ends = this.atAny(sectionStarts) && previous.tokenType !== EOF && !this.sameLine(previous, next);
    return ends || next.tokenType === EOF ? this.after(previous) : this.spanOf(next);
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
    return {
      file: this.state.source.name,
      start: first.startOffset,
      end: last.startOffset + last.image.length,
    };
  }

  protected until(start: Span, last: IToken): Span {
    return { file: start.file, start: start.start, end: last.startOffset + last.image.length };
  }
}
