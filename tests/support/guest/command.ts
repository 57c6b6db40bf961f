/**
 * The guest harness from the command line, for people and for the set-up script:
 *
 *   node scripts/guest.mjs prepare [KERNEL[:CPUS]...]   fetch, build and boot all that the tests need
 *   node scripts/guest.mjs run [KERNEL[:CPUS]] PROGRAM [ARGUMENT...]
 *   node scripts/guest.mjs refresh [KERNEL...]          renew kernels.lock.json
 */

import { readLock, refreshLock } from './fetch-kernel.ts';
import { bootGuest, prepareGuest, type GuestOptions } from './guest.ts';
import { projectFiles } from './image.ts';
import { buildPrograms } from '../programs.ts';

const say = (line: string): void => void process.stderr.write(`guest: ${line}\n`);

/** Gives the exit status. */
export async function guestCommand(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  switch (verb) {
    case 'prepare':
      await prepare(rest);
      return 0;
    case 'run':
      return run(rest);
    case 'refresh':
      await refreshLock(rest, say);
      return 0;
    default:
      process.stderr.write('usage: node scripts/guest.mjs prepare|run|refresh …\n');
      return 2;
  }
}

async function prepare(shapes: readonly string[]): Promise<void> {
  const wanted = shapes.length > 0 ? shapes : Object.keys((await readLock()).kernels);
  for (const shape of wanted) await prepareGuest({ ...parseShape(shape), say });
}

async function run(argv: readonly string[]): Promise<number> {
  const [first = '', ...rest] = argv;
  const { kernels, default: usual } = await readLock();
  const named = (first.split(':')[0] ?? '') in kernels;
  const command = named ? rest : argv;
  const project = projectFiles(await buildPrograms());
  const guest = await bootGuest({ ...parseShape(named ? first : usual), project, say });
  try {
    const result = await guest.run(command, { timeoutMs: 600_000 });
    process.stdout.write(result.stdoutBytes);
    process.stderr.write(result.stderr);
    return result.status ?? 128;
  } finally {
    await guest.close();
  }
}

function parseShape(shape: string): Pick<GuestOptions, 'kernel' | 'cpus'> {
  const [kernel = '', cpus = '2'] = shape.split(':');
  if (cpus !== '1' && cpus !== '2' && cpus !== '4')
    throw new Error(`a guest has 1, 2 or 4 CPUs, not ${cpus}`);
  return { kernel, cpus: Number(cpus) as 1 | 2 | 4 };
}
