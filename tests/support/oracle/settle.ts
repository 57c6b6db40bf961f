/**
 * The generator does not know where in a program a part of it will stand. What depends on that is put right here: loops get names of their
 * own, uses of a loop's variable that of the loop around them, jumps outside of loops go, and what the probe was given is read from
 * variables in the bodies of `for` loops.
 */

import { present } from '../../../src/base/assert.ts';
import type { Block, Expr, Statement, Target } from './model.ts';

/** Stands for the variable of the innermost loop. */
export const roundName = 'round';
/** Stands for the entry of the innermost loop over a map. */
export const entryName = 'entry';
/** Variables that hold the context's words. */
export const givenNames = ['given0', 'given1'] as const;

interface Place {
  /** The innermost loop with a variable. */
  readonly round?: string;
  /** The variable of the innermost loop over a map. */
  readonly entry?: string;
  readonly isInLoop: boolean;
  /** In the body of a `for` loop. */
  readonly isInBody: boolean;
}

export function settle(block: Block): Block {
  const names = { count: 0 };
  return settleBlock(block, { isInLoop: false, isInBody: false }, () => `i${names.count++}`);
}

type NewName = () => string;

const settleBlock = (block: Block, place: Place, newName: NewName): Block =>
  block.flatMap((statement) => settleStatement(statement, place, newName));

function settleStatement(statement: Statement, place: Place, newName: NewName): Block {
  const expr = <E extends Expr>(of: E): E => settleExpr(of, place, newName) as E; // names of targets stay
  const block = (of: Block, inner: Partial<Place> = {}): Block =>
    settleBlock(of, { ...place, ...inner }, newName);
  switch (statement.kind) {
    case 'assign':
    case 'update':
      return [{ ...statement, target: expr(statement.target), value: expr(statement.value) }];
    case 'step':
      return [{ ...statement, target: expr(statement.target) }];
    case 'declare':
      return [{ ...statement, value: expr(statement.value) }];
    case 'delete':
      return [{ ...statement, key: statement.key.map(expr) }];
    case 'if':
      return [
        {
          ...statement,
          condition: expr(statement.condition),
          then: block(statement.then),
          else: block(statement.else),
        },
      ];
    case 'unroll':
      return [{ ...statement, body: block(statement.body, { isInLoop: true }) }];
    case 'for': {
      const name = newName();
      const body = block(statement.body, { round: name, isInLoop: true, isInBody: true });
      return [{ ...statement, name, from: expr(statement.from), to: expr(statement.to), body }];
    }
    case 'each': {
      const name = newName();
      return [
        { ...statement, name, body: block(statement.body, { entry: name, isInLoop: true, isInBody: true }) },
      ];
    }
    case 'while': {
      const name = newName();
      return [{ ...statement, name, body: block(statement.body, { round: name, isInLoop: true }) }];
    }
    case 'break':
    case 'continue':
      return place.isInLoop ? [statement] : [];
    case 'return':
      return [statement];
  }
}

const settleTarget = (target: Target, inner: (of: Expr) => Expr): Target =>
  target.kind === 'map' ? { ...target, key: target.key.map(inner) } : target;

function settleExpr(expr: Expr, place: Place, newName: NewName): Expr {
  const inner = (of: Expr): Expr => settleExpr(of, place, newName);
  switch (expr.kind) {
    case 'number':
    case 'text':
    case 'truth':
      return expr;
    case 'argument':
      return place.isInBody ? { kind: 'variable', name: givenNames[expr.index] } : expr;
    case 'variable':
      if (expr.name === entryName)
        return { kind: 'variable', name: present(place.entry, 'a loop over a map') };
      if (expr.name !== roundName) return expr;
      return place.round === undefined
        ? { kind: 'number', value: 7n }
        : { kind: 'variable', name: place.round };
    case 'map':
      return { ...expr, key: expr.key.map(inner) };
    case 'cast':
    case 'unary':
      return { ...expr, operand: inner(expr.operand) };
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return { ...expr, left: inner(expr.left), right: inner(expr.right) };
    case 'choice':
      return { ...expr, condition: inner(expr.condition), then: inner(expr.then), else: inner(expr.else) };
    case 'tuple':
      return { ...expr, elements: expr.elements.map(inner) };
    case 'elvis':
      return { ...expr, left: inner(expr.left), right: inner(expr.right) };
    case 'record':
      return { ...expr, fields: expr.fields.map(([name, value]) => [name, inner(value)] as const) };
    case 'member':
      return { ...expr, record: inner(expr.record) };
    case 'stepped':
      return { ...expr, target: settleTarget(expr.target, inner) };
    case 'element':
      return { ...expr, tuple: inner(expr.tuple) };
    case 'call':
      return { ...expr, args: expr.args.map(inner) };
    case 'block':
      return { ...expr, body: settleBlock(expr.body, place, newName), result: inner(expr.result) };
  }
}
