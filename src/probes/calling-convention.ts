/**
 * Where a function of a program finds its arguments when it is entered, and leaves what it returns: by its signature, and where that does
 * not tell by the calling convention (System V for x86-64, 3.2.3; AAPCS64, 6.8). Says of what it can't tell that it is unreadable.
 */

import type { Machine } from '../plan/machine.ts';
import type { Field } from '../types/field.ts';
import { pointerTo, u64 } from '../types/type.ts';
import type { ContextSlot, FunctionSignature, ParameterPlace, ProbeContext } from './define.ts';
import { registersOf } from './registers.ts';

type Parameter = FunctionSignature['parameters'][number];
/** A field's place, or why it has none. */
type FieldPlace = Pick<Field, 'offset' | 'behind' | 'unreadable'>;

const wordBytes = 8;
/** For floating-point arguments, in both conventions. */
const vectorRegisters = 8;

/** Bytes between the stack pointer at a function's entry and the first argument in memory: the address that it returns to lies there on x86. */
const returnAddressBytes: Readonly<Record<Machine['arch'], number>> = { x64: 8, arm64: 0 };

/** A field for each parameter that has a name. */
export function argumentFields(signature: FunctionSignature, arch: Machine['arch']): readonly Field[] {
  const passed = new Passed(signature, arch);
  return signature.parameters.flatMap((parameter) => {
    const byConvention = passed.next(parameter);
    const { name, type, place } = parameter;
    const where = place.kind === 'convention' ? byConvention : placeOf(place, parameter, arch);
    return name === '' ? [] : [{ name, type, ...where }];
  });
}

const unreadable = (why: string): FieldPlace => ({ offset: 0, unreadable: why });

function placeOf(
  place: Exclude<ParameterPlace, { kind: 'convention' }>,
  { passing }: Parameter,
  arch: Machine['arch'],
): FieldPlace {
  const { numbered, stackPointer } = registersOf(arch);
  switch (place.kind) {
    case 'register': {
      const slot = numbered[place.register];
      if (slot === undefined) return unreadable('it is in a floating-point register');
      return passing.kind === 'registers' && passing.count === 1 ? slotPlace(slot) : unreadable(notInOne);
    }
    case 'memory': {
      const slot = numbered[place.register];
      return slot === undefined ? unreadable(unknownPlace) : { offset: slot.offset, behind: place.offset };
    }
    case 'caller-frame':
      return { offset: stackPointer.offset, behind: returnAddressBytes[arch] + place.offset };
    case 'nowhere':
      return unreadable('the compiler has optimised it away');
  }
}

const slotPlace = ({ offset }: ContextSlot): FieldPlace => ({ offset });

const notInOne = 'it is in more than one register';
const unknownPlace = 'where it was passed is not known';

/** Deals out registers and stack words in the order of the parameters. */
class Passed {
  readonly #arch: Machine['arch'];
  #registers = 0;
  #vectors = 0;
  #stackBytes = 0;
  /** From here on nothing is known: something before may have taken registers or not. */
  #isLost = false;

  constructor({ returns }: FunctionSignature, arch: Machine['arch']) {
    this.#arch = arch;
    // The first argument is then the place for what is returned; arm64 has a register of its own for that.
    if (returns.passing.kind === 'memory' && arch === 'x64') this.#registers = 1;
    if (returns.passing.kind === 'unknown') this.#isLost = true;
  }

  next({ passing }: Parameter): FieldPlace {
    if (passing.kind === 'unknown') this.#isLost = true;
    if (this.#isLost) return unreadable(unknownPlace);
    switch (passing.kind) {
      case 'registers':
        return this.#nextRegisters(passing.count);
      case 'vector':
        if (this.#vectors++ < vectorRegisters) return unreadable('it is in a floating-point register');
        return this.#onStack(wordBytes);
      case 'memory':
        return this.#nextInMemory(passing.bytes);
      default:
        return unreadable(unknownPlace);
    }
  }

  #nextRegisters(count: 1 | 2): FieldPlace {
    const slots = registersOf(this.#arch).arguments;
    const slot = slots[this.#registers];
    if (slot === undefined || this.#registers + count > slots.length) {
      // What does not fit goes to the stack; arm64 then uses no more registers.
      if (this.#arch === 'arm64') this.#registers = slots.length;
      return this.#onStack(count * wordBytes);
    }
    this.#registers += count;
    return count === 1 ? slotPlace(slot) : unreadable(notInOne);
  }

  #nextInMemory(bytes: number): FieldPlace {
    if (this.#arch === 'x64') return this.#onStack(bytes);
    // The caller makes a copy and passes its address (AAPCS64, 6.8.2, B.4).
    const place = this.#nextRegisters(1);
    return place.behind === undefined && place.unreadable === undefined
      ? { ...place, behind: 0 }
      : unreadable(unknownPlace);
  }

  #onStack(bytes: number): FieldPlace {
    const { stackPointer } = registersOf(this.#arch);
    const behind = returnAddressBytes[this.#arch] + this.#stackBytes;
    this.#stackBytes += Math.ceil(bytes / wordBytes) * wordBytes;
    return { offset: stackPointer.offset, behind };
  }
}

/** What `retval` is, or why there is none. */
export function returned(
  { returns: { type, passing } }: FunctionSignature,
  arch: Machine['arch'],
): Pick<ProbeContext, 'returnValue' | 'missing'> {
  const { returnValue } = registersOf(arch);
  switch (passing.kind) {
    case 'registers':
      if (passing.count === 1) return { returnValue: { ...returnValue, type } };
      return { missing: { returnValue: 'the function returns it in more than one register' } };
    case 'memory':
      // On x86 its address is returned.
      return arch === 'x64'
        ? { returnValue: { ...returnValue, type: pointerTo(type, 'user') } }
        : { missing: { returnValue: "the function returns it in memory, and doesn't tell where" } };
    case 'vector':
      return { missing: { returnValue: 'the function returns it in a floating-point register' } };
    case 'none':
      return { missing: { returnValue: 'the function returns nothing' } };
    case 'unknown':
      return { returnValue: { ...returnValue, type: u64 } };
  }
}
