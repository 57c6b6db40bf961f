/** For tests and pipelines: a line on stdout once everything is attached, if the environment asks for it. */

import type { World } from './world.ts';
import { writeAll } from './write-all.ts';

const names = ['__TSTRACE_NOTIFY_PROBES_ATTACHED', '__BPFTRACE_NOTIFY_PROBES_ATTACHED'];

export function attachMarker(world: World): void {
  const name = names.find((candidate) => world.environment[candidate] !== undefined);
  if (name !== undefined) writeAll(world.stdout, `${name}\n`);
}
