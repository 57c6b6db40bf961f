/** What programs of uprobes and uretprobes find in their context: registers, and by debug information arguments and return values with types. */

import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import { typeName } from '../types/type-name.ts';
import type { StructType, Type } from '../types/type.ts';
import { probedBinary } from './binaries.ts';
import { argumentFields, returned } from './calling-convention.ts';
import type { Executable, ListedProbe, ProbeContext } from './define.ts';
import { registerContext, registersOf } from './registers.ts';
import type { UserPlace } from './user-place.ts';

export interface UserProbe {
  readonly isReturn: boolean;
  readonly machine: Machine;
  readonly place: UserPlace;
  readonly binary: Executable;
}

export function contextOf({ isReturn, machine, place, binary }: UserProbe): ProbeContext {
  const { arguments: args, returnValue, instructionPointer, caller } = registersOf(machine.arch);
  // get_func_ip knows uprobes since 6.6; before, it gives 0 there.
  const knowsFunction = kernelFrom(machine, 6, 6);
  return {
    space: 'user',
    arguments: isReturn ? [] : args,
    ...(isReturn && { returnValue }),
    ...registerContext(machine.arch, 'pt_regs'),
    ...(!isReturn && { functionAddress: instructionPointer }),
    ...(isReturn && knowsFunction && { functionAddress: 'get_func_ip' as const }),
    ...(!isReturn && place.isEntry && { caller }),
    ...probedBinary(binary, place.fileOffset),
    reentrant: true,
  };
}

/** Arguments of a function, or what it returns, for -lv; undefined without debug information. */
export function listedContext(
  binary: Executable,
  fileOffset: number,
  isReturn: boolean,
  arch: Machine['arch'],
): ReturnType<NonNullable<ListedProbe['context']>> {
  const signature = binary.signatureAt(fileOffset);
  if (signature === undefined) return undefined;
  if (isReturn) return { arguments: [], ...returned(signature, arch) };
  const args = argumentsStruct(binary, fileOffset);
  return { args, argsFields: argumentFields(signature, arch), arguments: [] };
}

function argumentsStruct({ path }: Executable, fileOffset: number): StructType {
  return { kind: 'struct', keyword: 'struct', name: 'args', bytes: 0, id: `arguments:${path}:${fileOffset}` };
}

/** The same with what debug information says of the function. One of many, which a pattern stands for, may be of another kind than the rest. */
export function contextBySignature(probe: UserProbe & { readonly isOneOfMany: boolean }): ProbeContext {
  return probe.isReturn ? returnContext(probe) : entryContext(probe);
}

const atEntryOnly = 'where arguments lie is known only where their function begins';

function entryContext(probe: UserProbe): ProbeContext {
  const { binary, place, machine } = probe;
  const context = contextOf(probe);
  if (!place.isEntry) return { ...context, missing: { args: atEntryOnly } };
  const signature = binary.signatureAt(place.fileOffset);
  if (signature === undefined)
    return { ...context, missing: { args: `${binary.path} has no debug information of this function` } };
  return {
    ...context,
    args: argumentsStruct(binary, place.fileOffset),
    argsFields: argumentFields(signature, machine.arch),
  };
}

/** A pattern takes functions of all kinds, also such that return nothing: what isn't a number for all of them is what the register holds. */
function returnContext(probe: UserProbe & { readonly isOneOfMany: boolean }): ProbeContext {
  const { binary, place, machine, isOneOfMany } = probe;
  const { returnValue: register, ...rest } = contextOf(probe);
  const signature = binary.signatureAt(place.fileOffset);
  const told: ReturnType<typeof returned> = signature ? returned(signature, machine.arch) : {};
  const takesRegister = signature === undefined || (isOneOfMany && told.returnValue?.type.kind !== 'int');
  const slot = takesRegister ? register : told.returnValue;
  return { ...rest, ...(slot && { returnValue: slot }), missing: { args: atEntryOnly, ...told.missing } };
}

/** Functions that return the same may share a program; those that take arguments have their own. */
export const contextKeyOf = (provider: string, { args, returnValue, missing }: ProbeContext): string =>
  [provider, args?.id, returnValue && typeKey(returnValue.type), missing?.args].join(' ');

/** Equal for equal types only. */
function typeKey(type: Type): string {
  switch (type.kind) {
    case 'pointer':
      return `${typeKey(type.to)}*`;
    case 'array':
      return `${typeKey(type.of)}[${type.length}]`;
    case 'struct':
      return type.id;
    case 'enum':
      return `${typeName(type)} ${type.bytes} ${type.variants.map(({ name, value }) => `${name}=${value}`).join()}`;
    default:
      return typeName(type);
  }
}
