/** probe: the attach point's full name. */

import { Bug } from '../../base/assert.ts';
import { string } from '../../types/type.ts';
import { byteText } from '../../types/value.ts';
import { defineVariable } from '../define.ts';

export const probe = defineVariable({
  name: 'probe',
  doc: 'Full name of the probe that fired: kprobe:vfs_read. Using it makes a program of its own for each place that a wildcard matches.',
  example: 'kprobe:vfs_read { @[probe] = count(); }',
  type: ({ program }) => string(byteText(program.name).length + 1),
  perProbe: true,
  constant: ({ program }) => byteText(program.name),
  emit: () => {
    throw new Bug('probe is known when compiling');
  },
});
