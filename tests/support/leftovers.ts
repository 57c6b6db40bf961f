/** What a run may leave behind on a machine, found by a word that is in the names of all that it makes. */

import { readdirSync, readFileSync } from 'node:fs';
import { namesOf, objectIds } from './kernel.ts';

/** Programs and maps of the kernel whose names contain it (links and perf events hold programs), processes by their arguments and environment, and tracefs's own probes. */
export const leftBehind = (word: string): readonly string[] => [
  ...(['program', 'map'] as const)
    .flatMap((kind) => namesOf(kind, objectIds(kind)).map((name) => `${kind} ${name}`))
    .filter((line) => line.includes(word)),
  ...readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(
      (pid) =>
        `process ${pid} ${['cmdline', 'environ'].map((file) => contentOf(`/proc/${pid}/${file}`)).join(' ')}`,
    )
    .filter((line) => line.includes(word)),
  ...['uprobe_events', 'kprobe_events'].flatMap((file) =>
    contentOf(`/sys/kernel/tracing/${file}`)
      .split('\n')
      .filter((line) => line.includes(word)),
  ),
];

/** Pins are the only thing that has no name of the run's own. */
export const pins = (): readonly string[] => readdirSync('/sys/fs/bpf', { recursive: true }).map(String);

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
