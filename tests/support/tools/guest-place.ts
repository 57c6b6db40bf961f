/** A guest as a place for tools: processes that stay and run one tool after the other. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finished } from '../end-to-end.ts';
import { bundleEnvironment, bundleForGuest } from '../guest/bundle.ts';
import { repositoryRoot } from '../guest/cache.ts';
import type { Guest } from '../guest/guest.ts';
import { bootGuest } from '../guest/guest.ts';
import { projectFiles } from '../guest/image.ts';
import type { RunningCommand } from '../guest/running-command.ts';
import { buildPrograms } from '../programs.ts';
import type { Kernel, ToolPlace } from './tool-case.ts';

/** On the project's drive: the way through the agent is slow for that much. */
const runnerFile = '/project/in-guest.cjs';
/** Only a hang takes so long, also where the machine is busy with other things. */
const runMs = 300_000;
const lifeMs = 2_400_000;
const disk = '/dev/vda';

export interface GuestPlace extends ToolPlace {
  readonly guest: Guest;
}

/** Boots a guest in which `runners` tools may run at a time; the caller closes it. */
export async function guestPlace(kernel: Exclude<Kernel, 'here'>, runners: number): Promise<GuestPlace> {
  const runner = join(repositoryRoot, 'node_modules/.cache/tstrace/in-guest.cjs');
  await mkdir(dirname(runner), { recursive: true });
  await writeFile(runner, await bundleForGuest('tests/support/tools/in-guest.ts'));
  const files = { 'in-guest.cjs': runner, tools: join(repositoryRoot, 'tools') };
  const guest = await bootGuest({ kernel, project: { ...projectFiles(await buildPrograms()), ...files } });
  const objects = await guest.spawn(['/project/programs/bpf_objects'], { timeoutMs: lifeMs });
  await objects.waitForOutput('ready');
  const free = await Promise.all(Array.from({ length: runners }, () => startRunner(guest)));
  let requests = 0;
  return {
    guest,
    kernel,
    disk,
    programs: '/project/programs',
    tools: '/project/tools',
    tstrace: async (args) => {
      const runner = free.pop();
      if (runner === undefined) throw new Error(`more than ${runners} tools at a time`);
      try {
        const finished = await ask(runner, ++requests, args);
        free.push(runner);
        return finished;
      } catch (error) {
        // Whatever it hangs in, the next tool gets a process that works.
        await runner.signal('SIGKILL');
        free.push(await startRunner(guest));
        throw error;
      }
    },
  };
}

const startRunner = (guest: Guest): Promise<RunningCommand> =>
  guest.spawn(['node', runnerFile], { timeoutMs: lifeMs, env: { ...bundleEnvironment, DISK: disk } });

async function ask(runner: RunningCommand, id: number, args: readonly string[]): Promise<Finished> {
  await runner.input(`${JSON.stringify({ id, args })}\n`);
  const answer = new RegExp(`^\\{"id":${id},.*\\}$`, 'm');
  await runner.waitForOutput(answer, runMs);
  return JSON.parse(answer.exec(runner.output().stdout)?.[0] ?? '') as Finished;
}
