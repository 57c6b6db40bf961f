/** Which functions can be traced: as the kernel tells, or as a file says that stands in for it. */

import type { KernelFunction, TargetSource } from '../probes/define.ts';

type Traceable = ReturnType<TargetSource['traceableFunctions']>;

/** `read` asks the kernel, which takes its time: nothing is asked only to know whether one function is there. */
export function traceability(
  given: (() => readonly KernelFunction[]) | undefined,
  read: () => Traceable,
): Pick<TargetSource, 'traceableFunctions' | 'isUntraceable'> {
  let known: Traceable | undefined;
  let names: ReadonlySet<string> | undefined;
  const traceableFunctions = (): Traceable =>
    (known ??= given ? { functions: given(), exact: true } : read());
  return {
    traceableFunctions,
    isUntraceable: (name) => {
      if (!given && !known) return false;
      const { functions, exact } = traceableFunctions();
      names ??= new Set(functions.map((found) => found.name));
      return exact && !names.has(name);
    },
  };
}
