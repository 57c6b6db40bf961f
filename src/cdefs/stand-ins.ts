/**
 * The kernel's types for C that uses them without a header: libclang is told their sizes alone, and what it finds to be one of them becomes
 * the type that BTF knows.
 */

import type { FieldsOf } from '../types/field.ts';
import { alignOf, sizeOf } from '../types/layout.ts';
import type { StructType, Type } from '../types/type.ts';
import type { KernelTypes } from './to-type.ts';

/** The kernel's types, where BTF tells them. */
export interface KernelSource extends Omit<KernelTypes, 'standIns'> {
  readonly hasBtf: () => boolean;
  readonly fieldsOf: FieldsOf;
}

/** Types that errors say to be missing, as libclang quotes them: 'u32', 'struct list_head'. */
export function quotedTypes(messages: readonly string[]): readonly string[] {
  const missing = messages.filter((message) => /unknown type name|incomplete/.test(message));
  return missing.flatMap((message) =>
    [...message.matchAll(/'((?:(?:struct|union) )?[A-Za-z_]\w*)'/g)].map(([, name = '']) => name),
  );
}

/** C that stands in for a type of the kernel's; undefined for names that it doesn't know. */
export function standInFor(name: string, kernel: KernelSource): string | undefined {
  const tagged = /^(struct|union) (\w+)$/.exec(name);
  if (!tagged) return typedefFor(name, kernel);
  const struct = kernel.struct(tagged[1] === 'union' ? 'union' : 'struct', tagged[2] ?? '');
  return struct && struct.bytes > 0 ? `${name} ${body(struct, kernel.fieldsOf)};` : undefined;
}

function typedefFor(name: string, kernel: KernelSource): string | undefined {
  const type = kernel.typedef(name);
  if (!type || type.kind === 'none') return undefined;
  const own = integerNamed(type);
  if (own) return `typedef ${own} ${name};`;
  return sizeOf(type) > 0 ? `typedef struct ${body(type, kernel.fieldsOf)} ${name};` : undefined;
}

/** Numbers are told as such, so that bitfields of them work. */
function integerNamed(type: Type): string | undefined {
  switch (type.kind) {
    case 'bool':
      return '_Bool';
    case 'int':
    case 'enum':
      return `__${type.signed ? 'INT' : 'UINT'}${type.bytes * 8}_TYPE__`;
    case 'pointer':
      return 'void *';
    default:
      return undefined;
  }
}

const body = (type: Type, fieldsOf: FieldsOf): string =>
  `{ char bytes[${sizeOf(type)}]; } __attribute__((aligned(${alignmentOf(type, fieldsOf)})))`;

/** C's own alignment, which BTF doesn't tell: that of the members, or 1 where some member can't have its own. */
function alignmentOf(type: Type, fieldsOf: FieldsOf): number {
  if (type.kind === 'array') return alignmentOf(type.of, fieldsOf);
  if (type.kind !== 'struct') return alignOf(type);
  return structAlignment(type, fieldsOf);
}

function structAlignment(struct: StructType, fieldsOf: FieldsOf): number {
  let align = 1;
  for (const field of fieldsOf(struct)) {
    const own = alignmentOf(field.type, fieldsOf);
    if (!field.bits && field.offset % own !== 0) return 1;
    align = Math.max(align, own);
  }
  return struct.bytes % align === 0 ? align : 1;
}
