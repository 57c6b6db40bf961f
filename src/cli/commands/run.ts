/** The main command: compile a script, show or write what was asked for, run it. */

import { hasErrors } from '../../base/outcome.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { diagnostic } from '../../base/diagnostic.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { Generated } from '../../codegen/generate.ts';
import { largestProgram } from '../../codegen/generate.ts';
import type { EmittedObject } from '../../codegen/llvm/emit-object.ts';
import { emitObject } from '../../codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../codegen/llvm/locate-library.ts';
import { compile } from '../../compile.ts';
import type { Script } from '../../imports/gather.ts';
import type { Notices } from '../../output/notices.ts';
import type { SysError } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import { reasonOf } from '../../base/sys-reason.ts';
import type { Machine } from '../../plan/machine.ts';
import type { Settings } from '../../plan/settings.ts';
import { settled } from '../../plan/settings.ts';
import { run } from '../../runtime/run.ts';
import { asksForHelp, describeOptions } from '../../sema/script-options.ts';
import { taiOffset } from '../../runtime/kernel/clocks.ts';
import { once } from '../../system/once.ts';
import { readMachine } from '../../system/machine.ts';
import { readKallsyms } from '../../system/proc/read.ts';
import { cpuFor } from '../bpf-cpu.ts';
import { exitCodes } from '../exit-code.ts';
import { liveFactsFor } from '../facts.ts';
import type { Options } from '../options.ts';
import type { OpenedOutput } from '../output.ts';
import { checkPrivileges } from '../privileges.ts';
import { benchCompiler } from './bench-compiler.ts';
import { releaseLlvm } from '../release-llvm.ts';
import { runWorld } from '../run-world.ts';
import { variable } from '../settings.ts';
import { showStage, showTrees } from '../show-stage.ts';
import type { OpenedTarget } from '../target.ts';
import { openTarget } from '../target.ts';
import type { World } from '../world.ts';
import { Printer, writeAll } from '../write-all.ts';

export interface RunRequest {
  readonly options: Options;
  /** What the environment sets. */
  readonly settings: Partial<Settings>;
  readonly script: Outcome<Script>;
  /** Reads the script once more. */
  readonly parse: () => Outcome<Script>;
  readonly world: World;
  readonly notices: Notices;
  /** Opens -o's file or takes stdout; on first use, so that errors of compiling leave the file alone. */
  readonly openOutput: () => OpenedOutput | undefined;
}

/** Yields the exit code. */
export async function runCommand(request: RunRequest): Promise<number> {
  const { options, notices } = request;
  // The command's process must be known when compiling: cpid is a constant. It waits until everything is attached.
  const target = compilesOnly(options) ? ok(undefined) : openTarget(options, request.world);
  if (!target.ok) return fail(notices, [target.error]);
  try {
    return await compileAndRun(request, target.value);
  } finally {
    target.value?.finish();
  }
}

/**
 * True if nothing is to be loaded: then no privileges are needed, and no command is started. What the verifier says can be seen only
 * by loading.
 */
const compilesOnly = (options: Options): boolean =>
  options.compileOnly ||
  (options.debug.size > 0 && !options.debug.has('verifier')) ||
  ((options.emitElf !== undefined || options.emitLlvm !== undefined) && !options.dryRun);

async function compileAndRun(request: RunRequest, target: OpenedTarget | undefined): Promise<number> {
  const { options, settings, script, world, notices } = request;
  const machine = readMachine(taiOffset, {
    ...(target?.kind === 'child' && { childPid: target.pid }),
    ...(target?.kind === 'process' && { targetPid: target.pid }),
  });
  // The kernel takes some 100 ms to write its symbols down: compiling and printing share one reading.
  const kallsyms = once(readKallsyms);
  const compiled = compile(script, options, (config) =>
    liveFactsFor({ machine, settings: settled(config, settings), options, world, kallsyms }),
  );
  if (compiled.typed && asksForHelp(options, compiled.typed.options)) {
    for (const line of describeOptions(compiled.typed.options)) writeAll(world.stderr, `HINT: ${line}\n`);
    return exitCodes.success;
  }
  notices.diagnostics(compiled.diagnostics);
  const shown = new Printer(world.stdout);
  showTrees(shown, options.debug, compiled);
  const { generated, facts } = compiled;
  if (!generated || !facts || hasErrors(compiled.diagnostics)) return exitCodes.failure;

  const object = makeObject(request, generated, machine, shown);
  if (!object.ok) return fail(notices, object.diagnostics);
  if (shown.failure) return fail(notices, [incomplete('standard output', shown.failure)]);
  if (options.benchCompiler) return measureCompiler(request, machine);
  if (compilesOnly(options)) return exitCodes.success;

  const refused = checkPrivileges(machine);
  if (refused) return fail(notices, [refused]);
  const ready = await target?.ready;
  if (ready?.ok === false) return fail(notices, [ready.error]);
  const output = request.openOutput();
  if (!output) return exitCodes.failure;
  const outcome = await run(
    generated.plan,
    object.bytes,
    runWorld({
      ...request,
      sources: script.value.sources,
      settings: facts.settings,
      machine,
      output,
      facts: () => facts,
      kallsyms,
      ...(target && { target }),
    }),
  );
  if (outcome.failure) notices.diagnostics(outcome.failure);
  const unwritten = output.failure();
  if (!unwritten) return outcome.exitCode;
  return fail(notices, [incomplete(options.outputPath ?? 'standard output', unwritten)]);
}

