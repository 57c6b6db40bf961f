/** What sema and the probes ask about types, answered from BTF. Where the BTF comes from is the caller's affair: the running kernel, or a test. */

import type { FunctionPrototype, KernelFunction } from '../../probes/define.ts';
import type { Facts } from '../../sema/facts.ts';
import type { Field } from '../../types/field.ts';
import { roundUp, sizeOf } from '../../types/layout.ts';
import type { EnumType, StructType, Type } from '../../types/type.ts';
import type { BtfKeyword, BtfPlace } from './find.ts';
import {
  btfObject,
  btfObjects,
  findFunctions,
  findTypes,
  findType,
  rawTracepointNames,
  rawTracepointSignature,
} from './find.ts';
import { definitionText } from './c-text.ts';
import { iteratorNamed, iteratorNames } from './iterators.ts';
import { btfKind, findVariant, namesOfKind, variantNames } from './parse.ts';
import type { BtfSource } from './read.ts';
import { kernelObject } from './read.ts';
import type { BtfSignature } from './to-type.ts';
import { btfFields, btfSignature, btfType, parseStructId } from './to-type.ts';

export type BtfFacts = Pick<
  Facts,
  | 'typedef'
  | 'struct'
  | 'enum'
  | 'enumerator'
  | 'enumeratorNames'
  | 'typeNames'
  | 'definitions'
  | 'rawTracepoints'
  | 'rawTracepoint'
  | 'functionPrototypes'
  | 'prototypeNames'
  | 'iterators'
  | 'iterator'
  | 'btfId'
> & {
  /** Fields of structs of BTF and of the pseudo structs made here; undefined for the structs of others. */
  readonly fieldsOf: (struct: StructType) => readonly Field[] | undefined;
};

export function btfFacts(source: BtfSource): BtfFacts {
  const fieldsOf = fieldReader(source);
  return {
    typedef: (name) => typeOf(findType(source, 'typedef', name) ?? findType(source, 'int', name)),
    struct: (keyword, name) => structNamed(source, keyword, name),
    enum: (name) => enumNamed(source, name),
    enumerator: (name) => enumeratorNamed(source, name),
    enumeratorNames: () => enumeratorNames(source),
    typeNames: (keyword) => typeNames(source, keyword),
    definitions: (keyword, name) => definitions(source, keyword, name),
    rawTracepoints: () => [...btfObjects(source)].flatMap((btf) => rawTracepointNames(btf)),
    rawTracepoint: (event) => rawTracepoint(source, event),
    functionPrototypes: (name, module) => functionPrototypes(source, name, module),
    prototypeNames: () => prototypeNames(source),
    iterators: () => iteratorNames(source),
    iterator: (name) => iteratorNamed(source, name, (struct) => fieldsOf(struct) ?? []),
    btfId: ({ id }) => parseStructId(id)?.type ?? 0,
    fieldsOf,
  };
}

const typeOf = (place: BtfPlace | undefined): Type | undefined => place && btfType(place.btf, place.id);

function structNamed(source: BtfSource, keyword: 'struct' | 'union', name: string): StructType | undefined {
  const type = typeOf(findType(source, keyword, name));
  return type?.kind === 'struct' ? type : undefined;
}

function enumNamed(source: BtfSource, name: string): EnumType | undefined {
  const type = typeOf(findType(source, 'enum', name));
  return type?.kind === 'enum' ? type : undefined;
}

function enumeratorNamed(source: BtfSource, name: string): { value: bigint; type: EnumType } | undefined {
  for (const btf of btfObjects(source)) {
    const found = findVariant(btf, name);
    if (found === undefined) continue;
    const type = btfType(btf, found.enumId);
    const variant = type.kind === 'enum' ? type.variants[found.index] : undefined;
    if (type.kind === 'enum' && variant !== undefined) return { value: variant.value, type };
  }
  return undefined;
}

const kindsOfKeyword = {
  struct: [btfKind.struct],
  union: [btfKind.union],
  enum: [btfKind.enum, btfKind.enum64],
} as const satisfies Partial<Record<BtfKeyword, readonly number[]>>;

