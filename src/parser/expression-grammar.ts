/** The rules of expressions, from the weakest operator to the operands: b.9 of the language reference. */

import type { IToken, ParserMethod } from 'chevrotain';
import type { Span } from '../base/span.ts';
import type { Expr, Name } from './ast.ts';
import * as build from './build-ast.ts';
import * as blocks from './build-block.ts';
import { startsCast } from './cast.ts';
import { expressionStarts } from './recovering-parser.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';
import { TypeGrammar } from './type-grammar.ts';

export abstract class ExpressionGrammar extends TypeGrammar {
  abstract readonly block: ParserMethod<[], blocks.ReadBlock>;
  abstract readonly ifChain: ParserMethod<[], blocks.IfChain>;

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
      { ALT: () => ({ kind: 'comptime', token: this.CONSUME(t.Comptime) }) },
    ]),
  );

  readonly postfix = this.RULE('postfix', (): Expr => {
    let object = this.SUBRULE(this.primary);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            const last = this.LA(0);
            const name = this.SUBRULE(this.member);
            object = this.ACTION(() => build.fieldAccess(this.state.context, object, last, name));
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
      { ALT: () => this.SUBRULE(this.measure) },
      { ALT: () => this.SUBRULE(this.offsetof) },
      { ALT: () => this.SUBRULE(this.blockExpression) },
    ]);
  });

  /** A block or an if as a value. */
  readonly blockExpression = this.RULE('blockExpression', (): Expr => {
    const first = this.LA(1);
    const problemsBefore = this.problemCount;
    const value = this.OR<blocks.Value>([
      {
        ALT: () => {
          const block = this.SUBRULE(this.block);
          return this.ACTION(() => blocks.blockValue(block));
        },
      },
      {
        ALT: () => {
          const chain = this.SUBRULE(this.ifChain);
          return this.ACTION(() => blocks.ifValue(chain));
        },
      },
    ]);
    return this.ACTION(() => {
      if (!('lacks' in value)) return value;
      // After a mistake inside, what was left out may have been the value.
      if (this.problemCount === problemsBefore) this.report(errors.noValue(value));
      return { kind: 'error', span: this.spanFrom(first) };
    });
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
      const list = this.OPTION2(() => this.SUBRULE(this.args));
      this.CONSUME(t.ParenClose);
      return list ?? [];
    });
    return this.ACTION(() => build.named(this.state.context, name, args, this.spanFrom(name)));
  });

  readonly args = this.RULE('args', (): Expr[] => {
    const args = [this.SUBRULE(this.argument)];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      args.push(this.SUBRULE2(this.argument));
    });
    return args;
  });

  /** An expression, or a type: f(typeof(T)). */
  readonly argument = this.RULE('argument', (): Expr => {
    if (!this.atAny([...expressionStarts, t.Typeof])) this.failAtExpression();
    return this.OR<Expr>([
      {
        ALT: () => {
          const type = this.SUBRULE(this.typeof);
          return this.ACTION(() => ({ kind: 'type', type, span: type.span }));
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
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

  /** (e), a tuple or a record. */
  readonly parenthesis = this.RULE('parenthesis', (): Expr => {
    const open = this.CONSUME(t.ParenOpen);
    const make = this.OR<(span: Span) => Expr>([
      {
        GATE: () => this.LA(2).tokenType === t.Assign,
        ALT: () => this.SUBRULE(this.fields),
        // A field's name looks like an expression; the gate decides.
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE(this.elements) },
    ]);
    const close = this.CONSUME(t.ParenClose);
    return this.ACTION(() => make(this.between(open, close)));
  });

  /** The inside of an expression in parentheses, and of the tuples (), (e,), (e, f). */
  readonly elements = this.RULE('elements', (): ((span: Span) => Expr) => {
    let comma = false;
    const elements: Expr[] = [];
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
    return (span) => build.parenthesised(elements, comma, span);
  });

  /** The inside of a record: x=1, y="s" */
  readonly fields = this.RULE('fields', (): ((span: Span) => Expr) => {
    const fields = [this.SUBRULE(this.field)];
    this.MANY({
      GATE: () => this.LA(2).tokenType !== t.ParenClose,
      DEF: () => {
        this.CONSUME(t.Comma);
        fields.push(this.SUBRULE2(this.field));
      },
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    return (span) => build.record(this.state.context, fields, span);
  });

  readonly field = this.RULE('field', (): build.ReadField => {
    const name = this.CONSUME(t.Word);
    this.CONSUME(t.Assign);
    return { name, value: this.SUBRULE(this.expression) };
  });

  readonly measure = this.RULE('measure', (): Expr => {
    const first = this.OR([{ ALT: () => this.CONSUME(t.Sizeof) }, { ALT: () => this.CONSUME(t.Typeinfo) }]);
    this.CONSUME(t.ParenOpen);
    const of = this.SUBRULE(this.typeOrExpr);
    this.CONSUME(t.ParenClose);
    const kind = first.tokenType === t.Sizeof ? 'sizeof' : 'typeinfo';
    return { kind, of, span: this.spanFrom(first) };
  });

  /** offsetof(struct a, b.c) */
  readonly offsetof = this.RULE('offsetof', (): Expr => {
    const first = this.CONSUME(t.Offsetof);
    const path: Name[] = [];
    this.CONSUME(t.ParenOpen);
    const of = this.SUBRULE(this.typeOrExpr);
    this.CONSUME(t.Comma);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Dot,
      DEF: () => path.push(this.make(build.nameOf, this.CONSUME(t.Word))),
    });
    this.CONSUME(t.ParenClose);
    return { kind: 'offsetof', of, path, span: this.spanFrom(first) };
  });
}
