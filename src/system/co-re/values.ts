/**
 * What a relocation is worth once it is known what it names. Rules are those of libbpf (tools/lib/bpf/relo_core.c:
 * bpf_core_calc_field_relo, bpf_core_calc_type_relo, bpf_core_calc_enumval_relo). Pure.
 */

import { present } from '../../base/assert.ts';
import type { Btf, BtfMember } from '../btf/parse.ts';
import { btfKind, flagOf, intOf, kindOf, membersOf, variantsOf } from '../btf/parse.ts';
import { sizeOfBtf } from '../btf/size.ts';
import { withoutModifiers } from '../btf/to-type.ts';
import type { Access } from './access.ts';
import { isEnum } from './alike.ts';
import type { FieldKind } from './relocation.ts';

export interface FieldValue {
  readonly value: bigint;
  /** Of offsets: what is read there. Of bitfields it is left to the other relocations. */
  readonly read?: Read;
}

export interface Read {
  readonly bytes: number;
  /** Undefined if it can't be loaded in another size than it has. */
  readonly resizable: 'pointer' | 'unsigned' | undefined;
}

/** Undefined if the field has nothing of the kind. */
export function fieldValue(kind: FieldKind, access: Access): FieldValue | undefined {
  if (kind === 'fieldExists') return { value: 1n };
  const step = present(access.steps.at(-1), 'a step of an access');
  if (step.name === undefined) return elementValue(kind, access, step.type);
  const member = present(membersOf(access.btf, step.type)[step.index], 'a member of a step');
  const stored = storedIn(access, member);
  if (!stored) return undefined;
  const { bits, bytes, byteOffset, type } = stored;
  switch (kind) {
    case 'fieldOffset':
      return {
        value: BigInt(byteOffset),
        ...(member.bits === 0 && { read: readOf(access.btf, type, bytes) }),
      };
    case 'fieldBytes':
      return { value: BigInt(bytes) };
    case 'fieldSigned':
      return { value: isSigned(access.btf, type) ? 1n : 0n };
    case 'fieldShiftLeft':
      return { value: BigInt(64 - (access.bitOffset + bits - byteOffset * 8)) };
    case 'fieldShiftRight':
      return { value: BigInt(64 - bits) };
  }
}

function elementValue(kind: FieldKind, { btf, bitOffset }: Access, type: number): FieldValue | undefined {
  const bytes = sizeOfBtf(btf, type);
  if (bytes === undefined) return undefined;
  if (kind === 'fieldOffset') return { value: BigInt(bitOffset / 8), read: readOf(btf, type, bytes) };
  return kind === 'fieldBytes' ? { value: BigInt(bytes) } : undefined;
}

interface Stored {
  readonly type: number;
  readonly bits: number;
  /** What is loaded to get at it, and where that lies. */
  readonly bytes: number;
  readonly byteOffset: number;
}

/** A bitfield is read through the smallest aligned integer that holds all of it. */
function storedIn({ btf, bitOffset }: Access, member: BtfMember): Stored | undefined {
  const type = withoutModifiers(btf, member.type);
  let bytes = sizeOfBtf(btf, type);
  if (bytes === undefined) return undefined;
  if (member.bits === 0) return { type, bits: bytes * 8, bytes, byteOffset: bitOffset / 8 };
  const startOf = (width: number): number => Math.floor(bitOffset / 8 / width) * width;
  while (bytes < 8 && bitOffset + member.bits > (startOf(bytes) + bytes) * 8) bytes *= 2;
  const byteOffset = startOf(bytes);
  const isWhole = bitOffset + member.bits <= (byteOffset + bytes) * 8;
  return isWhole ? { type, bits: member.bits, bytes, byteOffset } : undefined;
}

/** A load of another size is right for pointers, and for integers that are filled up with zeros. */
function readOf(btf: Btf, id: number, bytes: number): Read {
  const type = withoutModifiers(btf, id);
  const kind = kindOf(btf, type);
  if (kind === btfKind.pointer) return { bytes, resizable: 'pointer' };
  const isUnsigned = kind === btfKind.int && !intOf(btf, type).signed;
  return { bytes, resizable: isUnsigned ? 'unsigned' : undefined };
}

function isSigned(btf: Btf, type: number): boolean {
  if (isEnum(btf, type)) return flagOf(btf, type);
  return kindOf(btf, type) === btfKind.int && intOf(btf, type).signed;
}

export function variantValue({ btf, steps }: Access): bigint {
  const step = present(steps[0], 'the variant of an access');
  return present(variantsOf(btf, step.type)[step.index], 'a variant').value;
}
