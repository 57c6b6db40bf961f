/**
 * The grammar: rules only. Each hands its tokens to build-ast.ts (nodes) or syntax-errors.ts (wording).
 *
 * One token of look-ahead decides everything but casts (cast.ts). What happens when a rule fails, and how chevrotain
 * gets to know the grammar, is told in recovering-parser.ts.
 */

import { EOF, type IToken, type TokenType } from 'chevrotain';
import type { SourceFile } from '../base/source-file.ts';
import type { AssignOp, AttachPoint, Block, Expr, Probe, Statement, TypeSyntax } from './ast.ts';
import * as build from './build-ast.ts';
import { startsCast, startsTypeArgument } from './cast.ts';
import {
  blockOpeners,
  expressionStarts,
  RecoveringParser,
  statementStarts,
  type Parsed,
} from './recovering-parser.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';

/** How many stars and brackets a type may have. */
const typeSuffixesMax = 32;

export class TraceParser extends RecoveringParser {
  /** Slow (some 50 ms), so once per process. `validate` has chevrotain check the grammar; for tests. */
  constructor(validate: boolean) {
    super(validate);
    this.performSelfAnalysis();
  }

  /** Parse the tokens of a script. Never throws; whatever can be made sense of is in the program. */
  parse(source: SourceFile, tokens: readonly IToken[], context: build.BuildContext): Parsed {
    this.begin(source, tokens, context);
    const probes = this.program();
    const span = { file: source.name, start: 0, end: source.text.length };
    const none = { definitions: [], imports: [], macros: [], functions: [], maps: [] };
    return { program: { ...none, probes, span }, problems: this.state.problems };
  }

  // Probes -------------------------------------------------------------------------------------------------------

  readonly program = this.RULE('program', (): Probe[] => {
    const probes: Probe[] = [];
    if (!this.parsing) this.MANY(() => this.SUBRULE(this.item));
    while (this.parsing && !this.at(EOF)) {
      const first = this.LA(1);
      const probe = this.orRecover(
        () => this.SUBRULE(this.item),
        () => {
          if (this.LA(1) === first) this.SKIP_TOKEN();
        },
      );
      if (probe) probes.push(probe);
    }
    return probes;
  });

  readonly item = this.RULE('item', (): Probe | undefined => {
    // A probe that lacks its attach point is still one.
    if (this.parsing && this.atAny([...blockOpeners, t.PredicateOpen, t.Comma]))
      return this.SUBRULE(this.probe);
    return this.OR<Probe | undefined>([
      { ALT: () => this.refuseSection(this.CONSUME(t.Section)) },
      { ALT: () => this.refuseMarks(this.CONSUME(t.StrayMark)) },
      { ALT: () => this.SUBRULE2(this.probe) },
    ]);
  });

  readonly probe = this.RULE('probe', (): Probe | undefined => {
    const first = this.LA(1);
    const head = this.orRecover(
      () => this.SUBRULE(this.head),
      () => {
        this.skipToBlock();
      },
    );
    this.ACTION(() => {
      if (head) this.requireBlock(head.attachPoints.at(-1));
    });
    if (this.parsing && !this.atAny(blockOpeners)) return undefined;
    const body = this.SUBRULE(this.probeBlock);
    return this.ACTION(() => head && { ...head, body, span: this.spanFrom(first) });
  });

  /** Attach points and predicate. */
  readonly head = this.RULE('head', (): Omit<Probe, 'body' | 'span'> => {
    const attachPoints = this.SUBRULE(this.attachPoints);
    const predicate = this.OPTION(() => this.SUBRULE(this.predicate));
    return { attachPoints, ...(predicate && { predicate }) };
  });

  readonly attachPoints = this.RULE('attachPoints', (): AttachPoint[] => {
    if (!this.at(t.Target)) this.fail(errors.missingAttachPoint(this.LA(1), this.here()));
    const targets = [this.CONSUME(t.Target)];
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.Target,
      DEF: () => {
        this.CONSUME(t.Comma);
        targets.push(this.CONSUME2(t.Target));
      },
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    return this.ACTION(() => targets.map((target) => this.attachPoint(target)));
  });

  readonly predicate = this.RULE('predicate', (): Expr => {
    const open = this.CONSUME(t.PredicateOpen);
    const condition = this.SUBRULE(this.expression);
    if (this.atAny([t.BraceOpen, EOF])) {
      this.fail(errors.unclosedPredicate(this.spanOf(open), this.after(this.LA(0))));
    }
    this.CONSUME(t.PredicateClose);
    return condition;
  });

