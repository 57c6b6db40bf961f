/**
 * How tstrace is started in a guest: from the bundle, or from a start-up snapshot that is made there first. A guest has no other CPU than
 * an emulated one, on which a snapshot takes seconds to make and saves seconds each time.
 */
import type { Guest } from './guest.ts';

const bundle = '/project/dist/tstrace.mjs';
const blob = '/tmp/tstrace.blob';

export const fromBundle: readonly string[] = ['node', bundle];

/** Gives the command, to which tstrace's own arguments are added. */
export async function fromSnapshot(guest: Guest): Promise<readonly string[]> {
  const snapshot = ['node', '--no-warnings', '--snapshot-blob', blob];
  const made = await guest.run([...snapshot, '--build-snapshot', '/project/dist/snapshot.cjs'], {
    timeoutMs: 60_000,
  });
  if (made.status !== 0) throw new Error(`no start-up snapshot in the guest: ${made.stderr}`);
  return [...snapshot, bundle];
}