function* typeNames(source: BtfSource, keyword: keyof typeof kindsOfKeyword): Generator<string> {
  for (const btf of btfObjects(source)) {
    for (const kind of kindsOfKeyword[keyword]) yield* namesOfKind(btf, kind);
  }
}

function* definitions(
  source: BtfSource,
  keyword: keyof typeof kindsOfKeyword,
  name: string,
): ReturnType<Facts['definitions']> {
  for (const { btf, id } of findTypes(source, keyword, name))
    yield { object: btf.object, text: definitionText(btf, id) };
}

function* enumeratorNames(source: BtfSource): Generator<string> {
  for (const btf of btfObjects(source)) yield* variantNames(btf);
}

/** Bytes of one argument in the context of a tracing program or a raw tracepoint; a struct by value takes several. */
const argumentBytes = 8;

type Parameters = BtfSignature['parameters'];

/** Where the arguments lie in the context. */
function argumentFields(parameters: Parameters): readonly Field[] {
  let offset = 0;
  return parameters.map(({ name, type }) => {
    const field = { name, type, offset };
    offset += Math.max(argumentBytes, roundUp(sizeOf(type), argumentBytes));
    return field;
  });
}

function argumentsStruct(name: string, id: string, parameters: Parameters): StructType {
  const bytes = parameters.reduce(
    (sum, { type }) => sum + Math.max(argumentBytes, roundUp(sizeOf(type), argumentBytes)),
    0,
  );
  return { kind: 'struct', keyword: 'struct', name, bytes, id };
}

const functionArguments = 'btf-arguments';
const rawTracepointArguments = 'btf-raw-tracepoint';

function rawTracepoint(source: BtfSource, event: string): ReturnType<Facts['rawTracepoint']> {
  const signature = rawTracepointSignature(source, event);
  if (signature === undefined) return undefined;
  const { parameters, btf } = signature;
  const id = `${rawTracepointArguments}:${btf.object}:${event}`;
  return { args: argumentsStruct(`rawtracepoint_${event}`, id, parameters), parameters };
}

function functionPrototypes(source: BtfSource, name: string, module?: string): readonly FunctionPrototype[] {
  return findFunctions(source, name, module).flatMap(({ btf, id }) => {
    const signature = btfSignature(btf, id);
    if (signature === undefined) return [];
    const { parameters, returns } = signature;
    const args = argumentsStruct(`${name}_args`, `${functionArguments}:${btf.object}:${id}`, parameters);
    const prototype = { btfObject: btf.object, btfId: id, args, parameters, returns };
    return [btf.object === kernelObject ? prototype : { ...prototype, module: btf.object }];
  });
}

function prototypeNames(source: BtfSource): readonly KernelFunction[] {
  return [...btfObjects(source)].flatMap((btf) => {
    const names = namesOfKind(btf, btfKind.function);
    return names.map((name) => (btf.object === kernelObject ? { name } : { name, module: btf.object }));
  });
}

/** Fields by the id of a struct. Each struct is read once: the large ones have hundreds of fields. */
function fieldReader(source: BtfSource): BtfFacts['fieldsOf'] {
  const known = new Map<string, readonly Field[] | undefined>();
  return ({ id }) => {
    if (!known.has(id)) known.set(id, readFields(source, id));
    return known.get(id);
  };
}

function readFields(source: BtfSource, id: string): readonly Field[] | undefined {
  const struct = parseStructId(id);
  if (struct !== undefined) {
    const btf = btfObject(source, struct.object);
    return btf === undefined ? [] : btfFields(btf, struct.type);
  }
  const [kind, object = '', key = ''] = id.split(':');
  if (kind === rawTracepointArguments)
    return argumentFields(rawTracepointSignature(source, key, object)?.parameters ?? []);
  if (kind !== functionArguments) return undefined;
  const btf = btfObject(source, object);
  return argumentFields((btf && btfSignature(btf, Number(key)))?.parameters ?? []);
}
