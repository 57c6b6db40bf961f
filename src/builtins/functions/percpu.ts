/** percpu_kaddr: where a CPU has its copy of a variable of which each has one. */

import { u64 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';

/** How far each CPU's copies lie from the variables themselves, by its number (include/asm-generic/percpu.h). */
const distances = '__per_cpu_offset';
const [areaStart, areaEnd] = ['__per_cpu_start', '__per_cpu_end'];

export const percpuKaddr = defineFunction({
  name: 'percpu_kaddr',
  doc: "Address of this CPU's copy of a kernel variable that each CPU has one of, or of a given CPU's; 0 if there is no such CPU.",
  example: 'interval:s:1 { print(*(uint64 *)percpu_kaddr("process_counts", 0)); }',
  params: [
    { name: 'name', takes: ['text'] },
    { name: 'cpu', takes: ['integer'], optional: true },
  ],
  returns: { ...u64, space: 'kernel' },
  check: ([name], { kernelSymbol }, report, call) => {
    if (typeof name?.constant !== 'string') return;
    const [address, start, end, table] = [name.constant, areaStart, areaEnd, distances].map(kernelSymbol);
    if (address === undefined)
      report.error('bad-argument', `The kernel has no symbol '${name.constant}'`, name.span);
    else if (table === undefined || start === undefined || end === undefined)
      report.error('bad-argument', 'This kernel does not say where its CPUs have their variables', call, {
        hints: ['It is built for one CPU, or without CONFIG_KALLSYMS_ALL.'],
      });
    else if (table === 0n)
      report.error('no-privileges', 'The kernel hides its addresses from this user', name.span, {
        hints: ['Run as root, or see /proc/sys/kernel/kptr_restrict.'],
      });
    else if (address < start || address >= end)
      report.error('bad-argument', `There is one ${name.constant} for all CPUs`, name.span, {
        hints: ['kaddr() gives its address.'],
      });
  },
  emit: ([name, cpu], out) => {
    const number = cpu ? out.wide(cpu) : out.and(out.helper('get_smp_processor_id', []), 0xffffffff);
    const own = typeof name?.constant === 'string' ? out.kernelSymbol(name.constant) : 0n;
    return out.choose(
      out.compare('<', number, out.machine.possibleCpus),
      () => {
        const distance = out.reserve(8, 'distance');
        const entry = out.add(out.shiftLeft(number, 3), out.kernelSymbol(distances));
        out.readMemory(distance, 8, entry, 'kernel');
        return out.add(out.load(distance, 0, 64), own);
      },
      () => out.int(0),
    );
  },
});
