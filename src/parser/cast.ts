/**
 * Whether a parenthesis holds a type. `(a)-1` may be a cast or a subtraction; the grammar can't know the kernel's
 * typedefs, so this looks at words alone:
 * - struct, union and enum begin a type;
 * - so does typeof;
 * - int8 … uint64, bool, void, string, buffer, inet, timestamp, C's own names, the kernel's u8 … s64, and names that end in _t
 *   are types;
 * - another name is a type where it could be nothing else: with `*` or `[]` behind it, or where the parenthesis is
 *   followed on the same line by a name, a literal, `$`, `@` or `(` (two operands in a row make no expression).
 */

import { tokenMatcher, type IToken, type TokenType } from 'chevrotain';
import {
  BooleanLiteral,
  BracketClose,
  BracketOpen,
  Comma,
  Comptime,
  Identifier,
  Integer,
  MapName,
  Offsetof,
  Parameter,
  ParenClose,
  ParenOpen,
  PrefixOperator,
  Sizeof,
  Star,
  StepOperator,
  StringLiteral,
  TagKeyword,
  Typeinfo,
  Typeof,
  Variable,
} from './tokens.ts';

const typeName =
  /^(?:u?int(?:8|16|32|64)|bool|void|string|buffer|inet|timestamp|char|short|int|long|(?:__)?[us](?:8|16|32|64)|[A-Za-z_]\w*_t)$/;

/** What an operand may begin with that can't continue an expression. */
const operandStarts: readonly TokenType[] = [
  ...[
    Identifier,
    Integer,
    StringLiteral,
    BooleanLiteral,
    Variable,
    Parameter,
    MapName,
    ParenOpen,
    Sizeof,
    Offsetof,
    Typeinfo,
    Comptime,
  ],
];

export type LookAhead = (distance: number) => IToken;

/** Whether the tokens ahead are `(T)` before an operand. */
export function startsCast(ahead: LookAhead, sameLine: (a: IToken, b: IToken) => boolean): boolean {
  if (ahead(1).tokenType !== ParenOpen) return false;
  if (beginsType(ahead(2))) return true;
  const close = typeEnd(ahead, 2);
  if (close === undefined || ahead(close.at).tokenType !== ParenClose) return false;
  const next = ahead(close.at + 1);
  if (close.surelyType) return true;
  const startsOperand = operandStarts.some((type) => tokenMatcher(next, type));
  if (!typeName.test(ahead(2).image)) return startsOperand && sameLine(ahead(close.at), next);
  return startsOperand || tokenMatcher(next, PrefixOperator) || tokenMatcher(next, StepOperator);
}

/**
 * Whether the first argument of sizeof and its like is a type as far as words can tell; a bare unknown name counts as an
 * expression.
 */
export function startsTypeArgument(ahead: LookAhead): boolean {
  if (beginsType(ahead(1))) return true;
  const end = typeEnd(ahead, 1);
  if (end === undefined || ![ParenClose, Comma].includes(ahead(end.at).tokenType)) return false;
  return end.surelyType || typeName.test(ahead(1).image);
}

function beginsType(token: IToken): boolean {
  return token.tokenType === Typeof || tokenMatcher(token, TagKeyword);
}

/** Past a name with `*`, `[]` and `[N]` behind it. A star or empty brackets before a parenthesis can't be an expression. */
function typeEnd(
  ahead: LookAhead,
  from: number,
): { readonly at: number; readonly surelyType: boolean } | undefined {
  if (ahead(from).tokenType !== Identifier) return undefined;
  let at = from + 1;
  let surelyType = false;
  for (;;) {
    if (ahead(at).tokenType === Star) {
      at++;
      surelyType = true;
    } else if (ahead(at).tokenType !== BracketOpen) {
      return { at, surelyType };
    } else if (ahead(at + 1).tokenType === BracketClose) {
      at += 2;
      surelyType = true;
    } else if (ahead(at + 1).tokenType === Integer && ahead(at + 2).tokenType === BracketClose) {
      at += 3;
    } else {
      return undefined;
    }
  }
}
