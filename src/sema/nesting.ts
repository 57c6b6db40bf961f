/** Which loops stand around what is being typed, and how many functions of BPF may be under way at one time because of them. */

import type { Span } from '../base/span.ts';

/** A call of a function of the script. */
export interface NestedCall {
  readonly name: string;
  readonly span: Span;
  /** Within how many bodies of `for` loops of the caller. */
  readonly bodies: number;
}

/** Of one probe, or one function of the script. */
export class Nesting {
  readonly calls: NestedCall[] = [];
  #loops = 0;
  #bodies = 0;
  #bodiesMax = 0;
  #dead = 0;

  /** while and unroll: within the function. */
  inLoop<T>(act: () => T): T {
    this.#loops++;
    const result = act();
    this.#loops--;
    return result;
  }

  /** for: its body is a function of its own. */
  inBody<T>(act: () => T): T {
    this.#bodies++;
    this.#bodiesMax = Math.max(this.#bodiesMax, this.#bodies);
    const result = this.inLoop(act);
    this.#bodies--;
    return result;
  }

  /** Behind a condition: where it is known not to hold, nothing runs. */
  behind<T>(holds: boolean | undefined, act: () => T): T {
    const dead = holds === false ? 1 : 0;
    this.#dead += dead;
    const result = act();
    this.#dead -= dead;
    return result;
  }

  get isDead(): boolean {
    return this.#dead > 0;
  }

  noteCall(name: string, span: Span): void {
    this.calls.push({ name, span, bodies: this.#bodies });
  }

  get isInLoop(): boolean {
    return this.#loops > 0;
  }

  get isInBody(): boolean {
    return this.#bodies > 0;
  }

  /** The most bodies that stand within each other. */
  get bodiesMax(): number {
    return this.#bodiesMax;
  }
}