  // Blocks -------------------------------------------------------------------------------------------------------

  readonly probeBlock = this.RULE('probeBlock', (): Block => {
    this.ACTION(() => (this.state.suspect = undefined));
    return this.OR([{ ALT: () => this.SUBRULE(this.block) }, { ALT: () => this.SUBRULE(this.angleBlock) }]);
  });

  readonly block = this.RULE('block', (): Block => {
    const state = this.state;
    if (!this.at(t.BraceOpen)) this.fail(errors.missingInnerBlock(this.LA(0), this.LA(1), this.here()));
    this.descend('Blocks');
    const outerAngles = state.inAngles;
    state.inAngles = false;
    const open = this.CONSUME(t.BraceOpen);
    const statements = this.statements();
    const close = this.close(open, t.BraceClose);
    state.inAngles = outerAngles;
    this.ascend('Blocks');
    return this.ACTION(() => ({ statements, span: this.between(open, close) }));
  });

  readonly angleBlock = this.RULE('angleBlock', (): Block => {
    this.state.inAngles = true;
    this.state.anglesBroken = false;
    const open = this.CONSUME(t.AngleOpen);
    const statements = this.statements();
    const close = this.close(open, t.AngleClose);
    this.state.inAngles = false;
    return this.ACTION(() => ({ statements, span: this.between(open, close) }));
  });

  /** All statements up to what can only close a block; those that can't be read are left out. */
  private statements(): readonly Statement[] {
    const statements: Statement[] = [];
    if (!this.parsing) this.MANY(() => this.SUBRULE(this.statement));
    while (this.parsing && !this.atAny([t.BraceClose, t.AngleClose, EOF])) {
      const first = this.LA(1);
      const previous = this.LA(0);
      const problemsBefore = this.state.problems.length;
      const statement = this.orRecover(
        () => this.SUBRULE(this.statement),
        () => {
          this.noteSuspect(first, previous, problemsBefore);
          this.skipStatement();
        },
      );
      if (statement) statements.push(statement);
    }
    return statements;
  }

