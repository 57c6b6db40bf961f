/**
 * Relocations resolved against the running kernel's types: DOOR of this room. What a kernel lacks is an answer: whoever loads the code puts
 * something in its place that ends the load if the program can come there. Pure.
 */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import type { Btf, BtfKind } from '../btf/parse.ts';
import { btfKind, idsNamed, kindOf, nameOf, ownerOf } from '../btf/parse.ts';
import { sizeOfBtf } from '../btf/size.ts';
import { fieldAccessIn, ownFieldAccess, ownVariantAccess, variantAccessIn } from './access.ts';
import { areTypesAlike, essentialName, isEnum } from './alike.ts';
import type { CoreRelocation, FieldKind } from './relocation.ts';
import { isOfField, isOfVariant } from './relocation.ts';
import type { FieldValue } from './values.ts';
import { fieldValue, variantValue } from './values.ts';

export interface Resolved {
  readonly value: bigint;
  /** Of offsets whose field has another size in the kernel than it was compiled with; undefined if no load can make up for that. */
  readonly bytes?: { readonly own: number; readonly kernel: number | undefined };
}

/** Why there is no value, in a sentence without a full stop. */
export type Resolve = (relocation: CoreRelocation) => Result<Resolved, string>;

/** `kernel`: the kernel's types and, where those lack a name, its modules'; asked for when there is something to resolve. */
export function coreResolver(own: Btf, kernel: () => Result<Iterable<Btf>, string>): Resolve {
  return (relocation) => {
    if (relocation.kind === 'ownTypeId') return ok({ value: BigInt(relocation.type) });
    if (relocation.kind === 'typeMatches')
      return failed('whether types match is not looked up here: ask whether the type or its field exists');
    const objects = kernel();
    if (!objects.ok) return objects;
    const candidates = candidatesIn(objects.value, own, relocation.type);
    return resolveAmong(candidates, own, relocation);
  };
}

interface Candidate {
  readonly btf: Btf;
  readonly id: number;
}

/** Types of the name, flavours apart, and the kind: the kernel's, else those of the modules. */
function candidatesIn(objects: Iterable<Btf>, own: Btf, type: number): readonly Candidate[] {
  const name = essentialName(nameOf(own, type));
  const kinds = isEnum(own, type) ? [btfKind.enum, btfKind.enum64] : [kindOf(own, type)];
  const found: Candidate[] = [];
  let isKernel = true;
  for (const btf of objects) {
    const ids = kinds.flatMap((kind) => idsNamed(btf, name, kind)).filter((id) => ownerOf(btf, id) === btf);
    found.push(...ids.map((id) => ({ btf, id })));
    if (isKernel && found.length > 0) return found;
    isKernel = false;
  }
  return found;
}

/** Of several types all that have what is wanted must agree: else it isn't known which is meant. */
function resolveAmong(
  candidates: readonly Candidate[],
  own: Btf,
  relocation: CoreRelocation,
): Result<Resolved, string> {
  const { kind, type } = relocation;
  const answers = isOfField(kind)
    ? fieldAnswers(candidates, own, relocation, kind)
    : isOfVariant(kind)
      ? variantAnswers(candidates, own, relocation)
      : ok(typeAnswers(candidates, own, relocation));
  if (!answers.ok) return answers;
  const [first, ...others] = answers.value;
  if (!first) return lacking(own, relocation, candidates.length > 0);
  const agree = others.every(
    ({ value, bytes }) => value === first.value && bytes?.kernel === first.bytes?.kernel,
  );
  return agree
    ? ok(first)
    : failed(
        `this kernel has several types ${typeText(own, type)}, which differ in ${pathText(own, relocation) || 'what is wanted'}`,
      );
}

/** What asks for existence, or for a type, gets a 0. */
function lacking(own: Btf, relocation: CoreRelocation, isKnown: boolean): Result<Resolved, string> {
  const { kind, type } = relocation;
  if (kind.endsWith('Exists') || kind.startsWith('type')) return ok({ value: 0n });
  const name = typeText(own, type);
  return failed(
    isKnown
      ? `${name} of this kernel has no ${pathText(own, relocation)}, or has it as something else`
      : `this kernel has no ${name}, whose ${pathText(own, relocation)} is wanted`,
  );
}

function fieldAnswers(
  candidates: readonly Candidate[],
  own: Btf,
  { type, access }: CoreRelocation,
  kind: FieldKind,
): Result<readonly Resolved[], string> {
  const wanted = ownFieldAccess(own, type, access);
  const compiled = wanted && fieldValue(kind, wanted);
  if (!wanted || !compiled) return failed(`the access ${access} makes no sense in ${nameOf(own, type)}`);
  const answers = candidates.flatMap(({ btf, id }) => {
    const found = fieldAccessIn(btf, id, wanted);
    const there = found && fieldValue(kind, found);
    return there ? [resized(compiled, there)] : [];
  });
  return ok(answers);
}

function resized({ read: own }: FieldValue, { value, read }: FieldValue): Resolved {
  if (!own || !read || own.bytes === read.bytes) return { value };
  const canResize = own.resizable !== undefined && own.resizable === read.resizable;
  return { value, bytes: { own: own.bytes, kernel: canResize ? read.bytes : undefined } };
}

function variantAnswers(
  candidates: readonly Candidate[],
  own: Btf,
  { type, access, kind }: CoreRelocation,
): Result<readonly Resolved[], string> {
  const wanted = ownVariantAccess(own, type, access);
  if (!wanted) return failed(`the access ${access} makes no sense in ${nameOf(own, type)}`);
  const found = candidates.flatMap(({ btf, id }) => variantAccessIn(btf, id, wanted) ?? []);
  return ok(found.map((access) => ({ value: kind === 'variantExists' ? 1n : variantValue(access) })));
}

function typeAnswers(
  candidates: readonly Candidate[],
  own: Btf,
  { type, kind }: CoreRelocation,
): readonly Resolved[] {
  const alike = candidates.filter(({ btf, id }) => areTypesAlike(own, type, btf, id));
  return alike.map(({ btf, id }) => {
    if (kind === 'typeExists') return { value: 1n };
    return { value: BigInt(kind === 'typeId' ? id : (sizeOfBtf(btf, id) ?? 0)) };
  });
}

const keywords: Readonly<Partial<Record<BtfKind, string>>> = {
  [btfKind.struct]: 'struct ',
  [btfKind.union]: 'union ',
  [btfKind.enum]: 'enum ',
  [btfKind.enum64]: 'enum ',
};

/** `struct task_struct`, without the flavour. */
const typeText = (own: Btf, type: number): string =>
  `${keywords[kindOf(own, type)] ?? ''}${essentialName(nameOf(own, type))}`;

/** `se.vruntime`, `comm[3]`, `PIDTYPE_PID`. */
function pathText(own: Btf, { type, access, kind }: CoreRelocation): string {
  const wanted = isOfVariant(kind)
    ? ownVariantAccess(own, type, access)?.steps
    : ownFieldAccess(own, type, access)?.steps.slice(1);
  const texts = (wanted ?? []).map(({ name, index }) => (name === undefined ? `[${index}]` : `.${name}`));
  return texts.join('').replace(/^\./, '');
}
