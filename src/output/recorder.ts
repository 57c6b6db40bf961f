/** Keeps back what a test prints and tells, in the order in which it does: it is shown only if the test fails. */

import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { ByteText } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import type { NoticeOptions } from './notices.ts';
import { createNotices } from './notices.ts';
import type { Output } from './output.ts';
import { textOutput } from './text.ts';
import { createWriter } from './writer.ts';

export interface Recorder {
  /** What is shown, or kept as text between `start` and `take`. */
  readonly output: Output;
  start(): void;
  /** From here on output is shown again. */
  take(): Recorded;
}

export interface Recorded {
  readonly text: ByteText;
  /** What errorf has told first. */
  readonly firstError?: ByteText;
}

export function createRecorder(shown: Output, options: NoticeOptions): Recorder {
  let text = '';
  let firstError: ByteText | undefined;
  const keep = (bytes: Uint8Array): Result<number, never> => {
    text += Buffer.from(bytes).toString('latin1');
    return ok(bytes.length);
  };
  const writer = createWriter({ write: keep }, { buffering: 'none', onFailure: () => undefined });
  const notices = createNotices({
    ...options,
    colours: false,
    write: (told) => void (text += byteText(told)),
  });
  const kept = textOutput(writer, notices);
  const recording: Output = {
    ...kept,
    incident(incident) {
      if (incident.kind === 'errorf') firstError ??= incident.message;
      kept.incident(incident);
    },
  };
  let current = shown;
  return {
    output: follow(() => current),
    start() {
      [text, firstError, current] = ['', undefined, recording];
    },
    take() {
      current = shown;
      return { text, ...(firstError !== undefined && { firstError }) };
    },
  };
}

/** Hands everything to whoever it is at the moment. */
function follow(current: () => Output): Output {
  return {
    from: (origin) => current().from(origin),
    text: (kind, text) => current().text(kind, text),
    value: (value) => current().value(value),
    map: (map, options) => current().map(map, options),
    beginFinalMaps: () => current().beginFinalMaps(),
    attachedProbes: (count) => current().attachedProbes(count),
    pinned: (path) => current().pinned(path),
    lost: (count) => current().lost(count),
    lostTotal: (losses) => current().lostTotal(losses),
    missed: (runs) => current().missed(runs),
    mapFull: (overflow) => current().mapFull(overflow),
    textsCut: (cut) => current().textsCut(cut),
    stats: (stats) => current().stats(stats),
    incident: (incident) => current().incident(incident),
    diagnostics: (diagnostics) => current().diagnostics(diagnostics),
    testsBegin: (count) => current().testsBegin(count),
    testBegins: (name) => current().testBegins(name),
    testEnds: (result) => current().testEnds(result),
    testsEnd: (results, left) => current().testsEnd(results, left),
    benchesBegin: () => current().benchesBegin(),
    benchEnds: (result) => current().benchEnds(result),
    idle: () => current().idle(),
    finish: () => current().finish(),
  };
}
