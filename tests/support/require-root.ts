/** Global set-up of the runtime tests: stops them all with one sentence where each would fail with EPERM. */

export function setup(): void {
  if (process.getuid?.() !== 0)
    throw new Error('the runtime tests load BPF programs and need root: run them with sudo');
}
