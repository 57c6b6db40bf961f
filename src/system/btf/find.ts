/** Functions, types and raw tracepoints by name, in the kernel's types and its modules'. */

import type { Result } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import type { Btf } from './parse.ts';
import { btfKind, idsNamed, namesOfKind, ownerOf, parametersOf, referredBy } from './parse.ts';
import { kernelObject } from './read.ts';
import type { BtfSource } from './read.ts';
import type { BtfSignature } from './to-type.ts';
import { btfSignature, withoutModifiers } from './to-type.ts';

/** A type in the object that it was found in. */
export interface BtfPlace {
  readonly btf: Btf;
  readonly id: number;
}

/** The object by name, or undefined if there is no such module or no BTF at all. */
export function btfObject(source: BtfSource, name: string): Btf | undefined {
  if (name !== kernelObject) return source.module(name);
  const kernel = source.kernel();
  return kernel.ok ? kernel.value : undefined;
}

/** All objects, the kernel first. Modules are read as the caller goes on. */
export function* btfObjects(source: BtfSource): Generator<Btf> {
  const kernel = source.kernel();
  if (!kernel.ok) return;
  yield kernel.value;
  for (const name of source.moduleNames()) {
    const module = source.module(name);
    if (module !== undefined) yield module;
  }
}

/** The same, or why there are none. */
export const kernelTypes =
  (source: BtfSource): (() => Result<Iterable<Btf>, string>) =>
  () => {
    const kernel = source.kernel();
    return kernel.ok ? ok(btfObjects(source)) : kernel;
  };

/**
 * Every function of a name: in one object if that is given, else in all. More than one means that the name alone
 * doesn't say which is meant: static functions of two files, or of the kernel and a module.
 */
export function findFunctions(source: BtfSource, name: string, object?: string): readonly BtfPlace[] {
  const places: BtfPlace[] = [];
  for (const btf of chosenObjects(source, object)) {
    const ids = ownIds(btf, name, btfKind.function);
    places.push(...ids.map((id) => ({ btf, id })));
  }
  return places;
}

function chosenObjects(source: BtfSource, object: string | undefined): Iterable<Btf> {
  if (object === undefined) return btfObjects(source);
  const btf = btfObject(source, object);
  return btf === undefined ? [] : [btf];
}

function ownIds(btf: Btf, name: string, kind: Parameters<typeof idsNamed>[2]): readonly number[] {
  return idsNamed(btf, name, kind).filter((id) => ownerOf(btf, id) === btf);
}

const kindsOfKeyword = {
  struct: [btfKind.struct],
  union: [btfKind.union],
  enum: [btfKind.enum, btfKind.enum64],
  typedef: [btfKind.typedef],
  int: [btfKind.int],
} as const;

export type BtfKeyword = keyof typeof kindsOfKeyword;

/** The first struct, union, enum, typedef or integer of a name, in the kernel or else in a module. */
export function findType(source: BtfSource, keyword: BtfKeyword, name: string): BtfPlace | undefined {
  for (const place of findTypes(source, keyword, name)) return place;
  return undefined;
}

/** All of a name: parts of the kernel may use it for types of their own. */
export function* findTypes(source: BtfSource, keyword: BtfKeyword, name: string): Generator<BtfPlace> {
  for (const btf of btfObjects(source))
    for (const kind of kindsOfKeyword[keyword]) for (const id of ownIds(btf, name, kind)) yield { btf, id };
}

const rawTracepointPrefix = 'btf_trace_';

/** A raw tracepoint's arguments in their order. The kernel's own first parameter, `void *__data`, is not among them. */
export function rawTracepointSignature(
  source: BtfSource,
  event: string,
  object?: string,
): (BtfSignature & BtfPlace) | undefined {
  for (const btf of chosenObjects(source, object)) {
    const typedef = ownIds(btf, rawTracepointPrefix + event, btfKind.typedef).at(0);
    if (typedef === undefined) continue;
    const pointer = withoutModifiers(btf, typedef);
    const signature = btfSignature(btf, referredBy(btf, pointer));
    if (signature === undefined) continue;
    const names = parameterNames(btf, event, signature.parameters.length);
    const parameters = signature.parameters.slice(1).map(({ type }, index) => ({
      name: names[index + 1] ?? `arg${index}`,
      type,
    }));
    return { ...signature, parameters, btf, id: typedef };
  }
  return undefined;
}

/** The typedef's parameters have no names; functions that the same macro makes have (include/trace/bpf_probe.h, include/linux/tracepoint.h). */
function parameterNames(btf: Btf, event: string, count: number): readonly string[] {
  for (const prefix of ['__probestub_', '__traceiter_', '__bpf_trace_']) {
    const id = ownIds(btf, prefix + event, btfKind.function).at(0);
    if (id === undefined) continue;
    const parameters = parametersOf(btf, referredBy(btf, id));
    if (parameters.length === count) return parameters.map(({ name }) => name);
  }
  return [];
}

/** Raw tracepoints that an object has, for wildcards. */
export function rawTracepointNames(btf: Btf): readonly string[] {
  return namesOfKind(btf, btfKind.typedef)
    .filter((name) => name.startsWith(rawTracepointPrefix))
    .map((name) => name.slice(rawTracepointPrefix.length));
}
