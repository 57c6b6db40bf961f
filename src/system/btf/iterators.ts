/** The kernel's iterators, as its types show them: a struct bpf_iter__NAME for the context, a function bpf_iter_NAME to attach to. */

import type { IteratorPrototype } from '../../probes/define.ts';
import type { Field, FieldsOf } from '../../types/field.ts';
import { namedFields } from '../../types/field.ts';
import type { StructType } from '../../types/type.ts';
import { btfObjects, findFunctions, findType } from './find.ts';
import { btfKind, namesOfKind } from './parse.ts';
import type { BtfSource } from './read.ts';
import { btfType } from './to-type.ts';

const contextPrefix = 'bpf_iter__';
const functionPrefix = 'bpf_iter_';

/** Names in alphabetical order: bpf_map, task, task_file … */
export function iteratorNames(source: BtfSource): readonly string[] {
  const names = [...btfObjects(source)].flatMap((btf) =>
    namesOfKind(btf, btfKind.struct)
      .filter((name) => name.startsWith(contextPrefix))
      .map((name) => name.slice(contextPrefix.length)),
  );
  // Others are structs of the verifier's own: bpf_iter__task__safe_trusted.
  return [...new Set(names)].filter((name) => findFunctions(source, functionPrefix + name).length > 0).sort();
}

/** Undefined if the kernel shows no such iterator, or one of a form that isn't known. */
export function iteratorNamed(
  source: BtfSource,
  name: string,
  fieldsOf: FieldsOf,
): IteratorPrototype | undefined {
  const [place] = findFunctions(source, functionPrefix + name);
  const context = structOf(source, contextPrefix + name);
  const fields = context && namedFields(context, fieldsOf);
  const meta = fields?.find((field) => field.name === 'meta');
  const sequence = meta && sequenceIn(meta, fieldsOf);
  // The object comes last, behind what it is found by: (task, fd, file), (map, key, sk).
  const object = fields?.findLast((field) => field.name !== 'meta' && field.type.kind === 'pointer');
  if (!place || !context || !sequence || !object) return undefined;
  return {
    btfObject: place.btf.object,
    btfId: place.id,
    context,
    object: { offset: object.offset, type: object.type },
    sequence: [meta.offset, sequence.offset],
  };
}

function structOf(source: BtfSource, name: string): StructType | undefined {
  const place = findType(source, 'struct', name);
  const type = place && btfType(place.btf, place.id);
  return type?.kind === 'struct' ? type : undefined;
}

/** meta->seq, the file that output goes to. */
function sequenceIn({ type }: Field, fieldsOf: FieldsOf): Field | undefined {
  if (type.kind !== 'pointer' || type.to.kind !== 'struct') return undefined;
  return namedFields(type.to, fieldsOf).find((field) => field.name === 'seq');
}
