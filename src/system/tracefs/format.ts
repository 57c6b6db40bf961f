/**
 * What a tracepoint hands over, from the text of its `format` file: declarations in C with offset, size and sign.
 * Names of types that C itself doesn't define are looked up through the caller.
 */

import type { Field } from '../../types/field.ts';
import { sizeOf } from '../../types/layout.ts';
import type { IntType, Type } from '../../types/type.ts';
import { bool, i8, intType, none, pointerTo, string, u8 } from '../../types/type.ts';

/** One line of the file. */
export interface FormatField {
  readonly name: string;
  /** The declaration without the name: `const char *`, `char [16]`. */
  readonly declaration: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

export interface TracepointFormat {
  readonly id: number;
  /** The event's own fields; those that all events begin with (common_type …) are not for programs to read. */
  readonly fields: readonly FormatField[];
  /** Bytes of the whole record, common fields included. */
  readonly bytes: number;
}

/** How named types are found: `typedef` for bare names. Undefined for the unknown. */
export type TypeLookup = (keyword: 'struct' | 'union' | 'enum' | 'typedef', name: string) => Type | undefined;

export interface FormatContext {
  /** Pointers of system calls' arguments lead into the process that called. */
  readonly space: 'kernel' | 'user';
  /** Capacity of strings whose length is known at run time only. */
  readonly stringCapacity: number;
  readonly lookup: TypeLookup;
}

/** Read a `format` file; undefined if the text is something else. */
export function parseFormat(text: string): TracepointFormat | undefined {
  const lines = text.split('\n');
  const id = lines.map((line) => /^ID: (\d+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  if (id === undefined) return undefined;
  const all = lines.filter((line) => line.startsWith('\tfield:')).flatMap((line) => parseLine(line));
  const bytes = all.reduce((end, { offset, size }) => Math.max(end, offset + size), 0);
  return {
    id: Number(id),
    fields: all.filter(({ name }) => !name.startsWith('common_')),
    bytes,
  };
}

/** Longer lines are no declarations. */
const lineMax = 1024;

/** `\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;` */
function parseLine(line: string): readonly FormatField[] {
  if (line.length > lineMax) return [];
  const parts = line.trim().split(';');
  const declared = /^(.*?)(\w+)(\s*\[[^\]]*\])?$/.exec((parts[0] ?? '').slice('field:'.length));
  const number = (key: string): number => {
    const part = parts.find((candidate) => candidate.trim().startsWith(`${key}:`));
    return part === undefined ? NaN : Number(part.trim().slice(key.length + 1));
  };
  const [offset, size, signed] = [number('offset'), number('size'), number('signed')];
  if (
    declared === null ||
    !Number.isSafeInteger(offset) ||
    !Number.isSafeInteger(size) ||
    offset < 0 ||
    size < 0
  )
    return [];
  const declaration = `${(declared[1] ?? '').trim()} ${(declared[3] ?? '').trim()}`.trim();
  return [
    {
      name: declared[2] ?? '',
      declaration,
      offset,
      size,
      signed: signed === 1,
    },
  ];
}

const dynamicPrefix = '__data_loc ';
/** Its offset counts from the field instead of from the record's start. Few events have it (user_events), and none that C code of the kernel defines. */
const relativePrefix = '__rel_loc ';

/** The event's fields as sema sees them, offsets from the start of the program's context. */
export function formatFields(format: TracepointFormat, context: FormatContext): readonly Field[] {
  return format.fields
    .filter(({ declaration }) => !declaration.startsWith(relativePrefix))
    .map((field) => {
      const { name, offset } = field;
      return field.declaration.startsWith(dynamicPrefix)
        ? {
            name,
            offset,
            type: dynamicType(field, context),
            dynamic: true as const,
          }
        : { name, offset, type: fieldType(field, context) };
    });
}

/** `__data_loc char[]`: text; of anything else the elements, as many as the record will say. */
function dynamicType(field: FormatField, context: FormatContext): Type {
  const element = field.declaration.slice(dynamicPrefix.length).replace(/\s*\[\s*\]$/, '');
  if (withoutQualifiers(element) === 'char') return { ...string(context.stringCapacity), mayBeCut: true };
  return {
    kind: 'array',
    of: valueType(element, 0, false, context) ?? u8,
    length: 0,
  };
}

function fieldType(field: FormatField, context: FormatContext): Type {
  const array = /^(.*?)\s*\[([^\]]*)\]$/.exec(field.declaration);
  if (array === null)
    return valueType(field.declaration, field.size, field.signed, context) ?? bytesType(field.size);
  const element = array[1] ?? '';
  const count = Number(array[2]);
  if (withoutQualifiers(element) === 'char' && field.size > 0) return string(field.size);
  // The length may be the name of a constant (char comm[TASK_COMM_LEN] of old kernels): the size then tells.
  const size = count > 0 ? field.size / count : 0;
  const of = valueType(element, Number.isInteger(size) ? size : 0, field.signed, context) ?? u8;
  const bytes = sizeOf(of);
  return bytes > 0 && field.size % bytes === 0
    ? { kind: 'array', of, length: field.size / bytes }
    : bytesType(field.size);
}

const bytesType = (length: number): Type => ({ kind: 'array', of: u8, length });

/** The type of one value; of `size` bytes if that isn't 0. Undefined for what is no scalar and isn't known. */
function valueType(
  declaration: string,
  size: number,
  signed: boolean,
  context: FormatContext,
): Type | undefined {
  if (declaration.includes('*')) return pointerType(declaration, context);
  const name = withoutQualifiers(declaration);
  const known = namedType(name, context);
  if (known !== undefined && (size === 0 || sizeOf(known) === size)) {
    // Whether a plain char has a sign is the compiler's choice, which the file tells.
    return known.kind === 'int' && name === 'char' ? intType(1, signed) : known;
  }
  // Arguments of system calls are stored in 8 bytes whatever their type; the lower ones are the value.
  if (known !== undefined && sizeOf(known) < size && isPlain(known)) return known;
  const bytes = registerBytes(size);
  return bytes === undefined ? undefined : intType(bytes, signed);
}

const isPlain = (type: Type): boolean => type.kind === 'int' || type.kind === 'bool' || type.kind === 'enum';

const registerBytes = (size: number): IntType['bytes'] | undefined =>
  size === 1 || size === 2 || size === 4 || size === 8 ? size : undefined;

function pointerType(declaration: string, context: FormatContext): Type {
  const at = declaration.lastIndexOf('*');
  const pointee = withoutQualifiers(declaration.slice(0, at));
  const space = declaration.includes('__user') ? 'user' : context.space;
  const inner = pointee.includes('*') ? pointerType(pointee, context) : namedType(pointee, context);
  return pointerTo(inner ?? none, space);
}

function withoutQualifiers(declaration: string): string {
  return declaration
    .replace(/\b(const|volatile|__user|__percpu|__rcu|__iomem|__seg_gs|__seg_fs)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function namedType(name: string, context: FormatContext): Type | undefined {
  const plain = cType(name);
  if (plain !== undefined) return plain;
  const tagged = /^(struct|union|enum) (\w+)$/.exec(name);
  if (tagged === null) return /^\w+$/.test(name) ? context.lookup('typedef', name) : undefined;
  return context.lookup(tagged[1] as 'struct' | 'union' | 'enum', tagged[2] ?? ''); // the pattern allows no others
}

const longWords = new Set(['long', 'short', 'char', 'int', 'signed', 'unsigned']);

/** C's own integer types, their words in any order, and the kernel's names for widths, for machines without BTF. */
function cType(name: string): Type | undefined {
  if (name === 'bool' || name === '_Bool') return bool;
  if (name === 'void') return none;
  const width = /^(?:__)?([us])(8|16|32|64)$|^(u?)int(8|16|32|64)_t$/.exec(name);
  if (width !== null) {
    const bytes = registerBytes(Number(width[2] ?? width[4]) / 8);
    const signed = width[1] === 's' || (width[1] === undefined && width[3] === '');
    return bytes === undefined ? undefined : intType(bytes, signed);
  }
  const words = name.split(' ');
  if (!words.every((word) => longWords.has(word))) return knownTypedefs.get(name);
  const signed = !words.includes('unsigned');
  if (words.includes('char')) return signed ? i8 : u8;
  if (words.includes('short')) return intType(2, signed);
  return intType(words.includes('long') ? 8 : 4, signed);
}

/** What arguments of system calls are called, where BTF doesn't tell. */
const knownTypedefs: ReadonlyMap<string, Type> = new Map([
  ['pid_t', intType(4, true)],
  ['uid_t', intType(4, false)],
  ['gid_t', intType(4, false)],
  ['umode_t', intType(2, false)],
  ['dev_t', intType(4, false)],
  ['size_t', intType(8, false)],
  ['ssize_t', intType(8, true)],
  ['loff_t', intType(8, true)],
  ['off_t', intType(8, true)],
  ['uint', intType(4, false)],
]);
