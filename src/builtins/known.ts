/** For definitions whose value is always known when compiling. */

import { Bug } from '../base/assert.ts';

export function known(): never {
  throw new Bug('what is known when compiling needs no code');
}