/** Of a script that has just been compiled without an error. */
function measureCompiler(request: RunRequest, machine: Machine): number {
  const { options, settings, world } = request;
  const output = request.openOutput();
  if (!output) return exitCodes.failure;
  const shown = new Printer(world.stdout);
  benchCompiler((stage) => {
    const script = stage('parsing', request.parse);
    const { generated } = compile(
      script,
      options,
      (config) => liveFactsFor({ machine, settings: settled(config, settings), options, world }),
      stage,
    );
    if (generated) stage('emission', () => makeObject(request, generated, machine, shown));
  }, output.output);
  return exitCodes.success;
}

type Made =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The object file, and whatever of the way to it is to be seen. */
function makeObject(
  { options, world, notices }: RunRequest,
  generated: Generated,
  machine: Machine,
  shown: Printer,
): Made {
  if (options.debug.has('codegen')) showStage(shown, 'codegen', generated.ir);
  const llvm = locateLlvm(variable(world.environment, 'LLVM'));
  if (!llvm.ok) return refused(llvm.error.message, llvm.error.hint);
  const wantIr = options.debug.has('codegen-opt') || options.emitLlvm !== undefined;
  const onFatal = (message: string): never => {
    fail(notices, [tooLarge(message, generated)]);
    return world.exitNow(exitCodes.failure);
  };
  const emitted = emitObject(llvm.value, generated.ir, {
    wantIr,
    cpu: cpuFor(machine),
    modules: generated.modules,
    onFatal,
  });
  if (!emitted.ok) {
    const { message, hint } = emitted.error;
    const deep = outOfStack(message, generated);
    return deep ? { ok: false, diagnostics: [deep] } : refused(message, hint);
  }
  if (options.debug.has('codegen-opt')) showStage(shown, 'codegen-opt', emitted.value.optimisedIr ?? '');
  const unwritten = writeFiles(options, world, generated, emitted.value);
  if (unwritten) return { ok: false, diagnostics: [unwritten] };
  if (!compilesOnly(options)) releaseLlvm(llvm.value, world.pid);
  return { ok: true, bytes: emitted.value.bytes };
}

/** All that LLVM is known to give up for is a jump that is too long. */
function tooLarge(message: string, generated: Generated): Diagnostic {
  const { size, span } = largestProgram(generated);
  return diagnostic(
    'error',
    'program-too-large',
    `The block of this probe becomes about ${size} instructions, and something in it jumps over more than the 32,767 that BPF can (LLVM: ${message})`,
    span,
    {
      hints: [
        'Divide it among several probes on the same target; a filter, an if or a loop may not be around all of it.',
      ],
    },
  );
}

/** What LLVM says of a function whose values, all alive at one time, don't fit on the stack; names of inner functions begin with their program's. */
const stackComplaint = /in function (\w+) .*BPF stack limit/;

function outOfStack(message: string, { plan }: Generated): Diagnostic | undefined {
  const [, name] = stackComplaint.exec(message) ?? [];
  if (name === undefined) return undefined;
  const program = plan.programs.find((one) => name === one.name || name.startsWith(`${one.name}_`));
  return diagnostic(
    'error',
    'value-too-large',
    'This probe keeps more values at one time than the 512 bytes of stack of a BPF program hold',
    program?.span,
    { hints: ['Nest less: keep what is computed first in variables or maps.'] },
  );
}

function writeFiles(
  options: Options,
  world: World,
  generated: Generated,
  emitted: EmittedObject,
): Diagnostic | undefined {
  const files: readonly (readonly [path: string, content: Uint8Array | string])[] = [
    ...(options.emitElf !== undefined ? [[options.emitElf, emitted.bytes] as const] : []),
    ...(options.emitLlvm !== undefined
      ? [
          [`${options.emitLlvm}.original.ll`, generated.ir] as const,
          [`${options.emitLlvm}.optimized.ll`, emitted.optimisedIr ?? ''] as const,
        ]
      : []),
  ];
  for (const [path, content] of files) {
    const written = world.writeFile(path, content);
    if (!written.ok)
      return diagnostic('error', 'bad-option', `can't write ${path}: ${reasonOf(written.error)}`);
  }
  return undefined;
}

const refused = (message: string, hint: string | undefined): Made => ({
  ok: false,
  diagnostics: [
    diagnostic('error', 'load-failed', message, undefined, { hints: hint === undefined ? [] : [hint] }),
  ],
});

const incomplete = (where: string, error: SysError): Diagnostic =>
  diagnostic('error', 'output-incomplete', `can't write all of the output to ${where}: ${reasonOf(error)}`);

function fail(notices: Notices, diagnostics: readonly Diagnostic[]): number {
  notices.diagnostics(diagnostics);
  return exitCodes.failure;
}
