/** What a pass yields: a value, always, and what it found wrong on the way. */

import type { Diagnostic } from './diagnostic.ts';

export interface Outcome<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
