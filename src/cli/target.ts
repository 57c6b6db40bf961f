/** The process that a run is about: the command of -c, which waits to be started, or that of -p. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { TargetProcess } from '../runtime/child.ts';
import { startCommand, watchProcess } from '../runtime/child.ts';
import { Handles } from '../runtime/handles.ts';
import { appendTo } from '../runtime/kernel/append.ts';
import { realBpf } from '../runtime/kernel/real-bpf.ts';
import type { Options } from './options.ts';
import type { World } from './world.ts';

export interface OpenedTarget extends TargetProcess {
  readonly kind: 'child' | 'process';
  /** Settles when probes may be attached and the process started. */
  readonly ready: Promise<Result<void, Diagnostic>>;
}

/** Nothing if the run is about no process. The caller ends it with `finish`. */
export function openTarget(options: Options, world: World): Result<OpenedTarget | undefined, Diagnostic> {
  if (options.command !== undefined) {
    // A program that reads our JSON can't tell the command's lines from ours.
    const isMixed = options.format === 'json' && options.outputPath === undefined;
    const child = startCommand(options.command, world.environment.PATH ?? '', isMixed ? 'stderr' : 'stdout');
    return child.ok ? ok(openedOf('child', sharingOutput(child.value), child.value.ready)) : child;
  }
  if (options.pid === undefined) return ok(undefined);
  const handles = new Handles(realBpf);
  const watched = watchProcess(realBpf, handles, options.pid);
  if (!watched.ok) return watched;
  const process = { ...watched.value, finish: () => handles.closeAll() };
  return ok(openedOf('process', process, Promise.resolve(ok(undefined))));
}

/** A command writes to our standard streams while it runs. */
function sharingOutput(command: TargetProcess): TargetProcess {
  let unshare = (): void => undefined;
  return {
    pid: command.pid,
    start() {
      unshare = appendTo([1, 2]);
      return command.start();
    },
    onEnd: (act) => command.onEnd(act),
    finish() {
      command.finish();
      unshare();
    },
  };
}

/** Methods of classes would lose their object in a spread. */
const openedOf = (
  kind: OpenedTarget['kind'],
  process: TargetProcess,
  ready: OpenedTarget['ready'],
): OpenedTarget => ({
  kind,
  ready,
  pid: process.pid,
  start: () => process.start(),
  onEnd: (act) => process.onEnd(act),
  finish: () => process.finish(),
});
