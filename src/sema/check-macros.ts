/** Macros as they are declared: what is wrong with them wherever they are used. */

import type { Report } from '../base/diagnostic.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { Macro } from '../parser/ast.ts';

/** A parameter that is a bare word would hide a builtin of its name. */
export function checkMacros(report: Report, macros: readonly Macro[]): void {
  for (const { kind, name } of macros.flatMap(({ parameters }) => parameters)) {
    if (kind !== 'expression' || !findBuiltin(name.text)) continue;
    report.error(
      'reserved-name',
      `'${name.text}' is a builtin, so no parameter can have its name`,
      name.span,
      {
        hints: ['Choose another name; or write $name for a variable, @name for a map.'],
      },
    );
  }
}
