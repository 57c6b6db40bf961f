/** What must be known of a program's loops and functions before they are written: what they share, what they use. */

import type { TypedProbe, TypedStatement, VariableSymbol } from '../sema/typed-tree.ts';
import type { Parts } from './walk.ts';
import { forEachExpr, partsOfExpr, partsOfProbe, partsOfStatement } from './walk.ts';

/** Which parts of a variable that holds a tuple are asked for; `whole` if it is used as it is. */
export function usedElements(
  statements: readonly TypedStatement[],
  id: string,
): ReadonlySet<number> | 'whole' {
  const used = new Set<number>();
  const isWhole = ({ exprs, statements }: Parts): boolean =>
    exprs.some((expr) => {
      if (expr.kind === 'element' && expr.tuple.kind === 'variable' && expr.tuple.variable.id === id) {
        used.add(expr.index);
        return false;
      }
      return (expr.kind === 'variable' && expr.variable.id === id) || isWhole(partsOfExpr(expr));
    }) || statements.some((statement) => isWhole(partsOfStatement(statement)));
  return isWhole({ exprs: [], statements }) ? 'whole' : used;
}

/**
 * Ids of variables in the conditions of `while` loops. The verifier walks through such a loop round by round, and must see the condition
 * become false: it follows values in registers, not those in memory.
 */
export function countingVariables(probe: TypedProbe): ReadonlySet<string> {
  const counting = new Set<string>();
  const visit = ({ exprs, statements }: Parts, isCondition: boolean): void => {
    for (const expr of exprs) {
      if (isCondition && expr.kind === 'variable') counting.add(expr.variable.id);
      visit(partsOfExpr(expr), isCondition);
    }
    for (const statement of statements) {
      if (statement.kind === 'while') visit({ exprs: [statement.condition], statements: [] }, true);
      visit(partsOfStatement(statement), false);
    }
  };
  visit(partsOfProbe(probe), false);
  return counting;
}

/** Variables whose address is taken, each once. */
export function addressedVariables(statements: readonly TypedStatement[]): readonly VariableSymbol[] {
  const addressed = new Map<string, VariableSymbol>();
  forEachExpr({ exprs: [], statements }, (expr) => {
    if (expr.kind === 'variable-address') addressed.set(expr.variable.id, expr.variable);
  });
  return [...addressed.values()];
}

/** Ids of variables that the body of a loop uses and the code around it too. */
export function sharedVariables(probe: TypedProbe): ReadonlySet<string> {
  const shared = new Set<string>();
  /** By id: within how many loops a variable lives. */
  const homes = new Map<string, number>(
    probe.functions.flatMap(({ parameters }) => parameters.map(({ id }) => [id, 0] as const)),
  );
  const visit = ({ exprs, statements }: Parts, level: number): void => {
    const use = (id: string): void => {
      if ((homes.get(id) ?? level) < level) shared.add(id);
    };
    for (const expr of exprs) {
      if (expr.kind === 'variable' || expr.kind === 'variable-address') use(expr.variable.id);
      if (expr.kind === 'step' && expr.target.kind === 'variable') use(expr.target.variable.id);
      visit(partsOfExpr(expr), level);
    }
    for (const statement of statements) {
      const { kind } = statement;
      if (kind === 'declare') homes.set(statement.variable.id, level);
      if ((kind === 'assign' || kind === 'update') && statement.target.kind === 'variable')
        use(statement.target.variable.id);
      if (kind === 'for-range' || kind === 'for-map') {
        homes.set(statement.variable.id, level + 1);
        if (kind === 'for-range') visit({ exprs: [statement.from, statement.to], statements: [] }, level);
        visit({ exprs: [], statements: statement.body }, level + 1);
      } else visit(partsOfStatement(statement), level);
    }
  };
  visit(partsOfProbe(probe), 0);
  return shared;
}
