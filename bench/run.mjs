/**
 * Bundles a benchmark and runs it:
 *
 *   node bench/run.mjs [start|compile|drain|overhead|attach …] [--out FILE]   compares with the installed bpftrace (compare.ts)
 *   node bench/run.mjs ring [FILE]                                     one piece alone: ring.ts
 *   node bench/run.mjs big-map [KEYS] [json] [top]                     big-map.ts
 *   node bench/run.mjs scale                                           scale.ts: how compile time grows
 *   node bench/run.mjs kprobes [KERNEL]                                kprobes.ts: attaching in a guest
 */

import { mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const alone = ['ring', 'big-map', 'scale', 'kprobes'];
const name = alone.includes(process.argv[2]) ? process.argv.splice(2, 1)[0] : 'compare';
// Inside the repository, so that packages that aren't bundled (koffi) are found.
const directory = new URL('../node_modules/.cache/tstrace-bench/', import.meta.url);
const outfile = new URL(`${name}.${process.pid}.mjs`, directory);
await mkdir(directory, { recursive: true });
await build({
  entryPoints: [new URL(`${name}.ts`, import.meta.url).pathname],
  outfile: outfile.pathname,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
try {
  await import(outfile.href);
} finally {
  await rm(outfile);
}
