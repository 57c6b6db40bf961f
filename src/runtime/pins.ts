/** Iterators that are left in the BPF file system: they run when somebody reads their files, until these are removed. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { SysError } from '../base/result.ts';
import type { ProgramPlan } from '../plan/plan.ts';
import type { AttachedProbe } from './attach.ts';
import type { BpfApi } from './bpf-api.ts';
import { callText } from './causes.ts';

/** Pins those that want to be; gives the paths, and what went wrong. */
export function pinAll(
  bpf: Pick<BpfApi, 'pin'>,
  probes: readonly AttachedProbe[],
): { readonly paths: readonly string[]; readonly failures: readonly Diagnostic[] } {
  const paths: string[] = [];
  const failures: Diagnostic[] = [];
  for (const { program, attachment, links } of probes) {
    const [link] = links;
    if (attachment.kind !== 'iter' || attachment.pin === undefined || link === undefined) continue;
    const pinned = bpf.pin(link, attachment.pin);
    if (pinned.ok) paths.push(attachment.pin);
    else failures.push(failure(program, attachment.pin, pinned.error));
  }
  return { paths, failures };
}

function failure({ span }: ProgramPlan, path: string, error: SysError): Diagnostic {
  const known = causes[error.name];
  const message = `can't pin the iterator to ${path}: ${known?.cause ?? callText(error)}`;
  return diagnostic('error', 'attach-failed', message, span, { hints: known ? [known.hint] : [] });
}

const causes: Readonly<Record<string, { readonly cause: string; readonly hint: string }>> = {
  EEXIST: {
    cause: 'there is something already',
    hint: 'Remove it, if it is an older pin, or take another name.',
  },
  ENOENT: { cause: 'there is no such folder', hint: 'Make it first, below /sys/fs/bpf.' },
  // kernel/bpf/inode.c, bpf_obj_do_pin: the folder is of another file system.
  EPERM: {
    cause: 'that is no BPF file system, or one that we may not write to',
    hint: 'Pins lie below /sys/fs/bpf; if nothing is mounted there: mount -t bpf bpf /sys/fs/bpf',
  },
};
