/** fn declarations as a whole: names, numbers of parameters, and which functions call which. */

import type { Report } from '../base/diagnostic.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { FunctionDeclaration } from '../parser/ast.ts';
import type { InferredFunction } from './infer-function.ts';
import type { Nesting } from './nesting.ts';

/** BPF functions have five registers for what they are given (Documentation/bpf/standardization/abi.rst). */
const parametersMax = 5;

/** By name. */
export function declareFunctions(
  report: Report,
  declarations: readonly FunctionDeclaration[],
): ReadonlyMap<string, FunctionDeclaration> {
  const declared = new Map<string, FunctionDeclaration>();
  for (const declaration of declarations) {
    const { name, parameters } = declaration;
    const earlier = declared.get(name.text);
    const beyond = parameters[parametersMax];
    if (findBuiltin(name.text))
      report.error(
        'reserved-name',
        `${name.text} is a builtin: a function needs a name of its own`,
        name.span,
      );
    else if (earlier)
      report.error('declared-twice', `${name.text}() is declared twice`, name.span, {
        labels: [{ span: earlier.name.span, text: 'it is declared here first' }],
      });
    else declared.set(name.text, declaration);
    if (beyond)
      report.error(
        'bad-signature',
        `${name.text}() has ${parameters.length} parameters: a function takes at most ${parametersMax}`,
        beyond.name.span,
        { hints: ['Pass more through a map.'] },
      );
  }
  return declared;
}

export type CallGraph = ReadonlyMap<string, InferredFunction>;

/** A function that comes back to itself has no end that the kernel could see; it refuses such programs. */
export function checkRecursion(report: Report, graph: CallGraph): void {
  const told = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const called = graph.get(name);
    if (!called || told.has(name)) return;
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name];
      circle.forEach((member) => told.add(member));
      report.error('recursive-function', `${name}() calls itself: ${circle.join(' > ')}`, called.typed.span, {
        hints: ['BPF programs have no recursion: use a loop.'],
      });
      return;
    }
    for (const call of called.nesting.calls) visit(call.name, [...path, name]);
  };
  for (const name of graph.keys()) visit(name, []);
}

/** How many functions of BPF may be under way at one time: of the program, of its loops, of the script. */
export function depthOf(nesting: Nesting, graph: CallGraph): number {
  const known = new Map<string, number>();
  const depth = ({ bodiesMax, calls }: Nesting): number =>
    1 + Math.max(bodiesMax, ...calls.map(({ name, bodies }) => bodies + depthOfFunction(name)));
  const depthOfFunction = (name: string): number => {
    const found = known.get(name);
    const called = graph.get(name);
    if (found !== undefined) return found;
    // A function of C that is imported: of what it calls itself nothing is known.
    if (!called) return 1;
    // Until it is known: a circle is an error anyway.
    known.set(name, 0);
    const within = depth(called.nesting);
    known.set(name, within);
    return within;
  };
  return depth(nesting);
}
