/** One program while it is typed: its context, its variables by block, where it reports. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { TypingContext } from '../builtins/define.ts';
import type { FunctionDeclaration, Name } from '../parser/ast.ts';
import type { Requirement } from '../plan/plan.ts';
import type { FieldsOf } from '../types/field.ts';
import type { Type } from '../types/type.ts';
import { errorType, i64 } from '../types/type.ts';
import type { Known } from './convert.ts';
import { known } from './convert.ts';
import type { Facts } from './facts.ts';
import type { Growth } from './growth.ts';
import type { DeclaredMap } from './map-declarations.ts';
import { Nesting } from './nesting.ts';
import type { ScriptArguments, ScriptOptions } from './script-options.ts';
import type { MapFacts, SymbolTable } from './symbols.ts';
import { typeOf } from './symbols.ts';
import type { MapSymbol, VariableSymbol } from './typed-tree.ts';

export interface Variable {
  readonly name: string;
  readonly id: string;
  readonly span: Span;
  /** A type that the script fixed. */
  readonly declared?: Type;
  assigned: boolean;
  /** Its address was taken: a function of C may write to it, and nobody would know. */
  addressed: boolean;
  used: boolean;
  /** First use that comes before any assignment. */
  readEarly?: Span;
}

/** What a whole round of inference shares. */
export interface Round {
  readonly facts: Facts;
  /** Of structs that Facts know, and of arguments that probes tell. */
  readonly fieldsOf: FieldsOf;
  readonly report: Report;
  readonly given: ScriptArguments;
  readonly options: ScriptOptions;
  /** Functions of the script, and maps that it declares, by name. */
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly declaredMaps: ReadonlyMap<string, DeclaredMap>;
  /** Types of the round before. */
  readonly before: SymbolTable;
  readonly next: SymbolTable;
  readonly requires: Requirement[];
  readonly growth: Growth;
  /** Hints for names that nothing has, for the next program that has them: there are many enumerators to look through. */
  readonly nearEnumerators: Map<string, readonly string[]>;
  /** Variables that got nothing but what was wrong, or made of themselves. */
  readonly untyped: Pick<Variable, 'name' | 'span'>[];
  /** True in the last round: types are final, and what is wrong is told. */
  readonly final: boolean;
}

/** The same in every round, whatever else a round finds. What a macro declares at one place of the text has a name for each call. */
const variableId = (program: number, name: string, { file, start }: Span): string =>
  `${program} ${name} ${file}:${start}`;

export class Scope {
  readonly round: Round;
  readonly context: TypingContext;
  /** The function of the script that is typed; undefined in a probe. */
  readonly routine: FunctionDeclaration | undefined;
  readonly nesting = new Nesting();
  readonly #program: number;
  readonly #blocks: Map<string, Variable>[] = [new Map()];
  readonly #ended = new Map<string, Variable>();
  readonly #signatures = new Set<FunctionDeclaration>();
  #isEvaluated = true;
  /** Variables that a call has brought to life, and how many blocks there were. */
  #introduced: { readonly variable: Variable; readonly depth: number }[] = [];

  /** `program` is the program's number in the script. */
  constructor(round: Round, context: TypingContext, program: number, routine?: FunctionDeclaration) {
    this.round = round;
    this.context = context;
    this.routine = routine;
    this.#program = program;
  }

  get report(): Report {
    return this.round.report;
  }

  get facts(): Facts {
    return this.round.facts;
  }

  get fieldsOf(): FieldsOf {
    return this.round.fieldsOf;
  }

  /** False within sizeof and its like, where only types matter and nothing is done. */
  get isEvaluated(): boolean {
    return this.#isEvaluated;
  }

  unevaluated<T>(act: () => T): T {
    const outer = this.#isEvaluated;
    this.#isEvaluated = false;
    const result = act();
    this.#isEvaluated = outer;
    return result;
  }

  /** Looks up a type of a function's signature; undefined if that asks for the signature itself, through typeof. */
  inSignature<T>(declaration: FunctionDeclaration, act: () => T): T | undefined {
    if (this.#signatures.has(declaration)) return undefined;
    this.#signatures.add(declaration);
    const result = act();
    this.#signatures.delete(declaration);
    return result;
  }

  block<T>(act: () => T): T {
    this.#blocks.push(new Map());
    const result = act();
    this.#endBlock();
    return result;
  }

  /** Ends the outermost block too. */
  finish(): void {
    this.#endBlock();
  }

  #endBlock(): void {
    for (const variable of this.#blocks.pop()?.values() ?? []) {
      this.#endVariable(variable);
      this.#ended.set(variable.name, variable);
    }
  }

