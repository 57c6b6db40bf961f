/** Compiles scripts and runs them in this machine's kernel by test-run; gives what their maps hold. */

import { emitObject } from '../../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../../src/codegen/llvm/locate-library.ts';
import { Handles } from '../../../src/runtime/handles.ts';
import { realBpf } from '../../../src/runtime/kernel/real-bpf.ts';
import type { OpenMap } from '../../../src/runtime/map-entries.ts';
import { readMap } from '../../../src/runtime/read-map.ts';
import type { Value } from '../../../src/types/value.ts';
import { compileGolden } from '../golden.ts';
import { plainDecoding } from '../decoding.ts';
import { machine, mustLoad } from '../kernel.ts';
import type { Arguments, MapContents } from './evaluate.ts';
import { keyText } from './evaluate.ts';
import { functions } from './model.ts';
import type { Word } from './rules.ts';
import { listOf } from '../map-entries.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);

/** One program for each body, run in turn with the same context words. */
export function runInKernel(bodies: readonly string[], words: Arguments): MapContents {
  if (!llvm.ok) throw new Error(llvm.error.message);
  const program = scriptOf(bodies);
  const { ir, plan } = compileGolden({ name: program, program, facts: 'minimal' });
  const emitted = emitObject(llvm.value, ir);
  if (!emitted.ok) throw new Error(emitted.error.message);
  const handles = new Handles(realBpf);
  try {
    const loaded = mustLoad({ handles, links: handles, close: () => undefined }, plan, emitted.value.bytes);
    for (const { fd } of loaded.programs) {
      const ran = realBpf.runProgram(fd, BigUint64Array.from(words));
      if (!ran.ok) throw new Error(`${ran.error.call}: ${ran.error.name}`);
    }
    return new Map([...loaded.maps.values()].filter(({ plan: { script } }) => script).map(contentsOf));
  } finally {
    handles.closeAll();
  }
}

export const scriptOf = (bodies: readonly string[]): string =>
  [
    ...Object.values(functions).map(({ text }) => text),
    ...bodies.map((body) => `rawtracepoint:fixture {\n${body}\n}`),
  ].join('\n');

const reading = {
  api: realBpf,
  possibleCpus: machine.possibleCpus,
  decoding: plainDecoding,
  aggregation: (name: string): never => {
    throw new Error(`the generator made an aggregation: ${name}`);
  },
};

function contentsOf(map: OpenMap): readonly [string, ReadonlyMap<string, Word>] {
  const read = readMap(map, reading);
  if (!read.ok) throw new Error(`${read.error.call}: ${read.error.name}`);
  const { name, entries } = read.value;
  return [
    name.slice(1),
    new Map(listOf(entries).map(({ key, value }) => [keyText(key.map(wordOf)), wordOf(value)])),
  ];
}

function wordOf(value: Value): Word {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value !== null && value.kind === 'tuple') return value.elements.map(wordOf);
  if (value !== null && value.kind === 'record')
    return [...value.fields].sort((a, b) => (a.name < b.name ? -1 : 1)).map((field) => wordOf(field.value));
  throw new Error(`the generator made a value of another kind: ${JSON.stringify(value)}`);
}
