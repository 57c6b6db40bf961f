/** The rules of blocks and statements: b.8 of the language reference. */

import { EOF, type IToken, type TokenType } from 'chevrotain';
import type { AssignOp, Block, Expr, Statement } from './ast.ts';
import * as build from './build-ast.ts';
import * as blocks from './build-block.ts';
import { ExpressionGrammar } from './expression-grammar.ts';
import { statementStarts } from './recovering-parser.ts';
import { AngleClose } from './section-tokens.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';

export abstract class StatementGrammar extends ExpressionGrammar {
  // Blocks -------------------------------------------------------------------------------------------------------

  override readonly block = this.RULE('block', (): blocks.ReadBlock => {
    const state = this.state;
    if (!this.at(t.BraceOpen)) this.fail(errors.missingInnerBlock(this.LA(0), this.LA(1), this.here()));
    this.descend('Blocks');
    const outerAngles = state.inAngles;
    state.inAngles = false;
    const open = this.CONSUME(t.BraceOpen);
    const items = this.items();
    const close = this.close(open, t.BraceClose);
    state.inAngles = outerAngles;
    this.ascend('Blocks');
    return this.ACTION(() => blocks.readBlock(items, this.between(open, close)));
  });

  /** A block that can be no value. */
  readonly body = this.RULE('body', (): Block => {
    const block = this.SUBRULE(this.block);
    return this.ACTION(() => blocks.blockOf(block));
  });

  /** All items up to what can only close a block; those that can't be read are left out. */
  protected items(): readonly blocks.Item[] {
    const items: blocks.Item[] = [];
    if (!this.parsing) this.MANY(() => this.SUBRULE(this.statement));
    while (this.parsing && !this.atAny([t.BraceClose, AngleClose, EOF])) {
      const first = this.LA(1);
      const previous = this.LA(0);
      const problemsBefore = this.problemCount;
      const item = this.orRecover(
        () => this.SUBRULE(this.statement),
        () => {
          this.noteSuspect(first, previous, problemsBefore);
          this.skipStatement(first);
        },
      );
      if (item) items.push(item);
    }
    return items;
  }

  /** The mark that ends a block. A wrong one is taken for it, and so is the end of the script. */
  protected close(open: IToken, type: TokenType): IToken {
    if (!this.parsing || this.at(type)) return this.CONSUME(type);
    if (this.at(EOF)) {
      this.reportUnclosed(open);
    } else {
      this.report(errors.wrongClosing(open, this.spanOf(open), this.LA(1), this.here()));
      this.SKIP_TOKEN();
    }
    return this.LA(0);
  }

  // Statements ---------------------------------------------------------------------------------------------------

