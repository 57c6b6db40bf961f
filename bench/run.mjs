/** Bundles one of the benchmarks beside it and runs it: `node bench/run.mjs drain [FILE]`. */

import { mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const [name = 'drain'] = process.argv.splice(2, 1);
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
