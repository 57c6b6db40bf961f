/** Calls of BPF helpers in the IR; the table of them is plan/helpers.ts. */

import { present } from '../../base/assert.ts';
import type { Helper } from '../../plan/helpers.ts';
import { helpers } from '../../plan/helpers.ts';
import type { HelperReference } from '../llvm/ir.ts';
import type { IrType } from '../llvm/ir-value.ts';

const rowOf = (name: string): Helper =>
  present((helpers as Readonly<Record<string, Helper>>)[name], `helper ${name}`);

/** A helper by its name without bpf_. */
export function helperNamed(name: string, result: IrType = 'i64'): HelperReference {
  return { name, id: rowOf(name).id, result };
}

/** The oldest kernel that we support. */
const floor = [5, 10] as const;

/** True if a kernel that we support may lack it: the plan then requires it by its name (runtime/features.ts). */
export function isRecent(name: string): boolean {
  const [major = 0, minor = 0] = rowOf(name).since.split('.').map(Number);
  return major > floor[0] || (major === floor[0] && minor > floor[1]);
}
