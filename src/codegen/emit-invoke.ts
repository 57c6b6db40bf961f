/** Calls of functions of the script. Each program has its own copy of those that it calls, which knows the program's context and its scratch. */

import { present } from '../base/assert.ts';
import { lineColumnAt } from '../base/source-file.ts';
import type { TypedExpr, TypedFunction } from '../sema/typed-tree.ts';
import { Storage } from './bpf/storage.ts';
import type { EmittedFunction, Emission } from './emission.ts';
import { wideOf } from './emit-expression.ts';
import { emitBlock } from './emit-statement.ts';
import { Exits } from './exits.ts';
import { fillFrame } from './frame.ts';
import type { InnerFunction } from './inner-function.ts';
import { beginInner, writeInner } from './inner-function.ts';
import { Register } from './values.ts';
import { addressedVariables } from './loop-facts.ts';
import { settle, settleAddressed } from './variables.ts';
import { widthOf } from './words.ts';

/** Five registers, of which the frame takes one; a fifth argument lies in the frame. */
const registerArgumentsMax = 4;

/** What the function returns, in 64 bits; 0 if it returns nothing. */
export function emitInvoke(
  emission: Emission,
  { function: name, args }: Extract<TypedExpr, { kind: 'invoke' }>,
): Register {
  const { out } = emission;
  const callee = functionNamed(emission, name);
  const values = args.map((arg) => wideOf(emission, arg).ir);
  const argument = values[registerArgumentsMax];
  const frame = fillFrame(emission, {
    ...(callee.usesScratch && { scratch: out.storage.reserveScratch(callee.scratchBytes, name).pointer }),
    context: callee.usesContext,
    ...(argument && { argument }),
  });
  return new Register(
    out.builder.callLocal(callee.builder, [...values.slice(0, registerArgumentsMax), frame], name),
  );
}

function functionNamed(emission: Emission, name: string): EmittedFunction {
  const known = emission.functions.get(name);
  if (known) return known;
  const { functions } = emission.probe;
  const written = writeFunction(
    emission,
    present(
      functions.find((candidate) => candidate.name === name),
      `function ${name}`,
    ),
  );
  emission.functions.set(name, written);
  return written;
}

function writeFunction(outer: Emission, called: TypedFunction): EmittedFunction {
  const { settings, share, sources } = outer;
  const source = present(sources.named(called.span.file), `source ${called.span.file}`);
  const inRegisters = called.parameters.slice(0, registerArgumentsMax);
  const limits = { onStackLimit: settings.onStackLimit, stackBytesMax: share.bytes };
  const begun = beginInner(
    outer,
    called.name,
    inRegisters.map(({ name }) => ({ name, type: 'i64' })),
    (builder) => new Storage(builder, limits),
    { source, location: lineColumnAt(source, called.span.start) },
  );
  const { builder, storage, frame } = begun;
  const exits = new Exits(builder);
  if (called.returns.kind !== 'none') exits.prepareResult();
  const leave = (value: Register | undefined): void => exits.leave(value?.ir);
  writeInner(outer, begun, { departure: undefined, leave }, (inner) => {
    inner.out.locate(called.span);
    inner.out.storage.scope(() => {
      settleAddressed(inner, addressedVariables(called.body));
      takeArguments(inner, begun, called);
      emitBlock(inner, called.body);
    });
    const last = exits.enter();
    builder.ret(exits.result());
    return last;
  });
  return {
    builder,
    scratchBytes: storage.scratchBytes,
    usesScratch: storage.usesScratch,
    usesContext: frame.usesContext,
  };
}

/** Parameters are variables like any other. */
function takeArguments(
  inner: Emission,
  { builder, frame }: InnerFunction,
  { parameters }: TypedFunction,
): void {
  parameters.forEach((parameter, index) => {
    const given =
      index < registerArgumentsMax ? builder.parameter(index) : frame.read('argument', 'i64', parameter.name);
    inner.out.store(
      settle(inner, parameter),
      0,
      inner.out.resize(new Register(given), widthOf(parameter.type)),
    );
  });
}
