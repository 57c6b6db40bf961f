/** Programs of the reference evaluator: a tree that says only what is computed, and the script that says the same. */

export interface IntType {
  readonly kind: 'int';
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOp = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type Expr =
  | { readonly kind: 'number'; readonly value: bigint }
  /** A word of the program's context: uint64, and not known when compiling. */
  | { readonly kind: 'argument'; readonly index: 0 | 1 }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'map'; readonly name: string; readonly key: readonly Expr[] }
  | { readonly kind: 'cast'; readonly to: IntType; readonly operand: Expr }
  | { readonly kind: 'unary'; readonly op: '-' | '~' | '!'; readonly operand: Expr }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'comparison'; readonly op: ComparisonOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'logical'; readonly op: '&&' | '||'; readonly left: Expr; readonly right: Expr }
  /** `c ? a : b`, or an `if` expression, which means the same. */
  | {
      readonly kind: 'choice';
      readonly condition: Expr;
      readonly then: Expr;
      readonly else: Expr;
      readonly isIf: boolean;
    }
  /** `a ?: b` */
  | { readonly kind: 'elvis'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'tuple'; readonly elements: readonly Expr[] }
  | { readonly kind: 'element'; readonly tuple: Expr; readonly index: number }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, value: Expr])[] }
  | { readonly kind: 'member'; readonly record: Expr; readonly name: string }
  /** ++ and -- for their value: that from before, or (prefix) from after. */
  | {
      readonly kind: 'stepped';
      readonly op: '++' | '--';
      readonly isPrefix: boolean;
      readonly target: Target;
    }
  | { readonly kind: 'call'; readonly of: FunctionName; readonly args: readonly Expr[] }
  /** Statements, and the value that they come to. */
  | { readonly kind: 'block'; readonly body: Block; readonly result: Expr };

export type Target = Extract<Expr, { kind: 'variable' | 'map' }>;

export type Statement =
  | { readonly kind: 'assign'; readonly target: Target; readonly value: Expr }
  | { readonly kind: 'update'; readonly op: ArithmeticOp; readonly target: Target; readonly value: Expr }
  | { readonly kind: 'step'; readonly op: '++' | '--'; readonly target: Target }
  /** A variable whose type is fixed. */
  | { readonly kind: 'declare'; readonly name: string; readonly type: IntType; readonly value: Expr }
  | { readonly kind: 'delete'; readonly name: string; readonly key: readonly Expr[] }
  | { readonly kind: 'if'; readonly condition: Expr; readonly then: Block; readonly else: Block }
  | { readonly kind: 'unroll'; readonly times: number; readonly body: Block }
  /** From `from` to before `to`; the name differs from that of all other loops. */
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: Block;
    }
  /** Over the entries of a map, in an order that nobody knows: the body must come to the same in any. */
  | { readonly kind: 'each'; readonly name: string; readonly map: string; readonly body: Block }
  /** So many rounds, counted in a variable of that name. */
  | { readonly kind: 'while'; readonly name: string; readonly times: number; readonly body: Block }
  /** Within a loop. */
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return' };

export type Block = readonly Statement[];

interface FunctionModel {
  readonly parameters: readonly IntType[];
  readonly returns: IntType;
  readonly text: string;
  /** What it returns; cut to the type by its caller. */
  readonly compute: (a: bigint, b: bigint) => bigint;
}

const intOf = (bits: IntType['bits'], signed: boolean): IntType => ({ kind: 'int', bits, signed });

/** Functions that every script has. */
export const functions = {
  diff: {
    parameters: [intOf(64, true), intOf(16, true)],
    returns: intOf(32, true),
    text: 'fn diff($m: int64, $n: int16): int32 { $m -= $n; return $m; }',
    compute: (m, n) => m - n,
  },
  steps: {
    parameters: [intOf(8, false), intOf(8, false)],
    returns: intOf(16, true),
    text: 'fn steps($m: uint8, $n: uint8): int16 { for $i : 0..10 { if ($i * $n > $m) { return $i; } } return -1; }',
    compute(m, n) {
      for (let round = 0n; round < 10n; round++) if (round * n > m) return round;
      return -1n;
    },
  },
  least: {
    parameters: [intOf(64, false), intOf(64, false)],
    returns: intOf(64, false),
    text: 'fn least($m: uint64, $n: uint64): uint64 { if ($m < $n) { return $m; } else { return $n; } }',
    compute: (m, n) => (m < n ? m : n),
  },
} as const satisfies Readonly<Record<string, FunctionModel>>;

