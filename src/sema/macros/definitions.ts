/** Macros as they are declared: found by name, and what is wrong with them wherever they are used. */

import type { Report } from '../../base/diagnostic.ts';
import { findBuiltin } from '../../builtins/registry.ts';
import type { Macro, MacroParameter } from '../../parser/ast.ts';
import type { TreeNode } from './map-tree.ts';
import { mapTree } from './map-tree.ts';

/** All macros of one name, in the order of the text: they differ in how many parameters they have, or of which kinds. */
export type Overloads = ReadonlyMap<string, readonly Macro[]>;

export function collectMacros(
  macros: readonly Macro[],
  standard: readonly Macro[],
  report: Report,
): Overloads {
  const byName = new Map<string, Macro[]>();
  for (const macro of macros) {
    const others = byName.get(macro.name.text) ?? [];
    const same = others.find((other) => signatureOf(other) === signatureOf(macro));
    if (same)
      report.error(
        'declared-twice',
        `There is a macro ${macro.name.text}() with such parameters already`,
        macro.name.span,
        {
          labels: [{ span: same.name.span, text: 'it is declared here' }],
        },
      );
    else byName.set(macro.name.text, [...others, macro]);
    checkMacro(macro, report);
  }
  for (const macro of standard) {
    const others = byName.get(macro.name.text) ?? [];
    const isOverridden = others.some((other) => signatureOf(other) === signatureOf(macro));
    if (!isOverridden) byName.set(macro.name.text, [...others, macro]);
  }
  return byName;
}

const signatureOf = ({ parameters }: Macro): string => parameters.map(({ kind }) => kind).join(',');

function checkMacro(macro: Macro, report: Report): void {
  for (const [index, parameter] of macro.parameters.entries()) {
    checkParameter(parameter, report);
    checkTwice(parameter, macro.parameters.slice(0, index), report);
  }
  checkHygiene(macro, report);
}

function checkTwice(
  { kind, name }: MacroParameter,
  earlier: readonly MacroParameter[],
  report: Report,
): void {
  const other = earlier.find((one) => one.kind === kind && one.name.text === name.text);
  if (!other) return;
  report.error('declared-twice', `There are two parameters '${name.text}'`, name.span, {
    labels: [{ span: other.name.span, text: 'it is declared here first' }],
  });
}

/** A parameter that is a bare word would hide a builtin of its name. */
function checkParameter({ kind, name }: MacroParameter, report: Report): void {
  if (kind !== 'expression' || !findBuiltin(name.text)) return;
  report.error('reserved-name', `'${name.text}' is a builtin, so no parameter can have its name`, name.span, {
    hints: ['Choose another name; or write $name for a variable, @name for a map.'],
  });
}

/** Names of the variables that a macro's body makes for itself. */
export function localsOf({ body }: Macro): ReadonlySet<string> {
  const locals = new Set<string>();
  mapTree(body, {
    before(node) {
      if (node.kind === 'let' || node.kind === 'for') locals.add(node.variable.text);
      if (node.kind === 'assign' && node.op === '=' && node.target.kind === 'variable')
        locals.add(node.target.name);
      return undefined;
    },
  });
  return locals;
}

export const namesOf = ({ parameters }: Macro, kind: MacroParameter['kind']): ReadonlySet<string> =>
  new Set(parameters.filter((parameter) => parameter.kind === kind).map(({ name }) => name.text));

/** A body touches what it was given and what it made, nothing else of the script. */
function checkHygiene(macro: Macro, report: Report): void {
  const [variables, maps, locals] = [namesOf(macro, 'variable'), namesOf(macro, 'map'), localsOf(macro)];
  const check = (node: TreeNode): undefined => {
    if (node.kind === 'let' && variables.has(node.variable.text))
      report.error(
        'shadowed-variable',
        `Variable declaration shadows macro arg $${node.variable.text}`,
        node.variable.span,
      );
    if (node.kind === 'map' && !maps.has(node.name)) reportUnhygienic('map', `@${node.name}`, node, report);
    if (node.kind === 'variable' && !variables.has(node.name) && !locals.has(node.name))
      reportUnhygienic('variable', `$${node.name}`, node, report);
    return undefined;
  };
  mapTree(macro.body, { before: check });
}

function reportUnhygienic(what: string, name: string, { span }: TreeNode, report: Report): void {
  report.error('unhygienic-macro', `Unhygienic access to ${what}: ${name}`, span, {
    hints: [
      `${what === 'map' ? 'Maps' : 'Variables'} must be passed into the macro as arguments: add ${name} to its parameters.`,
    ],
  });
}
