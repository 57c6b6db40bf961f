/**
 * What a script becomes when all is written out: blocks for each place that runs them, functions for each program that calls them, unrolled
 * loops. It is counted while types are found, so that what would take hours and gigabytes ends early, with an error that says which.
 */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Program } from '../parser/ast.ts';
import { sizeOfTree } from './tree-size.ts';

/** Expressions and statements that may come to the written ones in the whole script. */
export const addedPartsMax = 100_000;

/** The same in one program. Most make several instructions, and a jump leads over 32,767 (Documentation/bpf/standardization/instruction-set.rst). */
const programPartsMax = 10_000;

/** How many expressions and statements are looked at to find the types, in all rounds together, beside one look at each. */
const visitsMax = 2_000_000;

/**
 * Loops of one program. The body of a `for` is a function, of which the kernel takes 256 (BPF_MAX_SUBPROGS, include/linux/bpf_verifier.h), ours
 * among them; what LLVM takes for `while` (scalar evolution) grows with the square of their number, and recurses from each to the one before.
 */
const loopsMax = { for: 240, while: 500 } as const;

export type LoopKind = keyof typeof loopsMax;

type Cause = 'places' | 'rounds' | 'types' | LoopKind;

const tooLarge = `The script grows too large here: written out, more than ${programPartsMax} statements and expressions come to a program, or ${addedPartsMax} to all of them`;
const tooManyLoops = (kind: LoopKind): string =>
  `A program has too many loops here: written out, it may have ${loopsMax[kind]} with ${kind}`;

const words: Readonly<Record<Cause, { readonly message: string; readonly hint: string }>> = {
  places: {
    message: tooLarge,
    hint: 'Each place that needs a program of its own gets the whole block, and the functions that it calls: name fewer places, or do less there.',
  },
  rounds: {
    message: tooLarge,
    hint: 'Unroll fewer rounds, or use for $i : 0..N { … }, which is not written out.',
  },
  types: {
    message:
      'The types of names depend on each other in a chain that is too long to follow; here it is not at its end',
    hint: 'Assign to names before they are read, or declare their types: let $x: int64;',
  },
  for: {
    message: tooManyLoops('for'),
    hint: 'Do more in one loop, or divide the block among several probes on the same target.',
  },
  while: { message: tooManyLoops('while'), hint: 'Do more in one loop, or use for $i : 0..N { … }.' },
};

/** Of a whole script. What is written is never too much, whatever is made of it may be. */
export class Growth {
  readonly #written: number;
  /** In this round, and in the program that is looked at. */
  #parts = 0;
  #programParts = 0;
  #programLoops = { for: 0, while: 0 };
  #times = 1;
  #visits = 0;
  #culprit: { readonly span: Span; readonly cause: Cause } | undefined;

  constructor(program: Program) {
    this.#written = sizeOfTree(program).parts;
  }

  /** Each round of inference goes through everything again. */
  beginRound(): void {
    this.#parts = 0;
  }

  beginProgram(): void {
    this.#programParts = 0;
    this.#programLoops = { for: 0, while: 0 };
  }

  /** One more expression or statement. */
  count(): void {
    this.#visits++;
    this.#parts += this.#times;
    this.#programParts += this.#times;
  }

  countLoop(kind: LoopKind, span: Span): void {
    this.#programLoops[kind] += this.#times;
    if (this.#programLoops[kind] > loopsMax[kind]) this.#culprit ??= { span, cause: kind };
  }

  /** Within a loop that is written out: everything counts so many times. */
  unrolled<T>(times: number, span: Span, act: () => T): T {
    this.#times *= times;
    const result = act();
    this.#times /= times;
    this.blameIfTooLarge(span, 'rounds');
    return result;
  }

  /** Behind what was counted: the first that finds it to be too much is told. */
  blameIfTooLarge(span: Span, cause: Cause): void {
    if (this.#isTooLarge) this.#culprit ??= { span, cause };
  }

  /** Between rounds: `span` is a name whose type is not settled yet. */
  blameIfTooSlow(span: Span): void {
    if (this.#visits > visitsMax + this.#written) this.#culprit ??= { span, cause: 'types' };
  }

  get #isTooLarge(): boolean {
    const written = this.#written;
    return this.#parts > written + addedPartsMax || this.#programParts > written + programPartsMax;
  }

  /** Nothing more need be looked at. */
  get isTooMuch(): boolean {
    return this.#culprit !== undefined || this.#isTooLarge;
  }

  /** False if there is nothing to tell. */
  report(report: Report): boolean {
    if (!this.#culprit) return false;
    const { span, cause } = this.#culprit;
    const { message, hint } = words[cause];
    report.error('program-too-large', message, span, { hints: [hint] });
    return true;
  }
}
