/** What a module gathers while its programs are written: events, texts and places that records refer to by number; functions beside the programs themselves. */

import type { Span } from '../base/span.ts';
import type { NameTable } from '../builtins/emitter.ts';
import type { EventPlan, FailureSite, Place as ScriptPlace, Requirement } from '../plan/plan.ts';
import type { ByteText } from '../types/value.ts';
import type { FunctionBuilder } from './llvm/ir.ts';

export class Tables {
  readonly events: EventPlan[] = [];
  readonly strings: ByteText[] = [];
  readonly places: ScriptPlace[] = [];
  readonly requires: Requirement[] = [];
  readonly failures: FailureSite[] = [];
  /** By their map's symbol. */
  readonly nameTables = new Map<string, NameTable>();
  /** Local functions by name, in the order of first use. */
  readonly functions = new Map<string, FunctionBuilder>();
  /** Symbols of the maps that lie in slots: user space exchanges them. */
  readonly exchanged: ReadonlySet<string>;
  readonly #programs: number;
  readonly #eventNumbers = new Map<string, number>();

  readonly #names: Set<string>;

  /** `programs` are the names of the module's programs. */
  constructor(requires: readonly Requirement[], programs: readonly string[], exchanged: ReadonlySet<string>) {
    this.exchanged = exchanged;
    this.requires.push(...requires);
    this.#names = new Set(programs);
    this.#programs = programs.length;
  }

  /** The number that its records begin with. A call that is written several times (unroll) is one event. */
  event(event: EventPlan): number {
    const identity = JSON.stringify(event, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    const known = this.#eventNumbers.get(identity);
    if (known !== undefined) return known;
    const number = this.events.push(event) - 1;
    this.#eventNumbers.set(identity, number);
    return number;
  }

  text(text: ByteText): number {
    const known = this.strings.indexOf(text);
    return known >= 0 ? known : this.strings.push(text) - 1;
  }

  place(span: Span, message: string): number {
    const known = this.places.findIndex(
      (place) => place.message === message && place.span.start === span.start && place.span.end === span.end,
    );
    return known >= 0 ? known : this.places.push({ span, message }) - 1;
  }

  /** The slot of event_loss_counter for updates of a map that fail here: behind those of the programs. */
  failureSlot(map: string, span: Span): number {
    const known = this.failures.findIndex(
      (site) => site.map === map && site.span.start === span.start && site.span.end === span.end,
    );
    const index = known >= 0 ? known : this.failures.push({ map, span }) - 1;
    return this.#programs + index;
  }

  /** The map that holds a table's names; part of the plan from the first use on. */
  names(table: NameTable): { readonly symbol: string } {
    const symbol = `names_${table.name}`;
    this.nameTables.set(symbol, table);
    return { symbol };
  }

  require(feature: string, span: Span): void {
    if (!this.requires.some((requirement) => requirement.feature === feature))
      this.requires.push({ feature, span });
  }

  /** A function of the module that several programs may call; made when it is first asked for. */
  function(name: string, make: () => FunctionBuilder): FunctionBuilder {
    const known = this.functions.get(name) ?? make();
    this.functions.set(name, known);
    return known;
  }

  /** A name that no other function of the module has. BTF takes those of C only. */
  nameFunction(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#names.has(name); number++) name = `${wanted}_${number}`;
    this.#names.add(name);
    return name;
  }

  /** A function of one program. */
  addFunction(builder: FunctionBuilder): void {
    this.functions.set(builder.name, builder);
  }
}
