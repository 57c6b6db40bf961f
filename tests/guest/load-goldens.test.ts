/** The verifiers of all kernels that we support accept every golden, compiled for a kernel of that version. Nothing is attached. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { kernelFrom } from '../../src/plan/machine.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { features } from '../../src/runtime/features.ts';
import { bundleEnvironment, bundleForGuest } from '../support/guest/bundle.ts';
import { bootGuest, type Guest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { compileGolden, isOfThisProcessor, readGoldens, type Golden } from '../support/golden.ts';
import { encode, type ObjectToLoad, type Refusal } from '../support/load-in-guest.ts';
import { buildPrograms } from '../support/programs.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);
const loadTimeoutMs = 240_000;

/** A kernel, but the program needs something that came later: that is told to the user before anything is loaded. */
function lacks(kernel: readonly [number, number], { requires }: Plan): boolean {
  const since = new Map<string, string>(
    Object.entries(features).map(([name, feature]) => [name, feature.since]),
  );
  return requires.some(({ feature }) => isBefore(kernel, since.get(feature) ?? ''));
}

function isBefore(kernel: readonly [number, number], release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return !kernelFrom({ kernel }, major, minor);
}

/** None where the kernel lacks something. */
function objectsOf(golden: Golden, kernel: readonly [number, number]): readonly ObjectToLoad[] {
  if (!llvm.ok) throw new Error(llvm.error.message);
  if (golden.offsets !== undefined) return [];
  if (golden.since !== undefined && isBefore(kernel, golden.since)) return [];
  const { ir, modules, plan } = compileGolden(golden, { kernel });
  if (lacks(kernel, plan)) return [];
  const emitted = emitObject(llvm.value, ir, { modules, cpu: kernelFrom({ kernel }, 5, 12) ? 'v3' : 'v2' });
  if (!emitted.ok) throw new Error(emitted.error.message);
  const object = Buffer.from(emitted.value.bytes).toString('base64');
  return [{ name: golden.name, program: golden.program, plan, object }];
}

describe.each([
  { kernel: '5.10', version: [5, 10] },
  { kernel: '6.1', version: [6, 1] },
  { kernel: '6.12', version: [6, 12] },
  { kernel: '7.2', version: [7, 2] },
] as const)('kernel $kernel', ({ kernel, version }) => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest({ kernel, project: projectFiles(await buildPrograms()) });
  });
  afterAll(() => guest.close());

  test(
    'accepts every golden that it has the features for',
    async () => {
      const wanted = readGoldens().filter(isOfThisProcessor);
      const objects = wanted.flatMap((golden) => objectsOf(golden, version));
      expect(objects.length).toBeGreaterThan(100);
      await guest.writeFile('/tmp/objects.json', Buffer.from(encode(objects)));
      await guest.writeFile('/tmp/load.cjs', await bundleForGuest('tests/support/load-in-guest.ts'));
      const { stdout, stderr, status } = await guest.run(['node', '/tmp/load.cjs', '/tmp/objects.json'], {
        timeoutMs: loadTimeoutMs,
        env: bundleEnvironment,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const refusals = JSON.parse(stdout) as readonly Refusal[];
      expect(refusals).toEqual([]);
    },
    loadTimeoutMs,
  );
});
