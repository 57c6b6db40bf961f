/** The events by which a program says that something went wrong at a place of the script. */

import { assert } from '../base/assert.ts';
import { i32, u32 } from '../types/type.ts';
import { defineEvent } from './define.ts';

/** `place` is an index into plan.places. */
export const runtimeWarning = defineEvent('runtime-warning', { place: u32 }, ({ place }, host) =>
  host.warn(place),
);

/** A helper has failed; `code` is what it returned, a negative errno. */
export const helperFailure = defineEvent(
  'helper-failure',
  { place: u32, code: i32 },
  ({ place, code }, host, { constants }) => {
    assert(typeof constants.helper === 'string', 'a helper has a name');
    host.helperFailed(place, constants.helper, Number(code));
  },
);
