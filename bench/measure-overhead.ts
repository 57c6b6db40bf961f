/** What tracing costs the traced program: nanoseconds added to each event, and how many instructions run for it. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSource, parseElf } from '../src/system/elf/parse.ts';
import type { Act, Hot } from './hot.ts';
import type { Measurement } from './measurement.ts';
import type { Tracer } from './tracers.ts';
import { startTracer } from './tracers.ts';

interface Source {
  readonly name: string;
  readonly act: Act;
  /** Few enough that all printf events fit a ring: a lost event costs less than a sent one. */
  readonly events: number;
  readonly probe: (hot: Hot) => string;
}

const sources: readonly Source[] = [
  {
    name: 'tracepoint',
    act: 'write',
    events: 200_000,
    probe: ({ pid }) => `tracepoint:syscalls:sys_enter_write /pid == ${pid}/`,
  },
  { name: 'uprobe', act: 'call', events: 100_000, probe: ({ path }) => `uprobe:${path}:hot_call` },
];

const actions = ['@[comm] = count();', '@ = hist(pid);', 'printf("%d %d\\n", pid, tid);'] as const;

function costing(source: Source, action: string): Measurement {
  const script = (hot: Hot): string => `${source.probe(hot)} { ${action} }`;
  return {
    title: `${source.name} { ${action} }`,
    rounds: 5,
    figures: [
      { label: 'added to each event, ns', digits: 0 },
      { label: 'instructions of the program', digits: 0 },
    ],
    run: async (tracer, hot) => {
      const untraced = await hot.run(source.act, source.events);
      const tracing = startTracer(tracer, ['-o', '/dev/null', '-e', tracer.script(script(hot))]);
      await tracing.attachedMs;
      const traced = await hot.run(source.act, source.events);
      await tracing.stop();
      return [(traced - untraced) / source.events, await instructions(tracer, script(hot))];
    },
  };
}

const instructionBytes = 8;
const executable = 4; // SHF_EXECINSTR

async function instructions(tracer: Tracer, script: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tstrace-bench-'));
  try {
    const object = join(folder, 'object');
    await startTracer(tracer, ['--emit-elf', object, '-e', tracer.script(script)]).finished;
    const elf = parseElf(bytesSource(await readFile(object)));
    if (!elf.ok) throw new Error(`${tracer.name} wrote no object: ${elf.error}`);
    const code = elf.value.sections.filter(({ flags }) => (flags & executable) !== 0);
    return code.reduce((bytes, { size }) => bytes + size, 0) / instructionBytes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const overheadMeasurements: readonly Measurement[] = sources.flatMap((source) =>
  actions.map((action) => costing(source, action)),
);