  readonly statement = this.RULE('statement', (): blocks.Item | undefined => {
    if (!this.atAny(statementStarts)) this.failAtStatement();
    return this.OR<blocks.Item | undefined>([
      { ALT: () => this.SUBRULE(this.letStatement) },
      // At the beginning of a statement, if and { begin no expression.
      { ALT: () => this.SUBRULE(this.ifStatement), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.blockStatement), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.forStatement) },
      { ALT: () => this.SUBRULE(this.whileStatement) },
      { ALT: () => this.SUBRULE(this.unrollStatement) },
      { ALT: () => this.SUBRULE(this.jumpStatement) },
      { ALT: () => this.SUBRULE(this.returnStatement) },
      { ALT: () => this.SUBRULE(this.importStatement) },
      { ALT: () => this.SUBRULE(this.discardStatement) },
      { ALT: () => this.SUBRULE(this.simpleStatement) },
      {
        ALT: () => {
          this.CONSUME(t.Semicolon);
          return undefined;
        },
      },
    ]);
  });

  readonly letStatement = this.RULE('letStatement', (): Statement => {
    const first = this.CONSUME(t.Let);
    const variable = this.CONSUME(t.Variable);
    const type = this.OPTION(() => {
      this.CONSUME(t.Colon);
      return this.SUBRULE(this.type);
    });
    const value = this.OPTION2(() => {
      this.CONSUME(t.Assign);
      return this.SUBRULE(this.expression);
    });
    const span = this.spanFrom(first);
    this.endStatement();
    return this.ACTION(() => ({
      kind: 'let',
      variable: build.unmarkedName(this.state.context, variable),
      ...(type && { type }),
      ...(value && { value }),
      span,
    }));
  });

  readonly ifStatement = this.RULE('ifStatement', (): blocks.OpenItem => {
    const chain = this.SUBRULE(this.ifChain);
    return { open: 'if', chain };
  });

  /** if … else if … else …: a loop here, not a recursion. */
  override readonly ifChain = this.RULE('ifChain', (): blocks.IfChain => {
    const depthBefore = this.state.treeDepth;
    const head = this.SUBRULE(this.ifArm);
    const more: blocks.IfArm[] = [];
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.If,
      DEF: () => {
        this.state.treeDepth++;
        this.CONSUME(t.Else);
        more.push(this.SUBRULE2(this.ifArm));
      },
    });
    const otherwise = this.OPTION(() => {
      this.CONSUME2(t.Else);
      return this.SUBRULE(this.block);
    });
    this.state.treeDepth = depthBefore;
    return { arms: [head, ...more], ...(otherwise && { otherwise }) };
  });

  readonly ifArm = this.RULE('ifArm', (): blocks.IfArm => {
    const first = this.CONSUME(t.If);
    const condition = this.SUBRULE(this.head);
    const then = this.SUBRULE(this.block);
    return { first: this.spanOf(first), condition, then };
  });

  /** What stands before a block: without parentheses, an operand with its prefixes (b.8). A brace begins the block. */
  readonly head = this.RULE('head', (): Expr => {
    if (this.at(t.BraceOpen)) this.failAtExpression();
    return this.SUBRULE(this.unary);
  });

  readonly forStatement = this.RULE('forStatement', (): Statement | undefined => {
    const first = this.CONSUME(t.For);
    const loop = this.OR([
      {
        ALT: () => {
          this.CONSUME(t.ParenOpen);
          const inner = this.SUBRULE(this.loopHead);
          this.CONSUME(t.ParenClose);
          return inner;
        },
      },
      { ALT: () => this.SUBRULE2(this.loopHead) },
    ]);
    const body = this.SUBRULE(this.body);
    return this.ACTION(() => loop && { kind: 'for', ...loop, body, span: this.spanFrom(first) });
  });

  /** $i : 0..10, or $kv : @map. */
  readonly loopHead = this.RULE('loopHead', (): blocks.LoopHead | undefined => {
    if (!this.at(t.Variable)) this.failExpecting('a variable ($x)');
    const variable = this.CONSUME(t.Variable);
    if (!this.at(t.Colon)) this.fail(errors.missingLoopColon(this.LA(1), this.here()));
    this.CONSUME(t.Colon);
    const from = this.SUBRULE(this.head);
    const to = this.OPTION(() => {
      this.CONSUME(t.DotDot);
      return this.SUBRULE2(this.head);
    });
    return this.ACTION(() => {
      const over = blocks.loopOver(from, to);
      // What stands behind half a range is told by who expects the block.
      const isWhole = this.at(t.BraceOpen) || this.at(t.ParenClose);
      if (!over && isWhole && from.kind !== 'error') this.report(errors.notIterable(from.span));
      return over && { variable: build.unmarkedName(this.state.context, variable), over };
    });
  });

  readonly whileStatement = this.RULE('whileStatement', (): Statement => {
    const first = this.CONSUME(t.While);
    const condition = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.body);
    return { kind: 'while', condition, body, span: this.spanFrom(first) };
  });

  readonly unrollStatement = this.RULE('unrollStatement', (): Statement => {
    const first = this.CONSUME(t.Unroll);
    const count = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.body);
    return { kind: 'unroll', count, body, span: this.spanFrom(first) };
  });

  readonly jumpStatement = this.RULE('jumpStatement', (): Statement => {
    const word = this.OR([{ ALT: () => this.CONSUME(t.Break) }, { ALT: () => this.CONSUME(t.Continue) }]);
    const span = this.spanFrom(word);
    this.endStatement();
    return { kind: word.tokenType === t.Break ? 'break' : 'continue', span };
  });

  readonly importStatement = this.RULE('importStatement', (): Statement => {
    const first = this.CONSUME(t.Import);
    const path = this.CONSUME(t.StringLiteral);
    const span = this.spanFrom(first);
    this.endStatement();
    return this.ACTION(() => {
      const { context } = this.state;
      const node = { path: build.textOf(context, path), span };
      context.innerImports.push(node);
      return { kind: 'import', ...node };
    });
  });

  readonly returnStatement = this.RULE('returnStatement', (): Statement => {
    const first = this.CONSUME(t.Return);
    const value = this.OPTION(() => this.SUBRULE(this.expression));
    const span = this.spanFrom(first);
    this.endStatement();
    return { kind: 'return', ...(value && { value }), span };
  });

  readonly discardStatement = this.RULE('discardStatement', (): Statement => {
    const first = this.CONSUME(t.Discard);
    this.CONSUME(t.Assign);
    const value = this.SUBRULE(this.expression);
    const span = this.spanFrom(first);
    this.endStatement();
    return { kind: 'discard', value, span };
  });

  readonly blockStatement = this.RULE('blockStatement', (): blocks.OpenItem => {
    const block = this.SUBRULE(this.block);
    return { open: 'block', block };
  });

  /** An expression, or an assignment to one. */
  readonly simpleStatement = this.RULE('simpleStatement', (): blocks.Item => {
    const first = this.LA(1);
    const target = this.SUBRULE(this.expression);
    const assignment = this.OPTION(() => {
      const op = this.CONSUME(t.AssignOperator);
      return { op: op.image as AssignOp, value: this.SUBRULE2(this.expression) };
    });
    const span = this.spanFrom(first);
    const closed = this.endStatement();
    if (assignment) return { kind: 'assign', ...assignment, target, span };
    return closed ? { kind: 'expression', value: target, span } : { open: 'expression', value: target };
  });
}
