/** Averages of numbers whose sum needs more than 64 bits: as the script reads them after each number, and as they are printed, against exact arithmetic. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { avg, stats } from '../../src/builtins/aggregations/averages.ts';
import type { Cell } from '../../src/builtins/define.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import { machine } from '../support/kernel.ts';
import type { RunnableProgram } from '../support/run-program.ts';
import { loadScript } from '../support/run-program.ts';

const script = `rawtracepoint:fixture {
  @signed = avg((int64)arg0); @unsigned = avg(arg0); @stats = stats((int64)arg0);
  @read_signed = (int64)@signed; @read_unsigned = (uint64)@unsigned; }`;

const names = ['signed', 'unsigned', 'stats'];
const slots = ['total', 'coarse', 'count'];
const key = new Uint8Array(8);

function clear(program: RunnableProgram): void {
  for (const name of names) {
    const deleted = realBpf.delete(program.map(name).fd, key);
    if (!deleted.ok) throw new Error(deleted.error.name);
  }
}

/** What each CPU has, as user space takes it. */
function cellsOf(program: RunnableProgram, name: string): readonly Cell[] {
  const bytes = Buffer.alloc(slots.length * 8 * machine.possibleCpus);
  const found = realBpf.lookup(program.map(name).fd, key, bytes);
  if (!found.ok || !found.value) throw new Error(`nothing in @${name}`);
  return Array.from({ length: machine.possibleCpus }, (_, cpu) =>
    Object.fromEntries(
      slots.map((slot, index) => {
        const at = (cpu * slots.length + index) * 8;
        return [slot, name === 'unsigned' ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at)];
      }),
    ),
  );
}

const borders = [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const number = fc.oneof(fc.constantFrom(...borders), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const signedType = { kind: 'aggregate', name: 'avg', signed: true, parameters: [] } as const;
const unsignedType = { ...signedType, signed: false } as const;

test('averages are exact after each number', () => {
  const program = loadScript(script);
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 40 }), (values) => {
      let [signed, unsigned, count] = [0n, 0n, 0n];
      for (const value of values) {
        program.run([value, 0n]);
        signed += BigInt.asIntN(64, value);
        unsigned += value;
        count++;
        expect(program.read('read_signed', key).readBigInt64LE()).toBe(signed / count);
        expect(program.read('read_unsigned', key).readBigUInt64LE()).toBe(unsigned / count);
      }
      expect(avg.reduce?.(cellsOf(program, 'signed'), signedType)).toBe(signed / count);
      expect(avg.reduce?.(cellsOf(program, 'unsigned'), unsignedType)).toBe(unsigned / count);
      expect(stats.reduce?.(cellsOf(program, 'stats'), signedType)).toEqual({
        kind: 'stats',
        count,
        average: signed / count,
        total: signed,
      });
      clear(program);
    }),
    { numRuns: 60 },
  );
});
