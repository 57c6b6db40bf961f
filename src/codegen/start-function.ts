/** Makes ready to write a function of a program: its emitter, its storage, its ways out; and what builtins ask of the tree, the maps and the records. */

import { present } from '../base/assert.ts';
import type { SourceFile } from '../base/source-file.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import type { Argument, FieldValue } from '../builtins/emitter.ts';
import type { TypedArgument, TypedExpr } from '../sema/typed-tree.ts';
import type { Surroundings } from './bpf-emitter.ts';
import { BpfEmitter } from './bpf-emitter.ts';
import { Failures } from './bpf/failures.ts';
import type { ScratchRoom, Storage } from './bpf/storage.ts';
import type { Emission, LoopExits, ProgramContext } from './emission.ts';
import { givenPointer } from './emit-load.ts';
import { addressOfArgument, evaluateArgument } from './emit-expression.ts';
import { emitCopyFound, emitCountEntries, emitKey, mapOf } from './emit-map.ts';
import type { RecordField } from './emit-record.ts';
import { emitPacketRecord, emitRecord, expressionSource, givenSource } from './emit-record.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrValue } from './llvm/ir-value.ts';
import type { Register } from './values.ts';
import type { Home } from './variables.ts';

export interface FunctionParts {
  readonly builder: FunctionBuilder;
  /** The text that it is in. */
  readonly source: SourceFile;
  readonly storage: Storage;
  /** The probe's context, as this function finds it. */
  readonly context: () => IrValue;
  /** Variables of the functions around it. */
  readonly variables?: ReadonlyMap<string, Home>;
  /** It is the body of a loop. */
  readonly loop?: LoopExits;
  /** Where a `return` leaves word, if the body is one of a loop that has some. */
  readonly departure: ScratchRoom | undefined;
  /** How `return` leaves it. */
  readonly leave: (value: Register | undefined) => void;
}

export function startFunction(shared: ProgramContext, parts: FunctionParts): Emission {
  const { builder, source, storage, context, variables, loop, departure, leave } = parts;
  const { probe, machine, settings, tables } = shared;
  const holder: { emission?: Emission } = {};
  const surroundings = surroundingsOf(() => present(holder.emission, 'the function being written'));
  const emission: Emission = {
    ...shared,
    out: new BpfEmitter({
      builder,
      storage,
      context,
      program: probe.info,
      machine,
      settings,
      source,
      tables,
      surroundings,
      span: probe.span,
    }),
    failures: new Failures(builder, tables),
    context,
    variables: new Map(variables),
    loops: loop ? [loop] : [],
    departure,
    leave,
  };
  holder.emission = emission;
  return emission;
}

function surroundingsOf(emission: () => Emission): Surroundings {
  return {
    evaluate: (argument) => evaluateArgument(emission(), argument),
    address: (argument) => addressOfArgument(emission(), argument),
    keyOf: (map, key) => {
      const current = emission();
      return emitKey(current, mapOf(current, map.symbol), expressionOf(key ?? map.element));
    },
    kernelField: (struct, field) => emission().kernelField(struct, field),
    kernelSymbol: (name) => emission().kernelSymbol(name),
    kernelFunction: (name) => emission().kernelFunction(name),
    given: (argument) => givenPointer(present(expressionOf(argument), 'expression of an argument')),
    copyFound: (map, key, variable) => {
      const current = emission();
      return emitCopyFound(
        current,
        mapOf(current, map.symbol),
        present(expressionOf(key), 'key'),
        present(expressionOf(variable), 'variable'),
      );
    },
    countEntries: (map) => emitCountEntries(emission(), map.symbol),
    submit: (event, fields, constants) => {
      const current = emission();
      emitRecord(current, event, givenFields(current, event, fields), constants);
    },
    submitPacket: (event, fields, constants, packet) => {
      const current = emission();
      return emitPacketRecord(current, event, givenFields(current, event, fields), constants, packet);
    },
    submitArguments: (event, args, constants) => {
      const current = emission();
      const fields = args.map((argument, index) => ({
        name: String(index),
        ...expressionSource(current, present(expressionOf(argument), 'value of an argument')),
      }));
      emitRecord(current, event, fields, constants);
    },
  };
}

const givenFields = (
  emission: Emission,
  event: EventDefinition<EventFields>,
  fields: Readonly<Record<string, FieldValue>>,
): readonly RecordField[] =>
  Object.entries(event.fields).map(([name, type]) => ({
    name,
    ...givenSource(emission, type, fields[name] ?? 0),
  }));

/** Arguments come from sema, with their expressions. */
const expressionOf = (argument: Argument | undefined): TypedExpr | undefined => {
  const typed: TypedArgument | undefined = argument;
  return typed?.expr;
};
