/** probe and probetype: the attach point's full name, and its provider. */

import { string } from '../../types/type.ts';
import { byteText } from '../../types/value.ts';
import { defineVariable } from '../define.ts';
import type { ProgramInfo } from '../emitter.ts';
import { known } from '../known.ts';

export const probe = defineVariable({
  name: 'probe',
  doc: 'Full name of the probe that fired: kprobe:vfs_read. Using it makes a program of its own for each place that a wildcard matches.',
  example: 'kprobe:vfs_read { @[probe] = count(); }',
  type: ({ program }) => string(byteText(program.name).length + 1),
  perProbe: true,
  constant: ({ program }) => byteText(program.name),
  emit: known,
});

/** Of probes that stand for no event of the kernel's. */
const special: ReadonlySet<string> = new Set(['begin', 'end']);

const providerOf = ({ provider }: ProgramInfo): string => (special.has(provider) ? 'special' : provider);

export const probetype = defineVariable({
  name: 'probetype',
  doc: 'Provider of the probe: kprobe, tracepoint …; special for begin and end.',
  example: 'kprobe:vfs_read { @[probetype] = count(); }',
  type: ({ program }) => string(providerOf(program).length + 1),
  constant: ({ program }) => byteText(providerOf(program)),
  emit: known,
});
