/** DOOR: carries a plan out. Load, run begin, attach, drain until something ends it, detach, run end, print, close. */

import { assert, present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { Recorder } from '../output/recorder.ts';
import type { EventPlan, Plan } from '../plan/plan.ts';
import { hasPart, isOwn, lossSymbol, packetsSymbol, ringSymbol } from '../plan/plan.ts';
import type { EventSink } from '../builtins/emitter.ts';
import { findBuiltin, findEvent } from '../builtins/registry.ts';
import { byteText } from '../types/value.ts';
import type { AttachedProbe } from './attach.ts';
import { attach } from './attach.ts';
import type { RingMemory } from './bpf-api.ts';
import { callText } from './causes.ts';
import type { DecodeContext } from './decode.ts';
import { recordBytesMax, RingDrain } from './drain.ts';
import type { Host } from './event-host.ts';
import { eventHost } from './event-host.ts';
import { missingFeatures } from './features.ts';
import { Handles } from './handles.ts';
import type { Loaded, LoadedProgram, LoadFailure } from './load.ts';
import { load } from './load.ts';
import type { LossWatch } from './loss.ts';
import { watchLoss } from './loss.ts';
import { reportMapFailure } from './map-acts.ts';
import type { MapReading } from './read-map.ts';
import { multiTypeOf } from './multi.ts';
import { readMap } from './read-map.ts';
import type { PacketStream } from './packets.ts';
import { openPackets } from './packets.ts';
import { probeMisses, programMisses } from './misses.ts';
import { pinAll } from './pins.ts';
import { ProbeStatistics } from './probe-stats.ts';
import type { RunOutcome, RunWorld } from './run-port.ts';
import { OverflowReport, reportLosses, reportMisses } from './report-losses.ts';
import { sessionsOf } from './sessions.ts';
import { showsUserSymbols } from './symbols/user-values.ts';
import { ScriptMaps } from './script-maps.ts';
import { hasSelfProbes, Interruption, listen } from './signals.ts';
import type { Watched } from './trials.ts';
import { runBenches, runTests } from './trials.ts';
import { Watchpoints } from './watchpoints.ts';
import { hasWalk, lostBetweenPieces, walk, walkFailure, WalkRing } from './walk.ts';

/** How often it is looked whether those who read the output have caught up. */
const congestionPollMs = 10;

/** How often losses are looked at while running. */
const lossPollMs = 200;

const failureCode = 1;

/** Runs to the end. Nothing of ours is left in the kernel when the promise settles, whichever way. */
export async function run(plan: Plan, object: Uint8Array, world: RunWorld): Promise<RunOutcome> {
  const handles = new Handles(world.bpf);
  // Links have an owner of their own: they go first, while the maps are still to be read.
  const links = new Handles(world.bpf);
  const interruption = new Interruption(world.onInterrupt);
  try {
    const lacking = missingFeatures(plan, world.features);
    if (lacking.length > 0) return { exitCode: failureCode, failure: lacking };
    const sessions = sessionsOf(plan.programs, world.features, world.sessionFunctionId);
    const loaded = load(world.bpf, handles, plan, object, {
      machine: world.machine,
      memoryBytes: world.memoryBytes,
      logBytesMax: world.settings.logSize,
      logLevel: world.verbose.logLevel,
      isWanted: (program) => hasPart(program, world.mode),
      multiTypeOf: (program) => multiTypeOf(program, world.features),
      ...(sessions && { sessions }),
      sources: world.sources,
      kernelTypes: world.kernelTypes,
    });
    if (!loaded.ok) return loadFailure(loaded.error, world);
    for (const note of loaded.value.notes) world.verbose.log(`${note}\n`);
    if (world.verbose.logLevel > 0)
      for (const program of loaded.value.programs)
        world.verbose.log(`${program.plan.name}:\n${program.log}\n`);
    return await new Run(plan, world, loaded.value, handles, links, interruption).toTheEnd();
  } finally {
    interruption.close();
    world.symbols.close();
    links.closeTogether();
    handles.closeAll();
    world.target?.finish();
  }
}

function loadFailure(failure: LoadFailure, world: RunWorld): RunOutcome {
  if (failure.report && world.verbose.logLevel > 0) world.verbose.log(`${failure.report.lines.join('\n')}\n`);
  return { exitCode: failureCode, failure: [failure.diagnostic] };
}

class Run {
  readonly #plan: Plan;
  readonly #world: RunWorld;
  readonly #loaded: Loaded;
  readonly #handles: Handles;
  readonly #links: Handles;
  readonly #interruption: Interruption;
  readonly #reading: MapReading;
  readonly #host: Host;
  readonly #maps: ScriptMaps;
  readonly #watchpoints: Watchpoints;
  /** In scripts with an iterator, whose programs write to no other. */
  readonly #walkRing: WalkRing | undefined;
  readonly #drain: RingDrain;
  #packets: PacketStream | undefined;
  readonly #loss: LossWatch;
  readonly #overflows: OverflowReport;
  readonly #statistics: ProbeStatistics | undefined;
  #exitCode = 0;
  /** Texts that were shown and perhaps not all there. */
  #cutTexts = 0;
  /** Settles when tracing is to stop. */
  #stop: () => void = () => undefined;
  #stopping = false;

  constructor(
    plan: Plan,
    world: RunWorld,
    loaded: Loaded,
    handles: Handles,
    links: Handles,
    interruption: Interruption,
  ) {
    this.#plan = plan;
    this.#world = world;
    this.#loaded = loaded;
    this.#handles = handles;
    this.#links = links;
    this.#interruption = interruption;
    const decoding: DecodeContext = {
      words: world.words,
      strings: plan.strings,
      structs: plan.structs,
      trailer: byteText(world.settings.strTruncTrailer),
      onCut: () => void this.#cutTexts++,
    };
    this.#reading = { api: world.bpf, possibleCpus: world.machine.possibleCpus, decoding, aggregation };
    this.#maps = new ScriptMaps(loaded.maps, this.#reading);
    this.#watchpoints = new Watchpoints(links);
    this.#host = eventHost({
      output: world.output,
      world: world.host,
      catBytesMax: world.settings.maxCatBytes,
      maps: this.#maps,
      reading: this.#reading,
      places: plan.places,
      onLongAct: () => this.#drain.endBatch(),
      onUnwatch: (address) => this.#watchpoints.drop(address),
      onExit: (code) => this.#exit(code),
    });
    this.#walkRing = hasWalk(plan) ? new WalkRing() : undefined;
    this.#drain = this.#openDrain(decoding);
    const lossMap = present(loaded.maps.get(lossSymbol), lossSymbol);
    this.#overflows = new OverflowReport(world.output, plan, loaded.maps);
    this.#loss = watchLoss(lossMap, this.#reading, plan.programs.length);
    this.#statistics = world.stats
      ? new ProbeStatistics(world.bpf, handles, loaded.programs, world.machine)
      : undefined;
  }

  #mapRing(): RingMemory {
    const ring = present(this.#loaded.maps.get(ringSymbol), ringSymbol);
    const memory = this.#world.bpf.mapRing(ring.fd, ring.entriesMax, recordBytesMax(this.#plan.events));
    assert(memory.ok, `the ring can't be mapped: ${memory.ok ? '' : callText(memory.error)}`);
    this.#handles.ownOther('ring memory', () => memory.value.unmap());
    return memory.value;
  }

  readonly #prepare = (event: EventPlan): EventSink =>
    present(findEvent(event.name), `event ${event.name}`).prepare(event, this.#host);

  #openDrain(decoding: DecodeContext): RingDrain {
    return new RingDrain({
      ring: this.#walkRing ?? this.#mapRing(),
      events: this.#plan.events,
      decoding,
      onOrigin: (origin) => this.#world.output.from(origin),
      prepare: this.#prepare,
    });
  }

  async toTheEnd(): Promise<RunOutcome> {
    const { world } = { world: this.#world };
    const begun = this.#runPrograms('begin');
    if (!begun.ok) return { exitCode: failureCode, failure: [begun.error] };
    if (world.recorder && !world.dryRun) return this.#try(world.recorder);
    if (showsUserSymbols(this.#plan)) this.#followProcesses();
    const packets = this.#openPackets();
    if (!packets.ok) return { exitCode: failureCode, failure: [packets.error] };
    this.#packets = packets.value;
    const attached = attach(world.bpf, { links: this.#links, events: this.#handles }, this.#loaded.programs, {
      ...world.attaching,
      machine: world.machine,
      missingProbes: world.settings.missingProbes,
    });
    if (!attached.ok) return { exitCode: failureCode, failure: attached.error };
    this.#watchpoints.add(attached.value.probes);
    world.output.diagnostics(attached.value.diagnostics);
    if (world.dryRun) return { exitCode: 0 };
    const pinned = pinAll(world.bpf, attached.value.probes);
    if (pinned.failures.length > 0) return { exitCode: failureCode, failure: pinned.failures };
    for (const path of pinned.paths) world.output.pinned(path);
    if (pinned.paths.length > 0) return { exitCode: 0 };
    world.output.attachedProbes(this.#attachedCount(attached.value.probes));
    world.onAttached?.();
    const started = world.target?.start() ?? ok(undefined);
    if (!started.ok)
      return {
        exitCode: failureCode,
        failure: [
          diagnostic('error', 'attach-failed', `the command can't be started: ${callText(started.error)}`),
        ],
      };
    if (this.#walkRing) await this.#walk(attached.value.probes, this.#walkRing);
    else await this.#trace(attached.value.probes);
    this.#finish(attached.value.probes);
    return { exitCode: this.#exitCode };
  }

  /** Tests or benches, with what begin has set up. Maps are theirs: they are not printed. */
  async #try(recorder: Recorder): Promise<RunOutcome> {
    const { bpf, output, mode } = this.#world;
    this.#drain.drainAll();
    if (this.#drain.stopped) return { exitCode: failureCode, failure: [endedByBegin] };
    const passed = await (mode === 'test' ? runTests : runBenches)({
      bpf,
      programs: this.#loaded.programs,
      output,
      watch: (act) => this.#watched(act, recorder),
      isInterrupted: () => this.#interruption.interrupted || this.#world.outputState() === 'closed',
    });
    const ended = this.#runPrograms('end');
    if (!ended.ok) output.diagnostics([ended.error]);
    this.#drain.drainAll();
    output.finish();
    return { exitCode: passed ? this.#exitCode : failureCode };
  }

  #watched<T>(act: () => T, recorder: Recorder): Watched<T> {
    recorder.start();
    const value = act();
    this.#drain.drainAll();
    this.#drain.resume();
    const lost = this.#loss.poll();
    const exitCode = this.#exitCode;
    this.#exitCode = 0;
    return { value, exitCode, lost: lost.ok ? lost.value : 0n, ...recorder.take() };
  }

  #followProcesses(): void {
    const followed = this.#world.symbols.follow();
    if (!followed.ok)
      this.#warn(
        `processes can't be followed (${callText(followed.error)}): addresses of those that have ended when they are printed will have no names`,
      );
  }

  /** Where packets arrive, if the script sends some. */
  #openPackets(): Result<PacketStream | undefined, Diagnostic> {
    const map = this.#loaded.maps.get(packetsSymbol);
    if (map === undefined) return ok(undefined);
    const { bpf, attaching } = this.#world;
    const opened = openPackets({
      bpf,
      map,
      onlineCpus: attaching.onlineCpus,
      events: this.#plan.events,
      decoding: this.#reading.decoding,
      prepare: this.#prepare,
    });
    if (!opened.ok) {
      const message = `can't open the buffers that packets come through: ${callText(opened.error)}`;
      return failed(diagnostic('error', 'attach-failed', message));
    }
    this.#handles.ownOther('packets', () => opened.value.close());
    return opened;
  }

  /** Those that we run ourselves count too: they are probes of the script. */
  #attachedCount(probes: readonly AttachedProbe[]): number {
    const own = this.#loaded.programs.flatMap(({ plan }) => plan.attachments).filter(isOwn);
    return probes.length + own.length;
  }

  #runPrograms(kind: 'begin' | 'end'): Result<void, Diagnostic> {
    for (const program of this.#loaded.programs) {
      if (!program.plan.attachments.some((attachment) => attachment.kind === kind)) continue;
      const ran = this.#runProgram(program);
      if (!ran.ok) return ran;
    }
    return ok(undefined);
  }

  #runProgram({ plan, fd }: LoadedProgram): Result<void, Diagnostic> {
    const ran = this.#world.bpf.runProgram(fd);
    if (ran.ok) return ok(undefined);
    const message = `can't run ${plan.probe}: ${callText(ran.error)}`;
    return failed(diagnostic('error', 'attach-failed', message, plan.span));
  }

  /** Handles events until exit(), a signal, the target's end, or the end of those who read the output. */
  async #trace(probes: readonly AttachedProbe[]): Promise<void> {
    const ring = present(this.#loaded.maps.get(ringSymbol), ringSymbol);
    const stopped = new Promise<void>((resolve) => (this.#stop = resolve));
    const watch = this.#world.bpf.watchReadable(ring.fd, () => this.#takeEvents());
    const packets = this.#packets?.watch(() => this.#takePackets());
    const timer = setInterval(() => this.#tick(), lossPollMs);
    this.#interruption.whenInterrupted(() => this.#requestStop());
    this.#world.target?.onEnd(() => this.#requestStop());
    const deafen = listen(this.#loaded.programs, this.#world.onSignal, (program) => {
      const ran = this.#runProgram(program);
      if (!ran.ok) this.#world.output.diagnostics([ran.error]);
    });
    // What begin sent is there already, without a wake-up to come.
    this.#takeEvents();
    if (probes.length === 0 && !hasSelfProbes(this.#plan) && !this.#world.target) this.#requestStop();
    await stopped;
    deafen();
    clearInterval(timer);
    packets?.close();
    watch.close();
  }

  /** Walks the iterator's objects, to their end or until somebody stops it. */
  async #walk(probes: readonly AttachedProbe[], ring: WalkRing): Promise<void> {
    const { bpf, output } = this.#world;
    this.#interruption.whenInterrupted(() => this.#requestStop());
    for (const { links, program, attachment } of probes) {
      const opened = bpf.openWalk(present(links[0], 'link of an iterator'));
      const losesInPieces = attachment.kind === 'iter' && attachment.losesInPieces === true;
      let pieces = 0;
      const walked = opened.ok
        ? await walk(
            bpf,
            this.#handles.own(opened.value, `walk ${program.probe}`),
            (records) => {
              pieces++;
              return this.#takeWalked(ring, records);
            },
            losesInPieces ? 'large' : 'each',
          )
        : opened;
      if (losesInPieces && pieces > 1) output.diagnostics([lostBetweenPieces(program)]);
      if (walked.ok) continue;
      this.#exitCode = failureCode;
      output.diagnostics([walkFailure(program, walked.error)]);
    }
  }

  async #takeWalked(ring: WalkRing, records: Uint8Array): Promise<boolean> {
    ring.put(records);
    this.#drain.drainAll();
    this.#world.output.idle();
    while (this.#world.outputState() === 'congested' && !this.#stopping) {
      await new Promise((resolve) => setTimeout(resolve, congestionPollMs));
      this.#world.output.idle();
    }
    return !this.#stopping && this.#world.outputState() === 'open';
  }

  #requestStop(): void {
    this.#stopping = true;
    this.#stop();
  }

  #exit(code: number): void {
    this.#exitCode = code;
    this.#drain.stop();
    this.#requestStop();
  }

  #takeEvents(): void {
    if (this.#stopping || this.#world.outputState() === 'congested') return;
    this.#drain.batch();
    this.#world.output.idle();
    if (this.#world.outputState() === 'closed') this.#requestStop();
  }

  #takePackets(): void {
    if (!this.#stopping) this.#packets?.drain();
  }

  #tick(): void {
    const lost = this.#loss.poll();
    if (lost.ok && lost.value > 0n) this.#world.output.lost(lost.value);
    if (lost.ok) this.#overflows.tell(this.#loss.slots, 'meanwhile');
    this.#world.output.idle();
    if (this.#world.outputState() === 'closed') this.#requestStop();
    else this.#takeEvents();
  }

  /** Tracing is over: first nothing fires any more, then what is left is told. */
  #finish(probes: readonly AttachedProbe[]): void {
    const { output } = this.#world;
    this.#world.onStopping?.();
    this.#statistics?.beforeDetaching(probes);
    const missed = probeMisses(this.#world.bpf, probes);
    this.#links.closeTogether();
    this.#world.bpf.waitForPrograms();
    // Behind an exit() nothing is handled; a signal only stops the new.
    if (this.#drain.stopped) this.#drain.discard();
    else this.#drain.drainAll();
    if (this.#drain.stopped) this.#packets?.discard();
    else this.#packets?.drain();
    this.#drain.resume();
    const ended = this.#runPrograms('end');
    if (!ended.ok) output.diagnostics([ended.error]);
    this.#drain.drainAll();
    this.#host.reportRepeatedWarnings();
    reportLosses(output, this.#loss, this.#plan.programs);
    this.#overflows.tell(this.#loss.slots, 'at the end');
    reportMisses(output, programMisses(this.#world.bpf, this.#loaded.programs));
    reportMisses(output, missed);
    this.#tellStatistics();
    this.#interruption.close();
    if (this.#world.settings.printMapsOnExit) this.#printMaps();
    this.#reportLostMappings();
    if (this.#cutTexts > 0)
      output.textsCut({ count: this.#cutTexts, bytesMax: this.#world.settings.maxStrlen });
    output.finish();
  }

  #tellStatistics(): void {
    if (this.#statistics)
      this.#world.output.stats(this.#statistics.all(this.#plan, this.#loss.slots, this.#drain.counts));
  }

  #reportLostMappings(): void {
    const lost = this.#world.symbols.lost();
    if (lost > 0n)
      this.#warn(
        `${lost} records of what processes map were lost: addresses of those that have ended may have no names`,
      );
  }

  #warn(message: string): void {
    this.#world.output.diagnostics([diagnostic('warning', 'runtime-warning', message)]);
  }

  /** All maps of the script, in the order of their names. */
  #printMaps(): void {
    const { output } = this.#world;
    output.beginFinalMaps();
    for (const map of this.#maps.all()) {
      const read = readMap(map, this.#reading);
      if (read.ok) output.map(read.value);
      else reportMapFailure(output, 'read', map, read.error);
    }
  }
}

const endedByBegin = diagnostic(
  'error',
  'runtime-warning',
  'begin has called exit() before a test or bench could run',
);

function aggregation(name: string) {
  const builtin = findBuiltin(name);
  assert(builtin?.kind === 'aggregation', `no aggregation ${name}`);
  return builtin;
}
