/** Where the flow of control ends. Told from how statements are written, so that every round of inference sees the same. */

import { findBuiltin } from '../builtins/registry.ts';
import type { Block, Statement } from '../parser/ast.ts';

/** What follows the statement in its block is never reached. */
export function endsFlow(statement: Statement): boolean {
  switch (statement.kind) {
    case 'return':
    case 'break':
    case 'continue':
      return true;
    case 'expression':
      return endsProgram(statement);
    case 'block':
      return blockEndsFlow(statement.body);
    case 'if':
      return blockEndsFlow(statement.then) && statement.else !== undefined && blockEndsFlow(statement.else);
    default:
      return false;
  }
}

export const blockEndsFlow = ({ statements }: Pick<Block, 'statements'>): boolean =>
  statements.some(endsFlow);

/** A call after which the program ends: exit(). */
export function endsProgram(statement: Statement): boolean {
  if (statement.kind !== 'expression') return false;
  const { value: call } = statement;
  const name = call.kind === 'call' ? call.callee.text : call.kind === 'identifier' ? call.name : '';
  const builtin = findBuiltin(name);
  return builtin?.kind === 'function' && builtin.endsProgram === true;
}
