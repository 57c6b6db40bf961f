/** Entry of the program. */

import process from 'node:process';
import { main } from './cli/main.ts';
import { realWorld } from './cli/world.ts';

process.exitCode = await main(realWorld());
