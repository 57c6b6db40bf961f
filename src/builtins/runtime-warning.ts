/** The event by which a program says that something went wrong at a place of the script. */

import { u32 } from '../types/type.ts';
import { defineEvent } from './define.ts';

/** `place` is an index into plan.places. */
export const runtimeWarning = defineEvent('runtime-warning', { place: u32 }, ({ place }, host) =>
  host.warn(place),
);
