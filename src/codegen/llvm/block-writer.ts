/** The blocks of one function while they are written: placing, ending, names. Knows no instruction but by its text. */

import { assert, Bug, present } from '../../base/assert.ts';

/** A text that debug locations point into; its lines become the text of BTF's line information. */
export interface ScriptSource {
  readonly name: string;
  readonly text: string;
}

/** Where in its function's text an instruction comes from; both counted from 1. */
export interface IrLocation {
  readonly line: number;
  readonly column: number;
}

export interface IrInstruction {
  /** As LLVM reads it, without debug location. */
  readonly text: string;
  /** The BPF helper it calls, by name: the text has only its number. */
  readonly helper?: string;
  /** A note for goldens: the field that a store fills. */
  readonly comment?: string;
  readonly location: IrLocation;
}

/** What an instruction may carry beside its text. */
export type InstructionNotes = Pick<IrInstruction, 'helper' | 'comment'>;

/** A basic block: made by `make`, filled after `enter`. */
export interface IrBlock {
  readonly label: string;
  /** Hardly ever run, and written behind all others. */
  readonly isCold: boolean;
  readonly instructions: readonly IrInstruction[];
  /** Where its last instruction leads; undefined until it has one. */
  readonly successors: readonly IrBlock[] | undefined;
}

interface OpenBlock extends IrBlock {
  readonly instructions: IrInstruction[];
  successors: readonly OpenBlock[] | undefined;
  readonly phis: { readonly result: string; readonly from: readonly IrBlock[] }[];
}

/** No name of a script has it: else the value of a variable could be taken for a promised one of its name. */
const promiseMark = '^';

/** The name to define a promised value by. */
export const promised = (name: string): string => `${promiseMark}${name}`;

export class BlockWriter {
  readonly #function: string;
  readonly #names = new Set<string>();
  /** By name: the first number that may still be free. */
  readonly #nextNumbers = new Map<string, number>();
  readonly #made = new Map<IrBlock, OpenBlock>();
  /** In the order of their code. */
  readonly #entered: OpenBlock[] = [];
  readonly #begun = new Set<OpenBlock>();
  readonly #promised = new Map<string, string[]>();
  #current: OpenBlock | undefined;
  #instructionCount = 0;
  /** Script position of what is appended. */
  location: IrLocation;

  constructor(functionName: string, location: IrLocation) {
    this.#function = functionName;
    this.location = location;
  }

  make(role: string, isCold = false): IrBlock {
    const block: OpenBlock = {
      label: this.unique(role),
      isCold,
      instructions: [],
      successors: undefined,
      phis: [],
    };
    this.#made.set(block, block);
    return block;
  }

  enter(block: IrBlock): void {
    this.#entered.push(this.#begin(block));
  }

  /** The same, but it stands before all others: the function starts here. */
  enterFirst(block: IrBlock): void {
    this.#entered.unshift(this.#begin(block));
  }

  get current(): IrBlock {
    return this.#open();
  }

  get hasEnded(): boolean {
    return this.#current === undefined;
  }

  /** Of all blocks. */
  get instructionCount(): number {
    return this.#instructionCount;
  }

  append(text: string, notes: InstructionNotes = {}): void {
    this.#instructionCount++;
    this.#open().instructions.push({ text, location: this.location, ...notes });
  }

  /** A phi must stand before all other instructions of its block. */
  appendPhi(result: string, text: string, from: readonly IrBlock[]): void {
    const block = this.#open();
    assert(
      block.instructions.length === block.phis.length,
      `phi ${result} after other instructions of ${block.label}`,
    );
    block.phis.push({ result, from });
    this.append(`${result} = ${text}`);
  }

  /** The last instruction of the current block. */
  end(text: string, successors: readonly IrBlock[]): void {
    const block = this.#open();
    const targets = successors.map((successor) => this.#own(successor));
    assert(
      !targets.some((target) => target === this.#entered[0]),
      `${this.#function}: a jump back to the entry`,
    );
    this.append(text);
    block.successors = targets;
    this.#current = undefined;
  }

  /** The blocks in the order they were entered. Throws if one has no end, is missing, or a phi doesn't fit. */
  finish(): readonly IrBlock[] {
    assert(
      this.#current === undefined,
      `${this.#function}: block ${this.#current?.label} is left without an end`,
    );
    const missing = [...this.#promised.values()].flat();
    assert(missing.length === 0, `${this.#function}: ${missing.join(', ')} is used and never defined`);
    const targets = new Set(this.#entered.flatMap((block) => block.successors ?? []));
    for (const target of targets) {
      assert(
        this.#begun.has(target),
        `${this.#function}: block ${target.label} is jumped to but never entered`,
      );
    }
    const leading = this.#leading();
    for (const block of this.#entered) this.#checkPhis(block, leading.get(block) ?? []);
    return this.#entered;
  }

  /** A name for a value that is used before it is defined: in a loop's phi, in blocks written before the one that defines it. */
  promise(name: string): string {
    const unique = this.unique(name);
    const key = promised(name);
    this.#promised.set(key, [...(this.#promised.get(key) ?? []), unique]);
    return unique;
  }

  /** The name of a value that is being defined: a promised one, if `name` says so. */
  define(name: string): string {
    if (!name.startsWith(promiseMark)) return this.unique(name);
    return present(this.#promised.get(name)?.pop(), `a promise of ${name.slice(1)}`);
  }

  /** Values and labels share one space of names; the second `pid` is `pid.1`. */
  unique(name: string): string {
    const base = name.replace(/[^\w$.]/g, '_').replace(/^(?=\d|$)/, '_');
    let unique = base;
    let number = this.#nextNumbers.get(base) ?? 1;
    for (; this.#names.has(unique); number++) unique = `${base}.${number}`;
    this.#nextNumbers.set(base, number);
    this.#names.add(unique);
    return unique;
  }

  /** Labels of the blocks that lead to each, once for each edge: twice if two arms of one block lead there. */
  #leading(): ReadonlyMap<OpenBlock, readonly string[]> {
    const leading = new Map<OpenBlock, string[]>(this.#entered.map((block) => [block, []]));
    for (const { label, successors } of this.#entered)
      for (const next of successors ?? []) leading.get(next)?.push(label);
    return leading;
  }

  /** LLVM wants one value for each edge into the block. */
  #checkPhis(block: OpenBlock, leading: readonly string[]): void {
    if (block.phis.length === 0) return;
    const wanted = [...leading].sort().join(', ');
    for (const phi of block.phis) {
      const named = phi.from
        .map((from) => from.label)
        .sort()
        .join(', ');
      if (named !== wanted)
        throw new Bug(
          `${this.#function}: phi ${phi.result} has values from ${named}; ${wanted} lead to ${block.label}`,
        );
    }
  }

  #begin(block: IrBlock): OpenBlock {
    const open = this.#own(block);
    assert(this.#current === undefined, `block ${this.#current?.label} is left without an end`);
    assert(!this.#begun.has(open), `block ${block.label} is entered twice`);
    this.#begun.add(open);
    this.#current = open;
    return open;
  }

  #open(): OpenBlock {
    return present(this.#current, `a block to write to in ${this.#function}: the last one has ended`);
  }

  #own(block: IrBlock): OpenBlock {
    return present(this.#made.get(block), `block ${block.label} in ${this.#function}`);
  }
}
