/** Tools for the kernel itself: privileges, modules, BPF. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const kernelCases: readonly ToolCase[] = [
  {
    tool: 'capabilities',
    command: '{programs}/tasks identity',
    lacks: { here: 'fexit' },
    prints: somewhere('@asked[tasks, setuid, 0]: #', '@asked[tasks, setuid, -1]: 1'),
  },
  {
    tool: 'modules',
    command: '{programs}/files mounts',
    lacks: { here: 'modules (CONFIG_MODULES)' },
    prints: somewhere('#:#:# files # wanted fs-nosuchfs'),
  },
  {
    tool: 'bpfcalls',
    command: '{programs}/bpf_objects once',
    prints: `
      TIME COMM PID COMMAND RESULT
      #:#:# bpf_objects # BPF_PROG_LOAD #
      #:#:# bpf_objects # BPF_MAP_CREATE #
      #:#:# bpf_objects # BPF_MAP_UPDATE_ELEM 0`,
  },
  {
    tool: 'bpfmaps',
    // The place keeps them.
    prints: somewhere(
      '# BPF_MAP_TYPE_PROG_ARRAY deeds_array 4 4 4\nowner: BPF_PROG_TYPE_SOCKET_FILTER, compiled\nslot 2: program # deeds_prog',
    ),
  },
  {
    tool: 'bpfprogs',
    prints: somewhere('# BPF_PROG_TYPE_SOCKET_FILTER deeds_prog 0 2 # # 0 -'),
  },
];