export type FunctionName = keyof typeof functions;

export const typeText = ({ bits, signed }: IntType): string => `${signed ? '' : 'u'}int${bits}`;

/** The script of a block; `suffix` tells the maps of several programs in one script apart. */
export function printBlock(block: Block, suffix: string): string {
  return block.map((statement) => printStatement(statement, suffix)).join('\n');
}

function printStatement(statement: Statement, suffix: string): string {
  const show = (expr: Expr): string => printExpr(expr, suffix);
  switch (statement.kind) {
    case 'assign':
      return `${show(statement.target)} = ${show(statement.value)};`;
    case 'update':
      return `${show(statement.target)} ${statement.op}= ${show(statement.value)};`;
    case 'step':
      return `${show(statement.target)}${statement.op};`;
    case 'declare':
      return `let $${statement.name}: ${typeText(statement.type)} = ${show(statement.value)};`;
    case 'delete':
      return `delete(@${statement.name}${suffix}, ${keyText(statement.key, suffix)});`;
    case 'if':
      return [
        `if (${show(statement.condition)}) {`,
        `${printBlock(statement.then, suffix)}`,
        `} else {`,
        `${printBlock(statement.else, suffix)}`,
        `}`,
      ].join('\n');
    case 'unroll':
      return `unroll (${statement.times}) {\n${printBlock(statement.body, suffix)}\n}`;
    case 'for':
      return `for $${statement.name} : (${show(statement.from)})..(${show(statement.to)}) {\n${printBlock(statement.body, suffix)}\n}`;
    case 'each':
      return `for $${statement.name} : @${statement.map}${suffix} {\n${printBlock(statement.body, suffix)}\n}`;
    case 'while': {
      const counter = `$${statement.name}`;
      return `let ${counter}: int64 = 0;\nwhile (${counter} < ${statement.times}) {\n${counter}++;\n${printBlock(statement.body, suffix)}\n}`;
    }
    case 'break':
    case 'continue':
    case 'return':
      return `${statement.kind};`;
  }
}

const keyText = (key: readonly Expr[], suffix: string): string =>
  key.length === 1 ? key.map((part) => printExpr(part, suffix)).join('') : tupleText(key, suffix);

const tupleText = (elements: readonly Expr[], suffix: string): string =>
  `(${elements.map((element) => printExpr(element, suffix)).join(', ')})`;

/** Parentheses everywhere: precedence is the parser's matter. */
export function printExpr(expr: Expr, suffix: string): string {
  const show = (inner: Expr): string => printExpr(inner, suffix);
  switch (expr.kind) {
    case 'number':
      return `${expr.value}`;
    case 'argument':
      return `arg${expr.index}`;
    case 'text':
      return JSON.stringify(expr.value);
    case 'truth':
      return `${expr.value}`;
    case 'variable':
      return `$${expr.name}`;
    case 'map':
      return `@${expr.name}${suffix}${expr.key.length === 0 ? '' : `[${expr.key.map(show).join(', ')}]`}`;
    case 'cast':
      return `(${typeText(expr.to)})(${show(expr.operand)})`;
    case 'unary':
      return `${expr.op}(${show(expr.operand)})`;
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return `(${show(expr.left)} ${expr.op} ${show(expr.right)})`;
    case 'choice':
      return expr.isIf
        ? `(if (${show(expr.condition)}) { ${show(expr.then)} } else { ${show(expr.else)} })`
        : `(${show(expr.condition)} ? ${show(expr.then)} : ${show(expr.else)})`;
    case 'elvis':
      return `(${show(expr.left)} ?: ${show(expr.right)})`;
    case 'tuple':
      return tupleText(expr.elements, suffix);
    case 'element':
      return `${show(expr.tuple)}.${expr.index}`;
    case 'record':
      return `(${expr.fields.map(([name, value]) => `${name}=${show(value)}`).join(', ')})`;
    case 'member':
      return `${show(expr.record)}.${expr.name}`;
    case 'stepped': {
      const target = show(expr.target);
      return expr.isPrefix ? `${expr.op}${target}` : `${target}${expr.op}`;
    }
    case 'call':
      return `${expr.of}(${expr.args.map(show).join(', ')})`;
    case 'block':
      return `{ ${printBlock(expr.body, suffix)} ${show(expr.result)} }`;
  }
}
