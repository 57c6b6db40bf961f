/** What a run needs of the world around it, and what comes of it: the port that run.ts has, and cli/run-world.ts fills. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import type { Sources } from '../base/source-file.ts';
import type { Output } from '../output/output.ts';
import type { Recorder } from '../output/recorder.ts';
import type { Machine } from '../plan/machine.ts';
import type { RunMode } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { AttachOptions } from './attach.ts';
import type { BpfApi } from './bpf-api.ts';
import type { Words } from './decode.ts';
import type { HostWorld } from './event-host.ts';
import type { Features } from './features.ts';
import type { LoadOptions } from './load.ts';
import type { OnSignal } from './signals.ts';
import type { Symbolizer } from './symbolize.ts';

/** What a run needs of the world around it. */
export interface RunWorld {
  readonly bpf: BpfApi;
  readonly output: Output;
  readonly host: HostWorld;
  readonly words: Words;
  /** Follows what processes map, where the plan shows their addresses by name. */
  readonly symbols: Pick<Symbolizer, 'follow' | 'lost' | 'close'>;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly sources: Sources;
  /** Asked for only by C that looks fields up. */
  readonly kernelTypes: LoadOptions['kernelTypes'];
  readonly attaching: Pick<
    AttachOptions,
    'onlineCpus' | 'probeDevices' | 'kernelFunctions' | 'traceableFunctions' | 'functionNames' | 'threadsOf'
  >;
  /** Memory that is free, for the choice of the ring's size. */
  readonly memoryBytes: number;
  /** Calls back on SIGINT and SIGTERM until what it gives is called. */
  readonly onInterrupt: (act: () => void) => () => void;
  readonly onSignal: OnSignal;
  /** What the kernel has, asked as far as the script needs it. */
  readonly features: Pick<Features, 'presence'>;
  /** BTF id of the function that sessions of kprobes call; asked for where there are some. */
  readonly sessionFunctionId: () => number | undefined;
  readonly mode: RunMode;
  /** Keeps back what tests and benches print; it stands behind `output` then. */
  readonly recorder?: Recorder;
  /** The process that the run is about: -c's command or -p's target. */
  readonly target?: Target;
  /** Whether output still reaches somebody; a run whose output nobody reads ends. */
  readonly outputState: () => 'open' | 'congested' | 'closed';
  /** Called once everything is attached. */
  readonly onAttached?: () => void;
  /** Called when tracing is over, before anything is detached. */
  readonly onStopping?: () => void;
  /** Give out what the verifier said of programs, and notes on what went differently. */
  readonly verbose: { readonly logLevel: 0 | 1 | 2; readonly log: (text: string) => void };
  readonly dryRun: boolean;
  /** Tell at the end what became of each probe's firings. */
  readonly stats: boolean;
}

export interface Target {
  /** Lets a command that waits go on; nothing for a process that ran before us. */
  start(): Result<void, SysError>;
  /** Calls back when it has ended; at once if it has. */
  onEnd(act: () => void): void;
  /** The run is over: a command that we started ends too. */
  finish(): void;
}

export interface RunOutcome {
  readonly exitCode: number;
  /** Why it could not run; absent if it did. */
  readonly failure?: readonly Diagnostic[];
}