  /** A variable of a block that has ended: what was perhaps meant. */
  findEnded(name: string): Variable | undefined {
    return this.#ended.get(name);
  }

  #endVariable(variable: Variable): void {
    const { name, id, span, declared, assigned, addressed, used, readEarly } = variable;
    if (declared?.kind === 'error') return;
    if (assigned && this.typeOfVariable(variable).type.kind === 'error')
      this.round.untyped.push({ name, span });
    if (!assigned && !declared) this.round.next.joinVariable(id, known(i64), span);
    if (!assigned && !addressed)
      this.report.warning(
        'unused-variable',
        used
          ? `$${name} is read, but nothing is ever assigned to it: it is 0`
          : `$${name} is declared but not used`,
        span,
      );
    else if (readEarly)
      this.report.warning(
        'unused-variable',
        `$${name} is read before anything is assigned to it: it is 0 here`,
        readEarly,
        {
          labels: [{ span, text: 'it is declared here' }],
        },
      );
  }

  find(name: string): Variable | undefined {
    return this.#blocks.findLast((block) => block.has(name))?.get(name);
  }

  /** In the innermost block. Variables of outer blocks must not have its name: the caller has looked. */
  declare(name: string, span: Span, declared?: Type): Variable {
    const variable: Variable = {
      name,
      id: variableId(this.#program, name, span),
      span,
      assigned: false,
      addressed: false,
      used: false,
      ...(declared && { declared }),
    };
    this.#blocks.at(-1)?.set(name, variable);
    return variable;
  }

  /** The same for a variable that a call fills: it comes to life before the statement that the call stands in. */
  introduce(name: string, span: Span): void {
    this.#introduced.push({ variable: this.declare(name, span), depth: this.#blocks.length });
  }

  /** Those of the statement that has just been typed, in the innermost block. */
  takeIntroduced(): readonly Variable[] {
    const depth = this.#blocks.length;
    const taken = this.#introduced.filter((one) => one.depth === depth);
    this.#introduced = this.#introduced.filter((one) => one.depth !== depth);
    return taken.map(({ variable }) => variable);
  }

  /** Of what is declared there for this program: variables, and what functions of the script are given and give. */
  idOf({ text, span }: Name): string {
    return variableId(this.#program, text, span);
  }

  get variableNames(): readonly string[] {
    return this.#blocks.flatMap((block) => [...block.keys()]);
  }

  /** Of the error type as long as nothing is known. */
  typeOfVariable({ id, declared }: Variable): Known {
    const { before, next, final } = this.round;
    const facts = before.variables.get(id) ?? (final ? undefined : next.variables.get(id));
    return facts?.known ?? known(declared ?? errorType);
  }

  symbolOf(variable: Variable): VariableSymbol {
    return {
      name: variable.name,
      id: variable.id,
      span: variable.span,
      type: this.typeOfVariable(variable).type,
    };
  }

  /** What is known of a map; the last round knows best. */
  factsOf(name: string, span: Span): MapFacts {
    const noted = this.round.next.map(name, span);
    return this.round.before.maps.get(name) ?? noted;
  }

  mapSymbol(name: string, span: Span): MapSymbol {
    return mapSymbolOf(this.factsOf(name, span), this.facts.settings.maxMapKeys, this.round.declaredMaps);
  }
}

/** Entries that one key alone may need. */
function entriesOfKey({ aggregation, value }: MapFacts): number {
  const type = typeOf(value);
  return type.kind === 'aggregate' ? (aggregation?.entriesOfKey?.(type) ?? 1) : 1;
}

/** A map as code generation wants it. */
export function mapSymbolOf(
  map: MapFacts,
  keysMax: number,
  declaredMaps: ReadonlyMap<string, DeclaredMap>,
): MapSymbol {
  const key = (map.key ?? []).map(({ type }) => type);
  const isPlainScalar = key.length === 0 && !map.aggregation?.bucket;
  const declared = declaredMaps.get(map.name);
  return {
    name: `@${map.name}`,
    symbol: `AT_${map.name}`,
    index: map.index,
    type: declared?.type ?? (map.aggregation ? 'percpu-hash' : 'hash'),
    key,
    value: typeOf(map.value),
    entriesMax: declared?.entriesMax ?? (isPlainScalar ? 1 : Math.max(keysMax, entriesOfKey(map))),
    isDeclared: declared !== undefined,
    ...(map.aggregation && { aggregation: map.aggregation }),
    span: map.span,
  };
}
