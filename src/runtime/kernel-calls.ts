/** DOOR: whether programs of a type may call a function of the kernel (a kfunc). Only the kernel knows: its lists are in no BTF. */

import type { ProgramType } from '../plan/plan.ts';
import type { BpfApi } from './bpf-api.ts';
import { callKernelFunction, returnZero, tryProgram } from './feature-programs.ts';

/** The functions' ids in the BTF of the kernel itself. */
export interface KernelCall {
  readonly btfId: number;
  readonly program: ProgramType;
  /** Of a function that tracing programs can be attached to, for they can't be loaded without one. */
  readonly traceable: number | undefined;
}

/**
 * What the verifier says when it refuses the call itself, and not what the call is given (kernel/bpf/verifier.c, add_kfunc_call and
 * check_kfunc_call). Kernels before 5.13 know no such calls.
 */
const refusals =
  /calling kernel function|cannot find address|is not a (kernel )?function|uses reserved fields|JIT|must be sleepable|kernel BTF|CAP_/;

/** False also where nothing may be loaded at all. */
export function mayCall(bpf: BpfApi, { btfId, program, traceable }: KernelCall): boolean {
  if (program === 'tracing' && traceable === undefined) return false;
  const tracing = { attachType: 'fentry', btfId: traceable ?? 0 } as const;
  const spec = { type: program, ...(program === 'tracing' && { tracing }) };
  const { result, log } = tryProgram(bpf, spec, [callKernelFunction(btfId), ...returnZero]);
  if (result.ok) return true;
  return log.text !== '' && !refusals.test(log.text);
}
