/** Runs a program as the language's rules say: what its maps hold when it has ended. */

import { present } from '../../../src/base/assert.ts';
import type { Names } from './infer.ts';
import { asInt, inferNames, loopType, memberOf, sortedFields, typeOf } from './infer.ts';
import type { Block, Expr, Statement, Target } from './model.ts';
import { functions } from './model.ts';
import type { Known, Word } from './rules.ts';
import {
  compare,
  compute,
  convert,
  isTrue,
  joinInts,
  join,
  number,
  operandType,
  parts,
  resultType,
  wrap,
  zeroOf,
} from './rules.ts';

/** The program's two context words. */
export type Arguments = readonly [bigint, bigint];

/** Entries of each map by the text of their key. */
export type MapContents = ReadonlyMap<string, ReadonlyMap<string, Word>>;

interface Run {
  readonly names: Names;
  readonly words: Arguments;
  readonly variables: Map<string, Word>;
  readonly maps: Map<string, Map<string, Word>>;
  /** The key behind each text. */
  readonly keys: Map<string, readonly Word[]>;
}

const isEmpty = (key: Known | undefined): boolean => key?.kind === 'tuple' && key.of.length === 0;

class Return extends Error {}
class Break extends Error {}
class Continue extends Error {}

export function evaluate(block: Block, words: Arguments): MapContents {
  const names = inferNames(block);
  const run: Run = { names, words, variables: new Map(), maps: new Map(), keys: new Map() };
  for (const name of names.values.keys()) run.maps.set(name, new Map());
  // A map without a key always reads as one value.
  for (const [name, type] of names.values)
    if (isEmpty(names.keys.get(name))) contents(name, run).set('[]', zeroOf(type));
  try {
    runBlock(block, run);
  } catch (thrown) {
    if (!(thrown instanceof Return)) throw thrown;
  }
  return run.maps;
}

const runBlock = (block: Block, run: Run): void => block.forEach((statement) => runStatement(statement, run));

function runStatement(statement: Statement, run: Run): void {
  switch (statement.kind) {
    case 'assign':
      return store(statement.target, valueOf(statement.value, run), run);
    case 'update':
    case 'step': {
      const right: Expr = statement.kind === 'update' ? statement.value : { kind: 'number', value: 1n };
      const op = statement.kind === 'update' ? statement.op : statement.op === '++' ? '+' : '-';
      return store(
        statement.target,
        valueOf({ kind: 'arithmetic', op, left: statement.target, right }, run),
        run,
      );
    }
    case 'declare':
      return store({ kind: 'variable', name: statement.name }, valueOf(statement.value, run), run);
    case 'delete':
      contents(statement.name, run).delete(keyOf(statement.name, statement.key, run));
      return;
    case 'if':
      return runBlock(isTrue(valueOf(statement.condition, run)) ? statement.then : statement.else, run);
    case 'unroll':
      for (let turn = 0; turn < statement.times; turn++) if (!runRound(statement.body, run)) return;
      return;
    case 'for': {
      const type = loopType(statement, run.names);
      const [first, end] = [statement.from, statement.to].map((bound) =>
        number(convert(valueOf(bound, run), type)),
      );
      for (let value = first ?? 0n; value < (end ?? 0n); value++) {
        run.variables.set(statement.name, value);
        if (!runRound(statement.body, run)) return;
      }
      return;
    }
    case 'each':
      for (const [text, value] of [...contents(statement.map, run)]) {
        const [only, ...others] = present(run.keys.get(text), 'key');
        const key = only !== undefined && others.length === 0 ? only : [only ?? 0n, ...others];
        run.variables.set(statement.name, [key, value]);
        if (!runRound(statement.body, run)) return;
      }
      return;
    case 'while':
      for (let round = 1; round <= statement.times; round++) {
        run.variables.set(statement.name, BigInt(round));
        if (!runRound(statement.body, run)) return;
      }
      return;
    case 'break':
      throw new Break();
    case 'continue':
      throw new Continue();
    case 'return':
      throw new Return();
  }
}

/** False if the loop ends here. */
function runRound(body: Block, run: Run): boolean {
  try {
    runBlock(body, run);
    return true;
  } catch (thrown) {
    if (thrown instanceof Continue) return true;
    if (thrown instanceof Break) return false;
    throw thrown;
  }
}

