/** Facts about this machine, put together from the options and the environment. */

import { mapFile } from '../ffi/map-file.ts';
import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';
import type { Facts } from '../sema/facts.ts';
import { liveFacts } from '../system/live-facts.ts';
import type { Kallsyms } from '../system/proc/kallsyms.ts';
import type { Options } from './options.ts';
import { variable } from './settings.ts';
import type { World } from './world.ts';

export interface FactsRequest {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly options: Pick<Options, 'unsafe'>;
  readonly world: World;
  /** The kernel's symbols, where somebody else reads them too. */
  readonly kallsyms?: () => Kallsyms;
}

export function liveFactsFor({ machine, settings, options, world, kallsyms }: FactsRequest): Facts {
  const btfFile = variable(world.environment, 'BTF');
  return liveFacts({
    machine,
    settings,
    unsafe: options.unsafe,
    searchPath: world.environment.PATH ?? '',
    mapFile,
    ...(btfFile !== undefined && { btfFile }),
    ...(kallsyms && { kallsyms }),
  });
}
