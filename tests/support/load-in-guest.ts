/**
 * Runs in a guest, as a bundle: loads the objects of a file into the guest's kernel and says, in JSON, which were refused and why.
 *
 *   node load-in-guest.cjs OBJECTS.json
 */

import { readFileSync } from 'node:fs';

import { present } from '../../src/base/assert.ts';
import { taiOffset } from '../../src/runtime/kernel/clocks.ts';
import { sourceFile, sourcesOf } from '../../src/base/source-file.ts';
import type { Helper } from '../../src/plan/helpers.ts';
import { helpers } from '../../src/plan/helpers.ts';
import type { Plan, ProgramPlan, Requirement } from '../../src/plan/plan.ts';
import { Features, missingFeatures } from '../../src/runtime/features.ts';
import { Handles } from '../../src/runtime/handles.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import { load } from '../../src/runtime/load.ts';
import { findFunctions, kernelTypes } from '../../src/system/btf/find.ts';
import { kernelObject, liveBtf } from '../../src/system/btf/read.ts';
import { probeDevices } from '../../src/system/proc/machine-files.ts';
import { readMachine } from '../../src/system/machine.ts';

/** What is to be loaded; `object` is base64. */
export interface ObjectToLoad {
  readonly name: string;
  readonly program: string;
  readonly plan: Plan;
  readonly object: string;
}

export interface Refusal {
  readonly name: string;
  readonly message: string;
  /** The end of the verifier's log. */
  readonly log: readonly string[];
}

/** JSON has no bigint. */
const bigintMark = 'bigint:';
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${bigintMark}${part}` : part));
const decode = (_key: string, part: unknown): unknown =>
  typeof part === 'string' && part.startsWith(bigintMark) ? BigInt(part.slice(bigintMark.length)) : part;

const logBytesMax = 4 * 1024 * 1024;
const logLinesShown = 12;

/**
 * A program on a trampoline is loaded for a function of this very kernel, and the goldens' f(struct file *, u32) is made up:
 * vfs_fsync(struct file *, int) is like it, and every kernel has it.
 */
const likeGoldens = 'vfs_fsync';
/** What the goldens walk. */
const walkLikeGoldens = 'bpf_iter_task';

function forThisKernel(program: ProgramPlan): ProgramPlan {
  if (!program.tracing) return program;
  const name = program.tracing.attachType === 'iter' ? walkLikeGoldens : likeGoldens;
  const found = present(findFunctions(liveBtf(), name, kernelObject)[0], name);
  return { ...program, tracing: { ...program.tracing, btfObject: kernelObject, btfId: found.id } };
}

const asked = new Features({
  bpf: realBpf,
  probeDevices: probeDevices(),
  hasBtf: true,
  functionBtfId: findFunctions(liveBtf(), likeGoldens, kernelObject)[0]?.id,
});

/** A helper that depends on more than the kernel's release. */
const isOptional = ({ feature }: Requirement): boolean =>
  Object.entries<Helper>(helpers).some(([name, { where }]) => name === feature && where !== undefined);

function refusalOf({ name, program, plan, object }: ObjectToLoad): readonly Refusal[] {
  const handles = new Handles(realBpf);
  const machine = readMachine(taiOffset);
  const options = {
    machine,
    memoryBytes: machine.memoryBytes,
    logBytesMax,
    isWanted: () => true,
    multiTypeOf: () => undefined,
    logLevel: 0,
    kernelTypes: kernelTypes(liveBtf()),
    sources: sourcesOf(sourceFile('golden.bt', program)),
  } as const;
  const programs = plan.programs.map(forThisKernel);
  const loaded = load(realBpf, handles, { ...plan, programs }, Buffer.from(object, 'base64'), options);
  handles.closeAll();
  // What kernels are built with, their release doesn't tell.
  if (loaded.ok || missingFeatures({ ...plan, requires: plan.requires.filter(isOptional) }, asked).length > 0)
    return [];
  const { diagnostic, report } = loaded.error;
  return [{ name, message: diagnostic.message, log: (report?.lines ?? []).slice(-logLinesShown) }];
}

const [file] = process.argv.slice(2);
if (file?.endsWith('objects.json')) {
  const objects = JSON.parse(readFileSync(file, 'utf8'), decode) as readonly ObjectToLoad[];
  process.stdout.write(JSON.stringify(objects.flatMap(refusalOf)));
}