function store(target: Target, value: Word, run: Run): void {
  if (target.kind === 'variable')
    run.variables.set(
      target.name,
      convert(value, present(run.names.variables.get(target.name), target.name)),
    );
  else
    contents(target.name, run).set(
      keyOf(target.name, target.key, run),
      convert(value, present(run.names.values.get(target.name), target.name)),
    );
}

const contents = (name: string, run: Run): Map<string, Word> => present(run.maps.get(name), `map @${name}`);

function keyOf(name: string, key: readonly Expr[], run: Run): string {
  const type = present(run.names.keys.get(name), `key of @${name}`);
  const values = key.map((part) => valueOf(part, run));
  const [only] = values;
  const whole = values.length === 1 && typeof only === 'object' ? only : values;
  const converted = parts(convert(whole, type));
  const text = keyText(converted);
  run.keys.set(text, converted);
  return text;
}

/** One text for each key. */
export const keyText = (key: readonly Word[]): string =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));

function valueOf(expr: Expr, run: Run): Word {
  switch (expr.kind) {
    case 'number':
    case 'text':
    case 'truth':
      return expr.value;
    case 'argument':
      return run.words[expr.index];
    case 'variable':
      return present(run.variables.get(expr.name), `value of $${expr.name}`);
    case 'map': {
      const type = present(run.names.values.get(expr.name), `type of @${expr.name}`);
      return contents(expr.name, run).get(keyOf(expr.name, expr.key, run)) ?? zeroOf(type);
    }
    case 'cast':
      return wrap(expr.to, number(valueOf(expr.operand, run)));
    case 'unary':
      return unary(expr, run);
    case 'arithmetic': {
      const operands = operandType(
        expr.op,
        asInt(typeOf(expr.left, run.names)),
        asInt(typeOf(expr.right, run.names)),
      );
      const [left, right] = [expr.left, expr.right].map((side) => wrap(operands, number(valueOf(side, run))));
      return wrap(resultType(expr.op, operands), compute(expr.op, left ?? 0n, right ?? 0n));
    }
    case 'comparison':
      return comparison(expr, run);
    case 'logical': {
      const left = isTrue(valueOf(expr.left, run));
      return left === (expr.op === '||') ? left : isTrue(valueOf(expr.right, run));
    }
    case 'choice': {
      const type = typeOf(expr, run.names);
      return convert(valueOf(isTrue(valueOf(expr.condition, run)) ? expr.then : expr.else, run), type);
    }
    case 'elvis': {
      const left = valueOf(expr.left, run);
      return convert(isTrue(left) ? left : valueOf(expr.right, run), typeOf(expr, run.names));
    }
    case 'record':
      return sortedFields(expr).map(([, value]) => valueOf(value, run));
    case 'member': {
      const { index } = memberOf(typeOf(expr.record, run.names), expr.name);
      return present(parts(valueOf(expr.record, run))[index], expr.name);
    }
    case 'stepped': {
      const before = valueOf(expr.target, run);
      runStatement({ kind: 'step', op: expr.op, target: expr.target }, run);
      // The target is not read again: its key may be made of what has changed.
      const after = number(before) + (expr.op === '++' ? 1n : -1n);
      return expr.isPrefix ? convert(after, typeOf(expr.target, run.names)) : before;
    }
    case 'tuple':
      return expr.elements.map((element) => valueOf(element, run));
    case 'element':
      return present(parts(valueOf(expr.tuple, run))[expr.index], 'element');
    case 'call': {
      const { returns, compute: called } = functions[expr.of];
      const [a = 0n, b = 0n] = expr.args.map((arg) => number(valueOf(arg, run)));
      return wrap(returns, called(a, b));
    }
    case 'block':
      runBlock(expr.body, run);
      return valueOf(expr.result, run);
  }
}

function unary(expr: Extract<Expr, { kind: 'unary' }>, run: Run): Word {
  const value = valueOf(expr.operand, run);
  if (expr.op === '!') return !isTrue(value);
  return wrap(asInt(typeOf(expr, run.names)), expr.op === '-' ? -number(value) : ~number(value));
}

function comparison({ op, left, right }: Extract<Expr, { kind: 'comparison' }>, run: Run): boolean {
  const [a, b] = [typeOf(left, run.names), typeOf(right, run.names)];
  const type = comparedAs(a, b);
  const [first, second] = [convert(valueOf(left, run), type), convert(valueOf(right, run), type)];
  return compare(op, first, second);
}

const comparedAs = (a: Known, b: Known): Known =>
  a.kind === 'int' && b.kind === 'int' ? joinInts(a, b) : join(a, b);
