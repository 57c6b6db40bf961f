/** What the user is told about a script: values, not text. Rendering is output/render-diagnostic.ts. */

import type { Span } from './span.ts';

/** Every code a diagnostic may carry: stable names that tests and documents refer to, each explained in cli/explanations.ts. One line each, sorted within a group. */
export const diagnosticCodes = [
  // Syntax
  'bad-escape',
  'bad-import',
  'bad-number',
  'duplicate-config',
  'duplicate-field',
  'misplaced-section',
  'missing-attach-point',
  'misplaced-jump',
  'missing-block',
  'missing-else',
  'missing-expression',
  'missing-semicolon',
  'newline-in-string',
  'no-address',
  'not-assignable',
  'not-iterable',
  'too-deeply-nested',
  'unclosed-block',
  'unclosed-predicate',
  'unexpected-character',
  'unexpected-token',
  'unsafe-import',
  'unsupported-c',
  'unterminated-comment',
  'unterminated-string',
  // Names
  'bad-signature',
  'declared-twice',
  'incompatible-map-kind',
  'map-key-mismatch',
  'missing-return',
  'recursive-function',
  'reserved-name',
  'shadowed-variable',
  'undefined-variable',
  'unhygienic-macro',
  'unknown-field',
  'unknown-function',
  'unknown-identifier',
  'unknown-map',
  'unknown-map-kind',
  'unknown-parameter',
  'unknown-type',
  'unused-map',
  'unused-result',
  'unused-variable',
  // Calls
  'bad-argument',
  'bad-format',
  'debug-output',
  'failed-assertion',
  'misplaced-aggregation',
  'no-command',
  'not-available-here',
  'unsafe',
  'unstable',
  'wrong-argument-count',
  'wrong-argument-type',
  // Types
  'bad-c-definition',
  'bad-cast',
  'bad-operand',
  'division-by-zero',
  'index-out-of-range',
  'literal-out-of-range',
  'not-a-pointer',
  'not-constant',
  'sign-change',
  'type-mismatch',
  'unreachable',
  'value-too-large',
  // Probes
  'bad-probe-target',
  'binary-not-found',
  'no-match',
  'no-probes',
  'lock-traced',
  'not-traceable',
  'probe-not-supported',
  'target-not-found',
  'program-too-large',
  'too-many-probes',
  'unknown-probe',
  // Configuration
  'bad-config',
  'deprecated',
  'ring-enlarged',
  'unstable-feature',
  // The machine
  'btf-missing',
  'clang-missing',
  'feature-missing',
  'libclang-missing',
  'no-privileges',
  // Running: loading, attaching, and what happens while events flow
  'attach-failed',
  'bad-option',
  'load-failed',
  'output-incomplete',
  'runtime-warning',
] as const;

export type DiagnosticCode = (typeof diagnosticCodes)[number];

export interface Label {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  /** What is wrong, in the user's words. The thing first, no trailing full stop needed. */
  readonly message: string;
  /** Where; absent only where no place in a script is to blame. */
  readonly span?: Span;
  /** Other places that matter: "declared here". */
  readonly labels: readonly Label[];
  /** What to do about it, one sentence each. */
  readonly hints: readonly string[];
}

export interface DiagnosticExtras {
  readonly labels?: readonly Label[];
  readonly hints?: readonly string[];
}

/** Collects a pass's diagnostics; made at the pass's door and handed down first. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];

  error(code: DiagnosticCode, message: string, span?: Span, extras: DiagnosticExtras = {}): void {
    this.#diagnostics.push(diagnostic('error', code, message, span, extras));
  }

  warning(code: DiagnosticCode, message: string, span?: Span, extras: DiagnosticExtras = {}): void {
    this.#diagnostics.push(diagnostic('warning', code, message, span, extras));
  }

  add(diagnostics: readonly Diagnostic[]): void {
    this.#diagnostics.push(...diagnostics);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }
}

export function diagnostic(
  severity: Diagnostic['severity'],
  code: DiagnosticCode,
  message: string,
  span?: Span,
  extras: DiagnosticExtras = {},
): Diagnostic {
  return {
    severity,
    code,
    message,
    ...(span && { span }),
    labels: extras.labels ?? [],
    hints: extras.hints ?? [],
  };
}