  /** The mark that ends a block. A wrong one is taken for it, and so is the end of the script. */
  private close(open: IToken, type: TokenType): IToken {
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

  readonly statement = this.RULE('statement', (): Statement | undefined => {
    if (!this.atAny(statementStarts)) this.failAtStatement();
    return this.OR<Statement | undefined>([
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.ifStatement) },
      { ALT: () => this.SUBRULE(this.unrollStatement) },
      { ALT: () => this.SUBRULE(this.returnStatement) },
      { ALT: () => this.SUBRULE(this.discardStatement) },
      { ALT: () => this.SUBRULE(this.blockStatement) },
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

  readonly ifStatement = this.RULE('ifStatement', (): Statement => {
    const depthBefore = this.state.treeDepth;
    const arms: build.IfArm[] = [];
    const first = this.CONSUME(t.If);
    const condition = this.SUBRULE(this.unary);
    const then = this.SUBRULE(this.block);
    arms.push({ first, condition, then });
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.If,
      DEF: () => {
        this.state.treeDepth++;
        this.CONSUME(t.Else);
        const next = this.CONSUME2(t.If);
        const nextCondition = this.SUBRULE2(this.unary);
        arms.push({ first: next, condition: nextCondition, then: this.SUBRULE2(this.block) });
      },
    });
    const last = this.OPTION(() => {
      this.CONSUME2(t.Else);
      return this.SUBRULE3(this.block);
    });
    this.state.treeDepth = depthBefore;
    return this.ACTION(() => build.ifTree(this.state.context, arms, last));
  });

  readonly unrollStatement = this.RULE('unrollStatement', (): Statement => {
    const first = this.CONSUME(t.Unroll);
    const count = this.SUBRULE(this.unary);
    const body = this.SUBRULE(this.block);
    return { kind: 'unroll', count, body, span: this.spanFrom(first) };
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

  readonly blockStatement = this.RULE('blockStatement', (): Statement => {
    const body = this.SUBRULE(this.block);
    return this.ACTION(() => ({ kind: 'block', body, span: body.span }));
  });

  /** An expression, or an assignment to one. */
  readonly simpleStatement = this.RULE('simpleStatement', (): Statement => {
    const first = this.LA(1);
    const target = this.SUBRULE(this.expression);
    const assignment = this.OPTION(() => {
      const op = this.CONSUME(t.AssignOperator);
      return { op: op.image as AssignOp, value: this.SUBRULE2(this.expression) };
    });
    const span = this.spanFrom(first);
    this.endStatement();
    return assignment
      ? { kind: 'assign', ...assignment, target, span }
      : { kind: 'expression', value: target, span };
  });

  // Expressions --------------------------------------------------------------------------------------------------

  /** Conditionals, the weakest operators; a chain of them is a loop here, not a recursion. */
  readonly expression = this.RULE('expression', (): Expr => {
    this.descend('Expressions');
    this.state.expressions++;
    const arms: build.ConditionalArm[] = [];
    let last = this.SUBRULE(this.binary);
    this.MANY(() => {
      this.CONSUME(t.Question);
      const then = this.OPTION(() => this.SUBRULE(this.expression));
      this.CONSUME(t.Colon);
      arms.push({ condition: last, then });
      last = this.SUBRULE2(this.binary);
    });
    this.state.expressions--;
    this.ascend('Expressions');
    return this.ACTION(() => this.shallow(build.conditionalTree(arms, last)));
  });

  readonly binary = this.RULE('binary', (): Expr => {
    const operands = [this.SUBRULE(this.unary)];
    const operators: IToken[] = [];
    this.MANY(() => {
      operators.push(this.CONSUME(t.BinaryOperator));
      operands.push(this.SUBRULE2(this.unary));
    });
    return this.ACTION(() => build.binaryTree(operands, operators));
  });

  /** An operand with all prefixes and casts before it. */
  readonly unary = this.RULE('unary', (): Expr => {
    const prefixes: build.Prefix[] = [];
    this.MANY({
      GATE: () => !this.at(t.ParenOpen) || startsCast(this.ahead, this.sameLine),
      DEF: () => {
        prefixes.push(this.SUBRULE(this.prefix));
      },
    });
    const operand = this.SUBRULE(this.postfix);
    return this.ACTION(() => this.shallow(build.prefixed(this.state.context, prefixes, operand)));
  });

  readonly prefix = this.RULE('prefix', (): build.Prefix =>
    this.OR<build.Prefix>([
      { ALT: () => ({ kind: 'operator', token: this.CONSUME(t.PrefixOperator) }) },
      { ALT: () => ({ kind: 'step', token: this.CONSUME(t.StepOperator) }) },
      {
        ALT: () => {
          const open = this.CONSUME(t.ParenOpen);
          const type = this.SUBRULE(this.type);
          this.CONSUME(t.ParenClose);
          return { kind: 'cast', type, open };
        },
      },
    ]),
  );

  readonly postfix = this.RULE('postfix', (): Expr => {
    let object = this.SUBRULE(this.primary);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            const name = this.SUBRULE(this.member);
            object = this.ACTION(() => build.fieldAccess(this.state.context, object, name));
          },
        },
        {
          ALT: () => {
            const inner = object;
            this.CONSUME(t.BracketOpen);
            const index = this.SUBRULE(this.expression);
            const close = this.CONSUME(t.BracketClose);
            object = this.ACTION(() => ({
              kind: 'index',
              object: inner,
              index,
              span: this.until(inner.span, close),
            }));
          },
        },
        {
          ALT: () => {
            const step = this.CONSUME(t.StepOperator);
            object = this.ACTION(() => build.postfixStep(this.state.context, object, step));
          },
        },
      ]);
    });
    return object;
  });

  /** .name, ->name, .0 */
  readonly member = this.RULE('member', (): IToken => {
    this.OR([{ ALT: () => this.CONSUME(t.Dot) }, { ALT: () => this.CONSUME(t.Arrow) }]);
    return this.OR2([{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Integer) }]);
  });

  readonly primary = this.RULE('primary', (): Expr => {
    if (!this.atAny(expressionStarts)) this.failAtExpression();
    return this.OR<Expr>([
      { ALT: () => this.SUBRULE(this.named) },
      { ALT: () => this.SUBRULE(this.literal) },
      { ALT: () => this.SUBRULE(this.map) },
      { ALT: () => this.SUBRULE(this.parenthesis) },
      { ALT: () => this.SUBRULE(this.sizeof) },
    ]);
  });

  readonly literal = this.RULE('literal', (): Expr =>
    this.OR<Expr>([
      { ALT: () => this.make(build.integerLiteral, this.CONSUME(t.Integer)) },
      { ALT: () => this.make(build.stringLiteral, this.CONSUME(t.StringLiteral)) },
      { ALT: () => this.make(build.booleanLiteral, this.CONSUME(t.BooleanLiteral)) },
      { ALT: () => this.make(build.variable, this.CONSUME(t.Variable)) },
      { ALT: () => this.make(build.parameterReference, this.CONSUME(t.Parameter)) },
    ]),
  );

  /** pid, str(x). */
  readonly named = this.RULE('named', (): Expr => {
    const name = this.CONSUME(t.Identifier);
    const args = this.OPTION(() => {
      this.CONSUME(t.ParenOpen);
      const list = this.OPTION2(() => this.SUBRULE(this.list));
      this.CONSUME(t.ParenClose);
      return list ?? [];
    });
    return this.ACTION(() => {
      if (name.image === 'getopt' && args) this.refuse("'getopt'", this.spanOf(name));
      return build.named(this.state.context, name, args, this.spanFrom(name));
    });
  });

  /** @x, @x[k, l]. */
  readonly map = this.RULE('map', (): Expr => {
    const name = this.CONSUME(t.MapName);
    const keys = this.OPTION(() => {
      this.CONSUME(t.BracketOpen);
      const list = this.SUBRULE(this.list);
      this.CONSUME(t.BracketClose);
      return list;
    });
    return this.ACTION(() => ({
      kind: 'map',
      name: name.image.slice(1),
      ...(keys && { keys }),
      span: this.spanFrom(name),
    }));
  });

  readonly list = this.RULE('list', (): Expr[] => {
    const items = [this.SUBRULE(this.expression)];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      items.push(this.SUBRULE2(this.expression));
    });
    return items;
  });

  /** (e), and the tuples (), (e,), (e, f). */
  readonly parenthesis = this.RULE('parenthesis', (): Expr => {
    let comma = false;
    const elements: Expr[] = [];
    const open = this.CONSUME(t.ParenOpen);
    if (this.at(t.Identifier) && this.LA(2).tokenType === t.Assign) this.failUnsupported('records');
    this.OPTION(() => {
      elements.push(this.SUBRULE(this.expression));
      this.MANY({
        GATE: () => this.LA(2).tokenType !== t.ParenClose,
        DEF: () => {
          comma = true;
          this.CONSUME(t.Comma);
          elements.push(this.SUBRULE2(this.expression));
        },
      });
      this.OPTION2(() => {
        this.CONSUME2(t.Comma);
        comma = true;
      });
    });
    const close = this.CONSUME(t.ParenClose);
    return this.ACTION(() => build.parenthesised(elements, comma, this.between(open, close)));
  });

  readonly sizeof = this.RULE('sizeof', (): Expr => {
    const first = this.CONSUME(t.Sizeof);
    this.CONSUME(t.ParenOpen);
    const of = this.OR<{ readonly type: TypeSyntax } | { readonly expr: Expr }>([
      {
        GATE: () => startsTypeArgument(this.ahead),
        ALT: () => ({ type: this.SUBRULE(this.type) }),
        // Every type looks like an expression from its first word; the gate decides.
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => ({ expr: this.SUBRULE(this.expression) }) },
    ]);
    this.CONSUME(t.ParenClose);
    return { kind: 'sizeof', of, span: this.spanFrom(first) };
  });

  // Types --------------------------------------------------------------------------------------------------------

  readonly type = this.RULE('type', (): TypeSyntax => {
    const first = this.LA(1);
    if (!this.atAny([t.Identifier, t.TagKeyword])) this.failExpecting('a type');
    let type = this.OR<TypeSyntax>([
      { ALT: () => this.make(build.namedType, this.CONSUME(t.Identifier)) },
      {
        ALT: () => {
          const keyword = this.CONSUME(t.TagKeyword);
          const name = this.CONSUME2(t.Identifier);
          return this.ACTION(() => build.taggedType(this.state.context, keyword, name));
        },
      },
    ]);
    let suffixes = 0;
    this.MANY(() => {
      const of = type;
      const length = this.SUBRULE(this.typeSuffix);
      if (++suffixes > typeSuffixesMax) {
        this.fail(errors.tooDeeplyNested('Types may not nest', typeSuffixesMax, this.spanFrom(first)));
      }
      type = this.ACTION(() => build.suffixedType(this.state.context, of, length, this.spanFrom(first)));
    });
    return type;
  });

  /** `*`, `[]`, `[N]`. */
  readonly typeSuffix = this.RULE('typeSuffix', (): build.TypeSuffix =>
    this.OR<build.TypeSuffix>([
      {
        ALT: () => {
          this.CONSUME(t.Star);
          return { kind: 'pointer' };
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.BracketOpen);
          const length = this.OPTION(() => this.CONSUME(t.Integer));
          this.CONSUME(t.BracketClose);
          return { kind: 'array', length };
        },
      },
    ]),
  );
}
