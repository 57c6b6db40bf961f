/** The rules of types as they are written: uint64, string[16], struct task_struct *, typeof($x). */

import type { ParserMethod } from 'chevrotain';
import type { Expr, TypeOrExpr, TypeSyntax } from './ast.ts';
import * as build from './build-ast.ts';
import { startsTypeArgument } from './cast.ts';
import { expressionStarts, RecoveringParser } from './recovering-parser.ts';
import * as errors from './syntax-errors.ts';
import * as t from './tokens.ts';

/** How many stars and brackets a type may have. */
const typeSuffixesMax = 32;

export abstract class TypeGrammar extends RecoveringParser {
  abstract readonly expression: ParserMethod<[], Expr>;

  readonly type = this.RULE('type', (): TypeSyntax => {
    const first = this.LA(1);
    if (!this.atAny([t.Identifier, t.TagKeyword, t.Typeof])) this.failExpecting('a type');
    let type = this.OR<TypeSyntax>([
      { ALT: () => this.make(build.namedType, this.CONSUME(t.Identifier)) },
      {
        ALT: () => {
          const keyword = this.CONSUME(t.TagKeyword);
          const name = this.CONSUME2(t.Identifier);
          return this.ACTION(() => build.taggedType(this.state.context, keyword, name));
        },
      },
      { ALT: () => this.SUBRULE(this.typeof) },
    ]);
    let suffixes = 0;
    this.MANY(() => {
      const of = type;
      const length = this.SUBRULE(this.typeSuffix);
      if (++suffixes > typeSuffixesMax) {
        this.fail(errors.tooDeeplyNested('Types', typeSuffixesMax, this.spanFrom(first)));
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

  readonly typeof = this.RULE('typeof', (): TypeSyntax => {
    this.descend('Types');
    const first = this.CONSUME(t.Typeof);
    this.CONSUME(t.ParenOpen);
    const of = this.SUBRULE(this.typeOrExpr);
    this.CONSUME(t.ParenClose);
    this.ascend('Types');
    return { kind: 'typeof', of, span: this.spanFrom(first) };
  });

  /** What sizeof and its like are of. */
  readonly typeOrExpr = this.RULE('typeOrExpr', (): TypeOrExpr => {
    if (!this.atAny([...expressionStarts, t.TagKeyword, t.Typeof])) this.failAtExpression();
    return this.OR<TypeOrExpr>([
      {
        GATE: () => startsTypeArgument(this.ahead),
        ALT: () => ({ type: this.SUBRULE(this.type) }),
        // Every type looks like an expression from its first word; the gate decides.
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => ({ expr: this.SUBRULE(this.expression) }) },
    ]);
  });
}
