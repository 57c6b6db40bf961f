/** How the functions of a program share the 512 bytes of the BPF stack, which are for all that run at one time together. */

/** What the stack of one function may hold. */
export interface StackShare {
  /** Bytes for values; the rest is for what the back end spills. */
  readonly bytes: number;
  /** Variables that fit a register beyond so many lie in memory: LLVM keeps the others in registers, and spills what does not fit. */
  readonly registerVariables: number;
}

const stackBytes = 512;
/** Each function's stack is rounded up to 32 bytes (kernel/bpf/verifier.c, check_max_stack_depth); the one that counts failures has 8. */
const countBytes = 32;
const spilledBytes = 64;

/** The share of each, if at most so many run at one time. One alone has more to spill, and the room for it. */
export function stackShare(functions: number): StackShare {
  if (functions === 1) return { bytes: 320, registerVariables: 12 };
  const bytes = Math.floor((stackBytes - countBytes) / functions) - spilledBytes;
  return { bytes: Math.max(0, bytes - (bytes % 8)), registerVariables: 4 };
}
