/** Functions of the BPF programs that run: what fentry and fexit can be attached to beside the kernel's own. */

import type { BpfApi } from './bpf-api.ts';

export interface RunningFunction {
  readonly name: string;
  readonly program: number;
  readonly btfId: number;
}

/** In the order of the programs' ids. What can't be looked at, since we may not or it ends just now, is left out. */
export function runningFunctions(
  bpf: Pick<BpfApi, 'nextId' | 'openById' | 'programFunctions' | 'close'>,
): readonly RunningFunction[] {
  const functions: RunningFunction[] = [];
  for (let id = nextProgram(bpf, 0); id !== undefined; id = nextProgram(bpf, id)) {
    const opened = bpf.openById('program', id);
    if (!opened.ok) continue;
    const found = bpf.programFunctions(opened.value);
    bpf.close(opened.value);
    const program = id;
    if (found.ok) functions.push(...found.value.map((told) => ({ ...told, program })));
  }
  return functions;
}

function nextProgram(bpf: Pick<BpfApi, 'nextId'>, id: number): number | undefined {
  const next = bpf.nextId('program', id);
  return next.ok ? next.value : undefined;
}
